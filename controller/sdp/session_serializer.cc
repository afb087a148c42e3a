#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/sdp/session_description.h"
#include "controller/sdp/transport_attributes.h"

namespace stellwerk {
namespace {

class Writer {
 public:
  void Line(std::string_view a, std::string_view b = {}, std::string_view c = {},
            std::string_view d = {}, std::string_view e = {}) {
    for (const std::string_view part : {a, b, c, d, e}) text_ += part;
    text_ += "\r\n";
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string Number(uint64_t value) { return std::to_string(value); }

void WriteTransport(const TransportAttributes& transport, Writer& out) {
  if (!transport.ice_ufrag.empty()) out.Line("a=ice-ufrag:", transport.ice_ufrag);
  if (!transport.ice_pwd.empty()) out.Line("a=ice-pwd:", transport.ice_pwd);
  for (const Fingerprint& fingerprint : transport.fingerprints) {
    out.Line("a=fingerprint:", SerializeFingerprint(fingerprint));
  }
  if (transport.setup) out.Line("a=setup:", ToString(*transport.setup));
}

std::string FormatList(const MediaDescription& section) {
  std::string out;
  if (section.type == MediaType::kApplication && section.sctp.legacy_form) {
    return ' ' + Number(section.sctp.port);
  }
  for (const RtpFormat& format : section.formats) out += ' ' + Number(format.payload_type.value());
  for (const std::string& token : section.format_tokens) out += ' ' + token;
  return out;
}

void WriteFormat(const RtpFormat& format, Writer& out) {
  const std::string payload_type = Number(format.payload_type.value());
  if (!format.name.empty()) {
    out.Line("a=rtpmap:", payload_type + ' ', format.name, '/' + Number(format.clock_rate),
             format.channels > 1 ? '/' + Number(format.channels) : "");
  }
  for (const std::string& feedback : format.feedback) {
    out.Line("a=rtcp-fb:", payload_type, " ", feedback);
  }
  if (!format.fmtp.empty()) out.Line("a=fmtp:", payload_type, " ", format.fmtp);
}

std::string SimulcastList(std::string_view direction, const std::vector<Rid>& rids) {
  std::string out;
  for (const Rid& rid : rids) {
    out += out.empty() ? std::string(direction) + ' ' : ";";
    out += rid.view();
  }
  return out;
}

void WriteSimulcast(const MediaDescription& section, Writer& out) {
  for (const RidDescription& rid : section.rids) {
    out.Line("a=rid:", rid.rid.view(), rid.send ? " send" : " recv");
  }
  const std::string send = SimulcastList("send", section.simulcast_send);
  const std::string recv = SimulcastList("recv", section.simulcast_recv);
  if (send.empty() && recv.empty()) return;
  out.Line("a=simulcast:", send, !send.empty() && !recv.empty() ? " " : "", recv);
}

void WriteRtp(const MediaDescription& section, Writer& out) {
  if (section.rtcp_mux) out.Line("a=rtcp-mux");
  if (section.rtcp_rsize) out.Line("a=rtcp-rsize");
  if (section.extmap_allow_mixed) out.Line("a=extmap-allow-mixed");
  if (section.rtcp_xr_receiver_rtt) out.Line("a=rtcp-xr:rcvr-rtt=all");
  for (const ExtensionMapping& mapping : section.extensions) {
    out.Line("a=extmap:", Number(mapping.id),
             mapping.direction ? '/' + std::string(ToString(*mapping.direction)) : "", " ",
             mapping.uri);
  }
  if (!section.msid_stream.empty()) {
    out.Line("a=msid:", section.msid_stream, section.msid_track.empty() ? "" : " ",
             section.msid_track);
  }
  for (const RtpFormat& format : section.formats) WriteFormat(format, out);
  WriteSimulcast(section, out);
  for (const SsrcGroup& group : section.ssrc_groups) {
    std::string line = "a=ssrc-group:" + group.semantics;
    for (const Ssrc ssrc : group.ssrcs) line += ' ' + Number(ssrc.value());
    out.Line(line);
  }
  for (const SsrcAttribute& attribute : section.ssrc_attributes) {
    out.Line("a=ssrc:", Number(attribute.ssrc.value()) + (attribute.name.empty() ? "" : " "),
             attribute.name, attribute.value.empty() ? "" : ":", attribute.value);
  }
}

void WriteSctp(const MediaDescription& section, Writer& out) {
  if (section.sctp.legacy_form) {
    out.Line("a=sctpmap:", Number(section.sctp.port), " webrtc-datachannel 65535");
  } else {
    out.Line("a=sctp-port:", Number(section.sctp.port));
  }
  if (section.sctp.max_message_size) {
    out.Line("a=max-message-size:", Number(*section.sctp.max_message_size));
  }
}

void WriteMedia(const MediaDescription& section, Writer& out) {
  out.Line("m=", section.type_name + ' ' + Number(section.port) + ' ', section.protocol,
           FormatList(section));
  const bool v6 = section.connection_address.find(':') != std::string::npos;
  out.Line("c=IN ", v6 ? "IP6 " : "IP4 ", section.connection_address);
  if (!section.mid.empty()) out.Line("a=mid:", section.mid);
  if (section.bundle_only) out.Line("a=bundle-only");
  out.Line("a=", ToString(section.direction));
  WriteTransport(section.transport, out);
  for (const Candidate& candidate : section.candidates) {
    out.Line("a=candidate:", SerializeCandidate(candidate));
  }
  if (section.end_of_candidates) out.Line("a=end-of-candidates");
  if (section.IsRtp()) {
    WriteRtp(section, out);
  } else if (section.type == MediaType::kApplication) {
    WriteSctp(section, out);
  }
}

}  // namespace

std::string_view ToString(Direction direction) {
  switch (direction) {
    case Direction::kSendRecv:
      return "sendrecv";
    case Direction::kSendOnly:
      return "sendonly";
    case Direction::kRecvOnly:
      return "recvonly";
    case Direction::kInactive:
      return "inactive";
  }
  return "inactive";
}

std::string_view ToString(DtlsSetup setup) {
  switch (setup) {
    case DtlsSetup::kActpass:
      return "actpass";
    case DtlsSetup::kActive:
      return "active";
    case DtlsSetup::kPassive:
      return "passive";
    case DtlsSetup::kHoldconn:
      return "holdconn";
  }
  return "holdconn";
}

TransportAttributes SessionDescription::TransportOf(const MediaDescription& section) const {
  TransportAttributes result = section.transport;
  // RFC 8839 §5.4: ufrag and pwd are a pair, both from the same level.
  if (result.ice_ufrag.empty() && result.ice_pwd.empty()) {
    result.ice_ufrag = transport.ice_ufrag;
    result.ice_pwd = transport.ice_pwd;
  }
  if (result.fingerprints.empty()) result.fingerprints = transport.fingerprints;
  if (!result.setup) result.setup = transport.setup;
  return result;
}

std::string SerializeSessionDescription(const SessionDescription& description) {
  Writer out;
  out.Line("v=0");
  out.Line("o=- ", Number(description.session_id), " ", Number(description.session_version),
           " IN IP4 127.0.0.1");
  out.Line("s=-");
  out.Line("t=0 0");
  for (const auto& group : description.bundle_groups) {
    std::string line = "a=group:BUNDLE";
    for (const std::string& mid : group) line += ' ' + mid;
    out.Line(line);
  }
  if (description.extmap_allow_mixed) out.Line("a=extmap-allow-mixed");
  if (description.ice_lite) out.Line("a=ice-lite");
  if (!description.ice_options.empty()) {
    std::string line = "a=ice-options:";
    for (const std::string& option : description.ice_options) {
      if (line.back() != ':') line += ' ';
      line += option;
    }
    out.Line(line);
  }
  WriteTransport(description.transport, out);
  for (const MediaDescription& section : description.media) WriteMedia(section, out);
  return out.Take();
}

}  // namespace stellwerk
