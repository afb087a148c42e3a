#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/layer.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/codec/video_layers_allocation.h"
#include "rtc/producer/receive_stream.h"
#include "rtc/producer/source_packet.h"
#include "rtc/rtcp/compound.h"
#include "rtc/rtp/rtp_packet_view.h"

namespace stellwerk {

// A stream that a participant sends to us (one m-line, one or more encodings): takes its packets
// in, asks its sender for lost packets and keyframes, and turns each packet into a SourcePacket for
// the consumers. RTCP to the publisher is appended to a `feedback` list; the router sends it.
class Producer {
 public:
  using Feedback = std::vector<RtcpMessage>;
  enum class PayloadKind : uint8_t { kUnknown, kMedia, kRtx };

  // `feedback_sender` is the SSRC under which its transport sends RTCP. `clock` is that transport's
  // publisher clock; it must outlive the producer.
  Producer(ProducerId id, TransportId transport, const ProducerParameters& parameters,
           Ssrc feedback_sender, const PublisherClock& clock);
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // The SSRC of `encoding`, or of its RTX stream, was learnt or has changed.
  void LearnSsrc(uint8_t encoding, PayloadKind kind, Ssrc ssrc);
  // A packet of `encoding`, media or RTX (the payload type tells). The value is nullopt if there is
  // nothing to forward and no number to account for.
  Expected<std::optional<SourcePacket>, DropReason> HandleRtp(Timestamp now, Timestamp arrival,
                                                              const RtpPacketView& view,
                                                              const PacketRef& packet,
                                                              uint8_t encoding, Feedback& feedback);
  void HandleSenderReport(uint8_t encoding, const SenderReport& report, Timestamp arrival);
  // The publisher stopped sending `encoding`.
  void HandleBye(uint8_t encoding);
  void OnRoundTripTime(TimeDelta rtt);

  // Asks for a keyframe of `encoding`, as soon and as often as the limiter lets it. Nothing happens
  // for audio.
  void RequestKeyframe(uint8_t encoding, KeyframeReason reason, Timestamp now, Feedback& feedback);
  void CancelKeyframeRequests();

  // The packet `seq` as HandleRtp returned it, from the history.
  [[nodiscard]] std::optional<SourcePacket> FromHistory(uint8_t encoding, ExtendedSeqNum seq) const;

  void HandleTimeout(Timestamp now, Feedback& feedback);
  [[nodiscard]] Timestamp NextTimeout() const;

  // Which encodings are being received, a bit each. When all fall silent together, as a still
  // screen or a stalled network does, they all remain.
  [[nodiscard]] uint32_t ActiveEncodings(Timestamp now) const;
  // The layers that are offered, ascending, with what they cost; worked out afresh at most ten
  // times a second. Valid until the next call. Empty for audio, and before the first packet.
  [[nodiscard]] std::span<const LayerOption> LayerOptions(Timestamp now);
  // 0 (unusable) to 10 (nothing missing after repair): of the worst encoding that is being
  // received.
  [[nodiscard]] uint8_t score(Timestamp now) const;
  // What kind of stream uses `payload_type`.
  [[nodiscard]] PayloadKind KindOf(PayloadType payload_type) const {
    return payload_types_[payload_type.value() & 0x7F].kind;
  }

  [[nodiscard]] ProducerId id() const { return id_; }
  [[nodiscard]] TransportId transport() const { return transport_; }
  [[nodiscard]] const ProducerParameters& parameters() const { return parameters_; }
  [[nodiscard]] bool is_audio() const { return parameters_.kind == MediaKind::kAudio; }
  [[nodiscard]] std::vector<ReceiveStream>& streams() { return streams_; }
  [[nodiscard]] const std::vector<ReceiveStream>& streams() const { return streams_; }
  [[nodiscard]] const PublisherClock& clock() const { return clock_; }
  [[nodiscard]] bool paused() const { return paused_; }
  void set_paused(bool paused) { paused_ = paused; }

 private:
  struct PayloadTypeUse {
    PayloadKind kind = PayloadKind::kUnknown;
    uint8_t codec = 0;
  };
  struct Place {
    SequenceTracker::Position position;
    std::span<const uint8_t> payload;
  };
  // Which number the packet has in the media stream, and its payload. A nullopt value: padding of
  // the RTX stream.
  Expected<std::optional<Place>, DropReason> Locate(ReceiveStream& stream,
                                                    const RtpPacketView& view, PayloadKind kind);
  // Reads a Dependency Descriptor: as a new one, or out of the history.
  using ReadDependencies =
      absl::FunctionRef<std::optional<FrameDependencies>(std::span<const uint8_t>)>;
  // Fills in everything that is read from the packet itself.
  [[nodiscard]] SourcePacket Describe(const RtpPacketView& view, const PacketRef& packet,
                                      std::span<const uint8_t> payload, uint8_t codec,
                                      ReadDependencies read) const;
  // Which spatial and temporal layers the publisher says it sends.
  void NoteAllocation(const RtpPacketView& view, uint8_t encoding);
  void FollowLoss(ReceiveStream& stream, uint8_t encoding,
                  const SequenceTracker::Position& position, Timestamp now, Feedback& feedback);
  // `source` says that it begins a keyframe.
  static void NoteKeyframe(ReceiveStream& stream, SourcePacket& source);
  void SendNack(ReceiveStream& stream, Feedback& feedback);
  void SendKeyframeRequest(ReceiveStream& stream, Feedback& feedback);

  ProducerId id_;
  TransportId transport_;
  ProducerParameters parameters_;
  Ssrc feedback_sender_;
  const PublisherClock& clock_;
  bool paused_ = false;
  bool nack_ = false;
  bool fir_only_ = false;
  std::array<PayloadTypeUse, 128> payload_types_{};
  std::array<std::optional<RtpExtension>, 256> forwarded_extensions_{};  // by the publisher's id
  std::vector<ReceiveStream> streams_;
  std::vector<SeqNum> lost_;  // kept for its memory
  // By the publisher's numbering of its streams.
  std::array<uint8_t, VideoLayersAllocation::kMaxStreams> announced_encodings_ = {0, 1, 2, 3};
  std::vector<LayerOption> layer_options_;
  Timestamp layer_options_until_{};
};

}  // namespace stellwerk
