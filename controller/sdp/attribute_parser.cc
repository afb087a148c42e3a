#include "controller/sdp/attribute_parser.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "controller/sdp/line_cursor.h"
#include "controller/sdp/transport_attributes.h"

namespace stellwerk {
namespace {

// Real m-lines stay far below these.
constexpr std::size_t kMaxExtensions = 64;
constexpr std::size_t kMaxSsrcAttributes = 256;
constexpr std::size_t kMaxSsrcGroups = 64;
constexpr std::size_t kMaxRids = 32;
constexpr std::size_t kMaxFeedback = 32;
constexpr std::size_t kMaxFmtp = 1024;  // bytes; the worker takes 4096
constexpr std::size_t kMaxBundleGroups = 16;
constexpr std::size_t kMaxBundledMedia = 256;
constexpr std::size_t kMaxIceOptions = 16;

// RFC 8866 §9 "token", as a=mid and a=rid need it.
bool IsToken(std::string_view text) {
  constexpr std::string_view kNotToken = " \"(),/:;<=>?@[\\]";
  return !text.empty() && text.find_first_of(kNotToken) == std::string_view::npos;
}

std::optional<Direction> ParseDirection(std::string_view text) {
  for (const Direction direction :
       {Direction::kSendRecv, Direction::kSendOnly, Direction::kRecvOnly, Direction::kInactive}) {
    if (text == ToString(direction)) return direction;
  }
  return std::nullopt;
}

// The format that an attribute "<payload type> ..." speaks of; nullptr if the m-line does not list
// it, which is no problem: some clients leave such lines behind.
RtpFormat* FindFormat(MediaDescription& section, std::optional<uint8_t> payload_type) {
  const auto it = std::find_if(
      section.formats.begin(), section.formats.end(),
      [&](const RtpFormat& format) { return format.payload_type.value() == payload_type; });
  return it == section.formats.end() ? nullptr : &*it;
}

AttributeProblem ParseRtpMap(std::string_view value, MediaDescription& section) {
  LineCursor cursor(value);
  const auto payload_type = ParseDecimal<uint8_t>(cursor.Next());
  const std::string_view name = cursor.TakeUntil('/');
  const auto clock_rate = ParseDecimal<uint32_t>(cursor.TakeUntil('/'));
  const std::string_view channel_text = cursor.Rest();
  const auto channels = channel_text.empty() ? uint8_t{1} : ParseDecimal<uint8_t>(channel_text);
  if (!payload_type || name.empty() || !clock_rate || *clock_rate == 0 || !channels) {
    return "a=rtpmap: " + Quoted(value) + " is not 'payload-type name/clock-rate[/channels]'";
  }
  if (RtpFormat* format = FindFormat(section, payload_type)) {
    format->name = std::string(name);
    format->clock_rate = *clock_rate;
    format->channels = *channels;
  }
  return std::nullopt;
}

AttributeProblem ParseFmtp(std::string_view value, MediaDescription& section) {
  LineCursor cursor(value);
  const auto payload_type = ParseDecimal<uint8_t>(cursor.Next());
  if (!payload_type) return "a=fmtp: " + Quoted(value) + " does not begin with a payload type";
  if (value.size() > kMaxFmtp) {
    return "a=fmtp: " + std::to_string(value.size()) + " bytes are more than 1024";
  }
  if (RtpFormat* format = FindFormat(section, payload_type)) {
    format->fmtp = std::string(cursor.Rest());
  }
  return std::nullopt;
}

AttributeProblem ParseRtcpFeedback(std::string_view value, MediaDescription& section) {
  LineCursor cursor(value);
  const std::string_view target = cursor.Next();
  const std::string_view feedback = cursor.Rest();
  const auto payload_type = ParseDecimal<uint8_t>(target);
  if ((!payload_type && target != "*") || feedback.empty()) {
    return "a=rtcp-fb: " + Quoted(value) + " is not 'payload-type feedback'";
  }
  for (RtpFormat& format : section.formats) {
    if (target != "*" && format.payload_type.value() != *payload_type) continue;
    if (format.feedback.size() >= kMaxFeedback) return "more than 32 a=rtcp-fb for a payload type";
    format.feedback.emplace_back(feedback);
  }
  return std::nullopt;
}

AttributeProblem ParseExtMap(std::string_view value, MediaDescription& section) {
  LineCursor cursor(value);
  const std::string_view head = cursor.Next();
  const std::size_t slash = head.find('/');
  ExtensionMapping mapping;
  const auto id = ParseDecimal<uint16_t>(head.substr(0, slash));
  if (slash != std::string_view::npos) {
    mapping.direction = ParseDirection(head.substr(slash + 1));
    if (!mapping.direction) {
      return "a=extmap: " + Quoted(head.substr(slash + 1)) + " is not a direction";
    }
  }
  mapping.uri = std::string(cursor.Next());
  // RFC 8285 §5: 1..14 and 16..255 are local identifiers, 4096..4351 stand for "not assigned yet".
  if (!id || *id == 0 || *id == 15 || (*id > 255 && *id < 4096) || *id > 4351) {
    return "a=extmap: " + Quoted(head) + " is not an id of 1..14 or 16..255";
  }
  if (mapping.uri.empty()) return "a=extmap: the URI is missing";
  mapping.id = *id;
  if (section.extensions.size() >= kMaxExtensions) return "more than 64 a=extmap in an m-line";
  for (const ExtensionMapping& other : section.extensions) {
    if (other.id == mapping.id && other.id < 4096) {
      return "a=extmap: id " + std::to_string(mapping.id) + " is used twice in this m-line";
    }
  }
  section.extensions.push_back(std::move(mapping));
  return std::nullopt;
}

AttributeProblem ParseSsrc(std::string_view value, MediaDescription& section) {
  LineCursor cursor(value);
  const auto ssrc = ParseDecimal<uint32_t>(cursor.Next());
  const std::string_view attribute = cursor.Rest();
  if (!ssrc) return "a=ssrc: " + Quoted(value) + " does not begin with a 32-bit number";
  if (attribute.empty() || attribute.starts_with(':')) return "a=ssrc: the attribute is missing";
  if (section.ssrc_attributes.size() >= kMaxSsrcAttributes)
    return "more than 256 a=ssrc in an m-line";
  const std::size_t colon = std::min(attribute.find(':'), attribute.size());
  section.ssrc_attributes.push_back(
      {Ssrc(*ssrc), std::string(attribute.substr(0, colon)),
       std::string(attribute.substr(std::min(colon + 1, attribute.size())))});
  return std::nullopt;
}

AttributeProblem ParseSsrcGroup(std::string_view value, MediaDescription& section) {
  LineCursor cursor(value);
  SsrcGroup group;
  group.semantics = std::string(cursor.Next());
  while (!cursor.AtEnd()) {
    const std::string_view token = cursor.Next();
    const auto ssrc = ParseDecimal<uint32_t>(token);
    if (!ssrc) return "a=ssrc-group: " + Quoted(token) + " is not a 32-bit number";
    group.ssrcs.emplace_back(*ssrc);
  }
  if (group.semantics.empty()) return "a=ssrc-group: the semantics are missing";
  if (section.ssrc_groups.size() >= kMaxSsrcGroups || group.ssrcs.size() > kMaxRids) {
    return "too many a=ssrc-group";
  }
  section.ssrc_groups.push_back(std::move(group));
  return std::nullopt;
}

AttributeProblem ParseRid(std::string_view value, MediaDescription& section) {
  LineCursor cursor(value);
  const std::string_view name = cursor.Next();
  const std::string_view direction = cursor.Next();
  const auto rid = Rid::From(name);
  if (!rid || !IsToken(name)) {
    return "a=rid: " + Quoted(name) + " is not a name of 1..31 characters";
  }
  if (direction != "send" && direction != "recv") {
    return "a=rid: " + Quoted(direction) + " is not send or recv";
  }
  if (section.rids.size() >= kMaxRids) return "more than 32 a=rid in an m-line";
  section.rids.push_back({*rid, direction == "send"});
  return std::nullopt;
}

// RFC 8853 §5.1: streams are separated by ';', alternatives of one stream by ',', and '~' marks a
// paused one.
AttributeProblem ParseSimulcastList(std::string_view text, std::vector<Rid>& out) {
  LineCursor streams(text);
  while (!streams.AtEnd()) {
    std::string_view first = LineCursor(streams.TakeUntil(';')).TakeUntil(',');
    if (first.starts_with('~')) first.remove_prefix(1);
    const auto rid = Rid::From(first);
    if (!rid || !IsToken(first)) return "a=simulcast: " + Quoted(first) + " is not a rid";
    if (out.size() >= kMaxRids) return "a=simulcast: more than 32 streams";
    out.push_back(*rid);
  }
  return std::nullopt;
}

AttributeProblem ParseSimulcast(std::string_view value, MediaDescription& section) {
  LineCursor cursor(value);
  while (!cursor.AtEnd()) {
    const std::string_view direction = cursor.Next();
    if (direction != "send" && direction != "recv") {
      return "a=simulcast: " + Quoted(direction) + " is not send or recv";
    }
    auto& list = direction == "send" ? section.simulcast_send : section.simulcast_recv;
    if (auto problem = ParseSimulcastList(cursor.Next(), list)) return problem;
    if (list.empty()) return "a=simulcast: the list of rids is missing";
  }
  return std::nullopt;
}

AttributeProblem ParseMid(std::string_view value, MediaDescription& section) {
  if (!IsToken(value) || value.size() > Mid::kCapacity) {
    return "a=mid: " + Quoted(value) + " is not a token of 1..31 characters";
  }
  section.mid = std::string(value);
  return std::nullopt;
}

AttributeProblem ParseMsid(std::string_view value, MediaDescription& section) {
  if (!section.msid_stream.empty()) return std::nullopt;  // a track in several streams: the first
  LineCursor cursor(value);
  section.msid_stream = std::string(cursor.Next());
  section.msid_track = std::string(cursor.Next());
  return std::nullopt;
}

AttributeProblem ParseSctpPort(std::string_view value, MediaDescription& section) {
  const auto port = ParseDecimal<uint16_t>(LineCursor(value).Next());
  if (!port || *port == 0) return "a=sctp-port: " + Quoted(value) + " is not a port of 1..65535";
  section.sctp.port = *port;
  return std::nullopt;
}

AttributeProblem ParseMaxMessageSize(std::string_view value, MediaDescription& section) {
  const auto size = ParseDecimal<uint64_t>(value);
  if (!size) return "a=max-message-size: " + Quoted(value) + " is not a number of bytes";
  section.sctp.max_message_size = static_cast<uint32_t>(std::min<uint64_t>(*size, UINT32_MAX));
  return std::nullopt;
}

AttributeProblem ParseRtcpXr(std::string_view value, MediaDescription& section) {
  if (value.find("rcvr-rtt") != std::string_view::npos) section.rtcp_xr_receiver_rtt = true;
  return std::nullopt;
}

template <bool MediaDescription::*kFlag>
AttributeProblem SetFlag(std::string_view, MediaDescription& section) {
  section.*kFlag = true;
  return std::nullopt;
}

struct MediaAttribute {
  std::string_view name;
  AttributeProblem (*parse)(std::string_view value, MediaDescription& section);
};

constexpr std::array kMediaAttributes = {
    MediaAttribute{"rtpmap", ParseRtpMap},
    MediaAttribute{"fmtp", ParseFmtp},
    MediaAttribute{"rtcp-fb", ParseRtcpFeedback},
    MediaAttribute{"extmap", ParseExtMap},
    MediaAttribute{"ssrc", ParseSsrc},
    MediaAttribute{"ssrc-group", ParseSsrcGroup},
    MediaAttribute{"rid", ParseRid},
    MediaAttribute{"simulcast", ParseSimulcast},
    MediaAttribute{"mid", ParseMid},
    MediaAttribute{"msid", ParseMsid},
    MediaAttribute{"candidate", ParseCandidate},
    MediaAttribute{"sctp-port", ParseSctpPort},
    MediaAttribute{"sctpmap", ParseSctpPort},
    MediaAttribute{"max-message-size", ParseMaxMessageSize},
    MediaAttribute{"rtcp-xr", ParseRtcpXr},
    MediaAttribute{"rtcp-mux", SetFlag<&MediaDescription::rtcp_mux>},
    MediaAttribute{"rtcp-mux-only", SetFlag<&MediaDescription::rtcp_mux>},
    MediaAttribute{"rtcp-rsize", SetFlag<&MediaDescription::rtcp_rsize>},
    MediaAttribute{"extmap-allow-mixed", SetFlag<&MediaDescription::extmap_allow_mixed>},
    MediaAttribute{"bundle-only", SetFlag<&MediaDescription::bundle_only>},
    MediaAttribute{"end-of-candidates", SetFlag<&MediaDescription::end_of_candidates>},
};

AttributeProblem ParseGroup(std::string_view value, SessionDescription& session) {
  LineCursor cursor(value);
  if (cursor.Next() != "BUNDLE") return std::nullopt;
  if (session.bundle_groups.size() >= kMaxBundleGroups) return "more than 16 BUNDLE groups";
  auto& group = session.bundle_groups.emplace_back();
  while (!cursor.AtEnd()) {
    if (group.size() >= kMaxBundledMedia) return "a=group:BUNDLE: more than 256 mids";
    group.emplace_back(cursor.Next());
  }
  return std::nullopt;
}

}  // namespace

AttributeProblem ParseMediaAttribute(std::string_view name, std::string_view value,
                                     MediaDescription& section) {
  if (const auto direction = ParseDirection(name)) {
    section.direction = *direction;
    return std::nullopt;
  }
  for (const MediaAttribute& attribute : kMediaAttributes) {
    if (attribute.name == name) return attribute.parse(value, section);
  }
  bool known = false;
  return ParseTransportAttribute(name, value, section.transport, known);
}

AttributeProblem ParseSessionAttribute(std::string_view name, std::string_view value,
                                       SessionDescription& session, Direction& direction) {
  if (const auto parsed = ParseDirection(name)) {
    direction = *parsed;
  } else if (name == "group") {
    return ParseGroup(value, session);
  } else if (name == "ice-lite") {
    session.ice_lite = true;
  } else if (name == "extmap-allow-mixed") {
    session.extmap_allow_mixed = true;
  } else if (name == "ice-options") {
    // RFC 8839 separates by spaces, libdatachannel by commas.
    LineCursor cursor(value);
    while (!cursor.AtEnd() && session.ice_options.size() < kMaxIceOptions) {
      LineCursor options(cursor.Next());
      while (!options.AtEnd()) {
        const std::string_view option = options.TakeUntil(',');
        if (!option.empty()) session.ice_options.emplace_back(option);
      }
    }
  } else {
    bool known = false;
    return ParseTransportAttribute(name, value, session.transport, known);
  }
  return std::nullopt;
}

}  // namespace stellwerk
