#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtc/base/ids.h"

// What was negotiated, in the words that SDP answering (controller/sdp), the IPC (proto) and the
// media plane (rtc) share. Plain data; built once per negotiation, never on the packet path.
namespace stellwerk {

enum class MediaKind : uint8_t { kAudio, kVideo };

enum class Codec : uint8_t { kOpus, kRed, kVp8, kVp9, kH264, kH265, kAv1, kUnknown };

// RTP header extensions that we know; the order is that of kExtensionUris.
enum class RtpExtension : uint8_t {
  kMid,          // RFC 8843
  kRid,          // RFC 8852
  kRepairedRid,  // RFC 8852
  kAbsSendTime,
  kTransportCc,
  kAudioLevel,  // RFC 6464
  kDependencyDescriptor,
  kVideoLayersAllocation,
  kPlayoutDelay,
  kAbsCaptureTime,
  kVideoOrientation,    // 3GPP TS 26.114
  kTransmissionOffset,  // RFC 5450
  kVideoContentType,
  kVideoTiming,
  kColorSpace,
  kCount,
};
inline constexpr std::size_t kRtpExtensionCount = static_cast<std::size_t>(RtpExtension::kCount);

inline constexpr std::array<std::string_view, kRtpExtensionCount> kRtpExtensionUris = {
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
    "http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
    "urn:3gpp:video-orientation",
    "urn:ietf:params:rtp-hdrext:toffset",
    "http://www.webrtc.org/experiments/rtp-hdrext/video-content-type",
    "http://www.webrtc.org/experiments/rtp-hdrext/video-timing",
    "http://www.webrtc.org/experiments/rtp-hdrext/color-space",
};

// Which id each extension has in one m-line. Id 0 = not negotiated.
class RtpExtensionIds {
 public:
  void Set(RtpExtension extension, ExtensionId id) { ids_[Index(extension)] = id; }
  [[nodiscard]] ExtensionId IdOf(RtpExtension extension) const { return ids_[Index(extension)]; }
  [[nodiscard]] bool Has(RtpExtension extension) const { return IdOf(extension).value() != 0; }
  friend bool operator==(const RtpExtensionIds&, const RtpExtensionIds&) = default;

 private:
  static constexpr std::size_t Index(RtpExtension extension) {
    return static_cast<std::size_t>(extension);
  }
  std::array<ExtensionId, kRtpExtensionCount> ids_{};
};

struct CodecParameters {
  Codec codec = Codec::kUnknown;
  PayloadType payload_type;
  uint32_t clock_rate = 90'000;  // Hz
  uint8_t channels = 1;
  // RFC 4588: the payload type of retransmissions of this one.
  std::optional<PayloadType> rtx_payload_type;
  // The parameters of a=fmtp, without the payload type.
  std::string fmtp;
  bool nack = false;
  bool pli = false;
  bool fir = false;
  bool transport_cc = false;
  bool remb = false;
  friend bool operator==(const CodecParameters&, const CodecParameters&) = default;
};

// One RTP stream of a producer. With simulcast by RID the SSRCs are learnt from the first packets.
struct EncodingParameters {
  Rid rid;  // empty without simulcast
  std::optional<Ssrc> ssrc;
  std::optional<Ssrc> rtx_ssrc;
  friend bool operator==(const EncodingParameters&, const EncodingParameters&) = default;
};

// A stream that a participant sends to us: one m-line. Encodings in ascending quality.
struct ProducerParameters {
  MediaKind kind = MediaKind::kAudio;
  Mid mid;
  std::vector<CodecParameters> codecs;
  RtpExtensionIds extensions;
  std::vector<EncodingParameters> encodings;
  friend bool operator==(const ProducerParameters&, const ProducerParameters&) = default;
};

// What decides which producer a slot carries.
enum class SlotMode : uint8_t {
  kPinned,    // one producer for good
  kAssigned,  // the controller points it
  kLoudest,   // the worker points it at the loudest audio producers, never the listener's own
};

// A stream that we send to a participant: one m-line, one slot.
struct ConsumerParameters {
  MediaKind kind = MediaKind::kAudio;
  Mid mid;
  SlotMode mode = SlotMode::kAssigned;
  Ssrc ssrc;
  std::optional<Ssrc> rtx_ssrc;
  std::string cname;  // RFC 3550 §6.5.1
  // What this slot may carry; the payload type of each is the subscriber's.
  std::vector<CodecParameters> codecs;
  RtpExtensionIds extensions;
  friend bool operator==(const ConsumerParameters&, const ConsumerParameters&) = default;
};

// What a subscriber, or the controller for it, wants of a video slot. Bandwidth is shared out among
// a subscriber's slots by these.
struct ConsumerDemand {
  // Of two slots that both want more, the one with the higher priority gets it. The lowest layer of
  // every slot comes before a better layer of any.
  uint8_t priority = 128;
  // How high the picture is shown, in pixels: no layer that is needlessly larger is sent. 0: not
  // known, no limit.
  uint16_t height = 0;
  // The highest layers that are wanted. Spatial: of simulcast the encoding, of SVC the layer.
  SpatialLayer max_spatial{0xFF};
  TemporalLayer max_temporal{0xFF};
  friend bool operator==(const ConsumerDemand&, const ConsumerDemand&) = default;
};

enum class DtlsRole : uint8_t { kServer, kClient };

// RFC 8122: the hash of the peer's certificate.
struct Fingerprint {
  std::string algorithm;        // lower case, "sha-256"
  std::vector<uint8_t> digest;  // 32 bytes for sha-256
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// RFC 8839: short-term credentials of one ICE session.
struct IceParameters {
  std::string ufrag;  // 4..256 characters
  std::string pwd;    // 22..256 characters
  friend bool operator==(const IceParameters&, const IceParameters&) = default;
};

// RFC 8841.
struct SctpParameters {
  uint16_t port = 5000;
  uint32_t max_message_size = 65'536;  // bytes that the remote side takes; 0 = no limit
  friend bool operator==(const SctpParameters&, const SctpParameters&) = default;
};

// RFC 8839 §5.1: one address on which ICE may reach a side. We are ICE-lite: ours are all of type
// host, component 1.
enum class CandidateProtocol : uint8_t { kUdp, kTcpPassive };
struct Candidate {
  std::string foundation;
  CandidateProtocol protocol = CandidateProtocol::kUdp;
  uint32_t priority = 0;
  std::string address;  // an IP literal without brackets
  uint16_t port = 0;
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

// RFC 8832 §5.1: what a data channel is opened with. At most one of the two limits is set.
struct DataChannelParameters {
  std::string label = {};
  std::string protocol = {};
  bool ordered = true;
  std::optional<uint32_t> max_retransmits = {};
  std::optional<uint32_t> max_lifetime_ms = {};
  friend bool operator==(const DataChannelParameters&, const DataChannelParameters&) = default;
};

// What ConnectTransport brings: everything that the other side said about itself.
struct RemoteTransportParameters {
  IceParameters ice;
  Fingerprint fingerprint;
  DtlsRole our_role = DtlsRole::kServer;
  std::optional<SctpParameters> sctp;  // nullopt: no data channel negotiated
  friend bool operator==(const RemoteTransportParameters&,
                         const RemoteTransportParameters&) = default;
};

}  // namespace stellwerk
