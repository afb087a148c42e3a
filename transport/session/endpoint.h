#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rtc/base/deadline_heap.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"
#include "transport/base/outbox.h"
#include "transport/base/tuple.h"
#include "transport/session/protect_queue.h"
#include "transport/session/session_config.h"

namespace stellwerk {

class DtlsIdentity;
class SctpStack;
class Session;
class StunMessage;

// All secure sessions of one worker (or of one thread of synthetic participants). Finds the session
// of a datagram by its 5-tuple, or for a first check by our ICE ufrag in it; owns both tables and
// the deadlines.
//
// Nothing is sent to an address that has not passed an authenticated check of the session
// concerned, beyond a STUN error response that is no larger than its request.
class Endpoint {
 public:
  // All four must outlive the endpoint.
  Endpoint(PacketPool& pool, Random& random, const DtlsIdentity& identity, SctpStack& sctp);
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  // AlreadyExists: the id, the ufrag or a candidate pair is taken. From here on checks are
  // answered, and a DTLS server handshake may begin; it ends, and media flows, only after Connect
  // has brought the fingerprint.
  absl::Status AddSession(const SessionConfig& config, Timestamp now);
  // What the other side said about itself. Of a second call only data channels that were not
  // negotiated before count. FailedPrecondition: these came when TLS state had been released
  // (kDtlsKeptAfterConnect).
  absl::Status Connect(TransportId id, const RemoteTransportParameters& remote, Timestamp now,
                       TransportOutbox& out);
  // RFC 8445 §9. The old credentials stay valid until the first check with the new ones; DTLS and
  // SRTP carry on.
  absl::Status RestartIce(TransportId id, const IceParameters& local, const IceParameters& remote,
                          Timestamp now, TransportOutbox& out);
  // Only if controlling: another path to try (a candidate that came late, a TCP connection that is
  // now open).
  absl::Status AddCandidatePair(TransportId id, const Tuple& pair, Timestamp now,
                                TransportOutbox& out);
  // Sends the DTLS close_notify and forgets the session. An unknown id is fine: sessions of gone
  // peers stay until they are removed, but whoever removes may do so twice.
  void RemoveSession(TransportId id, Timestamp now, TransportOutbox& out);

  // `arrival` is the kernel's receive stamp, only passed on with media. The packet is decrypted in
  // place and so should be the only reference.
  void HandleDatagram(Timestamp now, Timestamp arrival, const Tuple& from, PacketRef packet,
                      TransportOutbox& out);
  // How RTP of `ssrc` is received from now on; kDecrypt at first. Nothing for an unknown transport.
  void SetReceiveMode(TransportId id, Ssrc ssrc, ReceiveMode mode);
  // A TCP connection ended, or the socket of a candidate pair was closed: nothing is sent there any
  // more.
  void OnTupleClosed(const Tuple& tuple, Timestamp now, TransportOutbox& out);

  // SendRtp() will be called soon for this transport: has what it needs fetched from memory. First
  // the session itself, then, when that is there, its keys.
  void Prefetch(TransportId id) const;
  void PrefetchKeys(TransportId id) const;
  // `packet` holds one plaintext RTP packet and is the only reference. It is protected in place (or
  // in a new buffer, if its capacity is less than kProtectionOverhead beyond its size) and becomes
  // a datagram now, while its bytes are in the cache, or by the next Flush(), where ciphers are
  // faster with many packets at once. Before DTLS is done, or if this index of this SSRC was
  // already used, it is dropped and counted in `out`.
  void SendRtp(TransportId id, PacketRef packet, TransportOutbox& out);
  // Protects what still waits since the last time, all at once, and appends it to the datagrams of
  // `out`: before these are sent.
  void Flush(TransportOutbox& out) { protect_queue_.Flush(out); }
  // One compound RTCP packet; copied.
  void SendRtcp(TransportId id, std::span<const uint8_t> packet, TransportOutbox& out);
  // Room behind a packet so that no copy is needed: tag, SRTCP index, and slack.
  static constexpr std::size_t kProtectionOverhead = 32;

  // FailedPrecondition: no data channels were negotiated. Before SctpConnected the channel, and
  // what is sent on it, waits.
  absl::StatusOr<StreamId> OpenDataChannel(TransportId id, const DataChannelParameters& parameters,
                                           Timestamp now, TransportOutbox& out);
  // kQueueFull: the peer does not take it fast enough; the message is not sent,
  // DataChannelsWritable says when to come again.
  Expected<std::monostate, DropReason> SendData(TransportId id, StreamId stream, bool is_binary,
                                                std::span<const uint8_t> message, Timestamp now,
                                                TransportOutbox& out);
  void CloseDataChannel(TransportId id, StreamId stream, Timestamp now, TransportOutbox& out);

  // Cost grows with the sessions that are due, not with those that exist.
  void HandleTimeout(Timestamp now, TransportOutbox& out);
  [[nodiscard]] Timestamp NextTimeout() const;

  // Whether this address has passed an authenticated check of a session that lives (or is a pair of
  // one that controls).
  [[nodiscard]] bool Knows(const Tuple& tuple) const { return FindByTuple(tuple) != nullptr; }
  // True if the transport ever sent RTP with this SSRC: it must not start over with it (RFC 3711
  // §9.1).
  [[nodiscard]] bool HasSentWith(TransportId id, Ssrc ssrc) const;
  [[nodiscard]] std::optional<SessionStats> StatsOf(TransportId id) const;
  [[nodiscard]] std::size_t session_count() const { return sessions_.size(); }

 private:
  Session* Find(TransportId id) const;
  Session* FindByTuple(const Tuple& tuple) const;
  Session* FindByUfrag(std::string_view ufrag) const;
  void HandleStun(Timestamp now, const Tuple& from, const PacketRef& packet, TransportOutbox& out);
  void RefuseCheck(const Tuple& from, const StunMessage& request, uint16_t code,
                   TransportOutbox& out);
  // After anything but media: takes over what the session learnt about addresses and credentials,
  // and its deadline.
  void Settle(Session& session, Timestamp now, TransportOutbox& out);
  void TakeTuple(const Tuple& tuple, Session& session, Timestamp now, TransportOutbox& out);
  void ForgetAddresses(const Session& session);

  PacketPool& pool_;
  Random& random_;
  const DtlsIdentity& identity_;
  SctpStack& sctp_;
  absl::flat_hash_map<TransportId, std::unique_ptr<Session>> sessions_;
  mutable Session* found_ = nullptr;  // by the last Find()
  absl::flat_hash_map<Tuple, Session*> tuples_;
  absl::flat_hash_map<std::string, Session*> ufrags_;
  DeadlineHeap<TransportId> deadlines_;
  ProtectQueue protect_queue_;
};

}  // namespace stellwerk
