#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/sdp/sdp_error.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"

// The part of SDP (RFC 8866) that WebRTC (RFC 8829) uses, as plain data. Attributes that nobody
// here reads are not kept.
namespace stellwerk {

enum class MediaType : uint8_t { kAudio, kVideo, kApplication, kOther };

enum class Direction : uint8_t { kSendRecv, kSendOnly, kRecvOnly, kInactive };
constexpr bool Sends(Direction d) { return d == Direction::kSendRecv || d == Direction::kSendOnly; }
constexpr bool Receives(Direction d) {
  return d == Direction::kSendRecv || d == Direction::kRecvOnly;
}
constexpr Direction MakeDirection(bool sends, bool receives) {
  if (sends) return receives ? Direction::kSendRecv : Direction::kSendOnly;
  return receives ? Direction::kRecvOnly : Direction::kInactive;
}
// The same flow seen from the other side.
constexpr Direction Reversed(Direction d) { return MakeDirection(Receives(d), Sends(d)); }

// RFC 4145, RFC 8842: who starts the DTLS handshake ("active" is the DTLS client).
enum class DtlsSetup : uint8_t { kActpass, kActive, kPassive, kHoldconn };

// RFC 8285 §5.
struct ExtensionMapping {
  uint16_t id = 0;  // 1..255, or 4096..4351 as an offer without a number yet
  std::optional<Direction> direction;
  std::string uri;
  friend bool operator==(const ExtensionMapping&, const ExtensionMapping&) = default;
};

// One payload type of an m-line with everything that is said about it.
struct RtpFormat {
  PayloadType payload_type;
  std::string name;         // encoding name of a=rtpmap as written; empty without a=rtpmap
  uint32_t clock_rate = 0;  // Hz
  uint8_t channels = 1;
  std::string fmtp;
  std::vector<std::string> feedback;  // values of a=rtcp-fb: "nack", "nack pli", "ccm fir"
  friend bool operator==(const RtpFormat&, const RtpFormat&) = default;
};

// RFC 5576.
struct SsrcAttribute {
  Ssrc ssrc;
  std::string name;  // "cname", "msid"
  std::string value;
  friend bool operator==(const SsrcAttribute&, const SsrcAttribute&) = default;
};
struct SsrcGroup {
  std::string semantics;  // "FID", "SIM"
  std::vector<Ssrc> ssrcs;
  friend bool operator==(const SsrcGroup&, const SsrcGroup&) = default;
};

// RFC 8851: one restriction-less use of an RTP stream id.
struct RidDescription {
  Rid rid;
  bool send = true;
  friend bool operator==(const RidDescription&, const RidDescription&) = default;
};

// What may stand at session level as a default for every m-line, or in an m-line.
struct TransportAttributes {
  std::string ice_ufrag;
  std::string ice_pwd;
  std::vector<Fingerprint> fingerprints;
  std::optional<DtlsSetup> setup;
  friend bool operator==(const TransportAttributes&, const TransportAttributes&) = default;
};

// RFC 8841, and the older form "DTLS/SCTP 5000" with a=sctpmap that aiortc writes.
struct SctpDescription {
  uint16_t port = 5000;
  std::optional<uint32_t> max_message_size;  // bytes; 0 = no limit
  bool legacy_form = false;
  friend bool operator==(const SctpDescription&, const SctpDescription&) = default;
};

struct MediaDescription {
  int line = 0;  // where the m-line stands in the parsed text, for errors; not serialised
  MediaType type = MediaType::kOther;
  std::string type_name;  // "audio"
  uint16_t port = 9;      // 0 = rejected, or bundle_only
  std::string protocol;   // "UDP/TLS/RTP/SAVPF"
  std::string connection_address = "0.0.0.0";
  std::vector<std::string> format_tokens;  // of protocols that we don't read

  std::string mid;  // empty without a=mid
  Direction direction = Direction::kSendRecv;
  TransportAttributes transport;
  std::vector<Candidate> candidates;  // component 1, UDP and passive TCP
  bool end_of_candidates = false;
  bool bundle_only = false;

  // audio and video
  bool rtcp_mux = false;
  bool rtcp_rsize = false;
  bool extmap_allow_mixed = false;
  bool rtcp_xr_receiver_rtt = false;  // RFC 3611 §5: rcvr-rtt
  std::vector<RtpFormat> formats;
  std::vector<ExtensionMapping> extensions;
  std::vector<SsrcAttribute> ssrc_attributes;
  std::vector<SsrcGroup> ssrc_groups;
  std::string msid_stream;  // RFC 8830; empty without a=msid, "-" = no stream
  std::string msid_track;
  std::vector<RidDescription> rids;
  // RFC 8853: the first alternative of each simulcast stream, in the order of the attribute.
  std::vector<Rid> simulcast_send;
  std::vector<Rid> simulcast_recv;

  // application
  SctpDescription sctp;

  [[nodiscard]] bool IsRtp() const {
    return type == MediaType::kAudio || type == MediaType::kVideo;
  }
  friend bool operator==(const MediaDescription&, const MediaDescription&) = default;
};

struct SessionDescription {
  uint64_t session_id = 0;
  uint64_t session_version = 0;
  bool ice_lite = false;
  bool extmap_allow_mixed = false;
  std::vector<std::string> ice_options;
  std::vector<std::vector<std::string>> bundle_groups;  // mids
  TransportAttributes transport;
  std::vector<MediaDescription> media;
  friend bool operator==(const SessionDescription&, const SessionDescription&) = default;

  // What holds for an m-line: its own attributes, else those of the session.
  [[nodiscard]] TransportAttributes TransportOf(const MediaDescription& section) const;
};

// Reads an offer or answer. Bounded: at most 256 kB, 256 m-lines and a few thousand attributes;
// hostile text gives an error, never more work than its size.
Expected<SessionDescription, SdpError> ParseSessionDescription(std::string_view text);

// With CRLF line ends. Attributes that do not belong to an m-line's type are left out.
std::string SerializeSessionDescription(const SessionDescription& description);

std::string_view ToString(Direction direction);
std::string_view ToString(DtlsSetup setup);

}  // namespace stellwerk
