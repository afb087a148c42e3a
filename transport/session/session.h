#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/prefetch.h"
#include "rtc/base/random.h"
#include "transport/base/outbox.h"
#include "transport/dtls/dtls_session.h"
#include "transport/ice/ice_agent.h"
#include "transport/sctp/sctp_association.h"
#include "transport/session/protect_queue.h"
#include "transport/session/session_config.h"
#include "transport/srtp/srtp_receiver.h"
#include "transport/srtp/srtp_sender.h"

namespace stellwerk {

class IceControlling;

// One peer: ICE finds the address, DTLS over it makes the keys, SRTP and SCTP use them. Only
// Endpoint talks to it.
class Session {
 public:
  Session(const SessionConfig& config, PacketPool& pool, Random& random,
          const DtlsIdentity& identity, SctpStack& sctp_stack, Timestamp now);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // FailedPrecondition: data channels came after the TLS state was released.
  absl::Status Connect(const RemoteTransportParameters& remote, Timestamp now,
                       TransportOutbox& out);
  void RestartIce(const IceParameters& local, const IceParameters& remote, Timestamp now);
  // FailedPrecondition if this is not a controlling session.
  absl::Status AddCandidatePair(const Tuple& pair, Timestamp now);
  // close_notify to the peer.
  void Close(TransportOutbox& out);

  void HandleStun(Timestamp now, const Tuple& from, const StunMessage& message,
                  TransportOutbox& out);
  void HandleDtls(Timestamp now, std::span<const uint8_t> datagram, TransportOutbox& out);
  void HandleMedia(Timestamp now, Timestamp arrival, const Tuple& from, PacketRef packet,
                   bool is_rtcp, TransportOutbox& out);
  void SetReceiveMode(Ssrc ssrc, ReceiveMode mode);
  void OnTupleClosed(const Tuple& tuple, Timestamp now, TransportOutbox& out);
  void HandleTimeout(Timestamp now, TransportOutbox& out);
  [[nodiscard]] Timestamp NextTimeout() const;

  // Before SendRtp(); see Endpoint.
  void Prefetch() const {
    stellwerk::Prefetch(this, kCacheLine);
    stellwerk::Prefetch(&srtp_sender_, sizeof(srtp_sender_));
  }
  void PrefetchKeys() const {
    stellwerk::Prefetch(&ice_->selected(), sizeof(Tuple));
    if (srtp_sender_) srtp_sender_->PrefetchKeys();
  }
  // Protected at once, or with others when `queue` is flushed, where that is faster.
  void SendRtp(PacketRef&& packet, ProtectQueue& queue, TransportOutbox& out);
  void SendRtcp(std::span<const uint8_t> packet, TransportOutbox& out);
  absl::StatusOr<StreamId> OpenDataChannel(const DataChannelParameters& parameters, Timestamp now,
                                           TransportOutbox& out);
  Expected<std::monostate, DropReason> SendData(StreamId stream, bool is_binary,
                                                std::span<const uint8_t> message, Timestamp now,
                                                TransportOutbox& out);
  void CloseDataChannel(StreamId stream, Timestamp now, TransportOutbox& out);

  [[nodiscard]] bool HasSentWith(Ssrc ssrc) const {
    return srtp_sender_ && srtp_sender_->WasUsed(ssrc);
  }
  [[nodiscard]] TransportId id() const { return id_; }
  // Nothing will happen any more; the addresses may be forgotten.
  [[nodiscard]] bool ended() const {
    return state_ == TransportState::kGone || state_ == TransportState::kFailed;
  }
  // What the endpoint's tables have to follow up; it empties them.
  IceChanges& changes() { return changes_; }
  [[nodiscard]] SessionStats stats() const;

 private:
  [[nodiscard]] bool IsCountOnly(std::span<const uint8_t> rtp) const;
  // The tail of every input: starts what has become possible, passes on what the layers produced,
  // tells what changed.
  void Progress(Timestamp now, TransportOutbox& out);
  void StartDtls(DtlsRole role);
  void OnDtlsConnected(Timestamp now);
  // DTLS records carry SCTP and the other way round: until neither has anything to say.
  void Pump(Timestamp now, TransportOutbox& out);
  void ReportSctpEvents(TransportOutbox& out);
  void ReleaseDtls();
  void UpdateState(TransportOutbox& out);
  void SetState(TransportState state, std::string reason, TransportOutbox& out);
  void SendDatagram(PacketRef packet, TransportOutbox& out);
  void CountSent(std::size_t bytes) {
    ++packets_sent_;
    bytes_sent_ += bytes;
  }

  // What every packet needs lies together.
  const TransportId id_;
  TransportState state_ = TransportState::kNew;
  PacketPool& pool_;
  std::unique_ptr<IceAgent> ice_;
  std::optional<SrtpSender> srtp_sender_;
  uint64_t packets_sent_ = 0;
  uint64_t bytes_sent_ = 0;
  std::optional<SrtpReceiver> srtp_receiver_;
  uint64_t packets_received_ = 0;
  uint64_t bytes_received_ = 0;
  absl::flat_hash_set<Ssrc> count_only_;

  const DtlsIdentity& identity_;
  SctpStack& sctp_stack_;
  IceControlling* controlling_ = nullptr;  // the same object as ice_, if it is one
  std::optional<DtlsSession> dtls_;
  std::optional<RemoteTransportParameters> remote_;
  std::unique_ptr<SctpAssociation> sctp_;
  bool dtls_connected_ = false;
  bool sctp_started_ = false;
  Timestamp release_dtls_at_ = kNever;
  std::string srtp_profile_;
  uint64_t packets_replayed_ = 0;
  std::optional<Tuple> reported_tuple_;
  IceChanges changes_;
  DtlsOutput dtls_output_;
  SctpOutput sctp_output_;
};

}  // namespace stellwerk
