#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "controller/sdp/attribute_parser.h"
#include "controller/sdp/line_cursor.h"
#include "controller/sdp/session_description.h"

namespace stellwerk {
namespace {

constexpr std::size_t kMaxBytes = 256 * 1024;
constexpr std::size_t kMaxMedia = 256;

using Problem = std::optional<std::string>;

class SessionParser {
 public:
  Expected<SessionDescription, SdpError> Parse(std::string_view text) {
    if (text.size() > kMaxBytes) return Unexpected(SdpError{0, "longer than 256 kB"});
    int line_number = 0;
    while (!text.empty()) {
      ++line_number;
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty() && text.empty()) break;  // an empty line at the end
      if (Problem problem = ParseLine(line, line_number)) {
        return Unexpected(SdpError{line_number, std::move(*problem)});
      }
    }
    if (line_number == 0) return Unexpected(SdpError{0, "empty"});
    if (!has_origin_) return Unexpected(SdpError{0, "the o= line is missing"});
    return std::move(session_);
  }

 private:
  Problem ParseLine(std::string_view line, int line_number) {
    if (line.size() < 2 || line[1] != '=') return Quoted(line) + " is not of the form 'x=...'";
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t'; };
    if (std::any_of(line.begin(), line.end(), is_control)) return "a control character in the line";
    const std::string_view value = line.substr(2);
    if (line_number == 1) {
      if (line != "v=0") return "a session description begins with 'v=0', not " + Quoted(line);
      return std::nullopt;
    }
    switch (line[0]) {
      case 'o':
        return ParseOrigin(value);
      case 'm':
        return ParseMediaLine(value, line_number);
      case 'c':
        return ParseConnection(value);
      case 'a':
        return ParseAttribute(value);
      case 'v':
        return "a second v= line";
      default:
        return std::nullopt;  // s, t, b, ... carry nothing for us
    }
  }

  // RFC 8866 §5.2.
  Problem ParseOrigin(std::string_view value) {
    if (has_origin_) return "a second o= line";
    LineCursor cursor(value);
    cursor.Next();  // user name
    // Nothing depends on an offerer's numbers, so one that does not fit 64 bits is as good as 0.
    session_.session_id = ParseDecimal<uint64_t>(cursor.Next()).value_or(0);
    session_.session_version = ParseDecimal<uint64_t>(cursor.Next()).value_or(0);
    if (cursor.Next() != "IN")
      return "o=: " + Quoted(value) + " is not 'user id version IN IP4 address'";
    has_origin_ = true;
    return std::nullopt;
  }

  Problem ParseConnection(std::string_view value) {
    LineCursor cursor(value);
    const bool internet = cursor.Next() == "IN";
    cursor.Next();
    const std::string_view address = cursor.Next();
    if (!internet || address.empty()) return "c=: " + Quoted(value) + " is not 'IN IP4 address'";
    if (!session_.media.empty()) session_.media.back().connection_address = std::string(address);
    return std::nullopt;
  }

  // RFC 8866 §5.14: m=<media> <port> <proto> <fmt> ...
  Problem ParseMediaLine(std::string_view value, int line_number) {
    if (session_.media.size() >= kMaxMedia) return "more than 256 m-lines";
    LineCursor cursor(value);
    MediaDescription section;
    section.line = line_number;
    section.type_name = std::string(cursor.Next());
    const auto port = ParseDecimal<uint16_t>(cursor.Next());
    section.protocol = std::string(cursor.Next());
    if (section.type_name.empty() || !port || section.protocol.empty() || cursor.AtEnd()) {
      return "m=: " + Quoted(value) + " is not 'media port protocol format ...'";
    }
    section.port = *port;
    section.direction = default_direction_;
    section.type = TypeOf(section.type_name);
    session_.media.push_back(std::move(section));
    return ParseFormats(cursor, session_.media.back());
  }

  static MediaType TypeOf(std::string_view name) {
    if (name == "audio") return MediaType::kAudio;
    if (name == "video") return MediaType::kVideo;
    if (name == "application") return MediaType::kApplication;
    return MediaType::kOther;
  }

  static Problem ParseFormats(LineCursor& cursor, MediaDescription& section) {
    const bool rtp = section.IsRtp() && section.protocol.find("RTP/") != std::string::npos;
    if (section.type == MediaType::kApplication && section.protocol == "DTLS/SCTP") {
      const auto port = ParseDecimal<uint16_t>(cursor.Next());
      if (!port || *port == 0) return "m=: DTLS/SCTP needs a port of 1..65535 as its format";
      section.sctp.legacy_form = true;
      section.sctp.port = *port;
      return std::nullopt;
    }
    while (!cursor.AtEnd()) {
      const std::string_view token = cursor.Next();
      if (!rtp) {
        section.format_tokens.emplace_back(token);
        continue;
      }
      const auto payload_type = ParseDecimal<uint8_t>(token);
      if (!payload_type || *payload_type > 127) {
        return "m=: " + Quoted(token) + " is not a payload type of 0..127";
      }
      for (const RtpFormat& other : section.formats) {
        if (other.payload_type.value() == *payload_type) {
          return "m=: payload type " + std::to_string(*payload_type) + " is listed twice";
        }
      }
      section.formats.emplace_back().payload_type = PayloadType(*payload_type);
    }
    return std::nullopt;
  }

  Problem ParseAttribute(std::string_view value) {
    const std::size_t colon = std::min(value.find(':'), value.size());
    const std::string_view name = value.substr(0, colon);
    const std::string_view rest = value.substr(std::min(colon + 1, value.size()));
    if (session_.media.empty()) {
      return ParseSessionAttribute(name, rest, session_, default_direction_);
    }
    MediaDescription& section = session_.media.back();
    if (Problem problem = ParseMediaAttribute(name, rest, section)) return problem;
    if (name == "mid") return CheckMidIsNew(section);
    return std::nullopt;
  }

  // RFC 5888 §4: an identification tag is unique within the description.
  Problem CheckMidIsNew(const MediaDescription& section) {
    for (const MediaDescription& other : session_.media) {
      if (&other != &section && other.mid == section.mid) {
        return "a=mid: " + Quoted(section.mid) + " is already the mid of the m-line in line " +
               std::to_string(other.line);
      }
    }
    return std::nullopt;
  }

  SessionDescription session_;
  Direction default_direction_ = Direction::kSendRecv;
  bool has_origin_ = false;
};

}  // namespace

Expected<SessionDescription, SdpError> ParseSessionDescription(std::string_view text) {
  return SessionParser().Parse(text);
}

}  // namespace stellwerk
