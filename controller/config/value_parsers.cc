#include "controller/config/value_parsers.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace stellwerk {
namespace {

std::optional<uint64_t> ParseUnsigned(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool IsIp(const std::string& text) {
  std::array<unsigned char, 16> buffer{};
  return inet_pton(AF_INET, text.c_str(), buffer.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), buffer.data()) == 1;
}

Unexpected<std::string> Error(std::string_view value, std::string_view complaint) {
  return Unexpected<std::string>(std::string(value.empty() ? "\"\"" : value) + " " +
                                 std::string(complaint));
}

}  // namespace

Parsed<std::size_t> ParseCount(std::string_view text, std::size_t min, std::size_t max) {
  const auto value = ParseUnsigned(text);
  if (!value || *value < min || *value > max) {
    return Error(text, "is not a number in " + std::to_string(min) + ".." + std::to_string(max));
  }
  return static_cast<std::size_t>(*value);
}

Parsed<uint16_t> ParsePort(std::string_view text) {
  const auto value = ParseUnsigned(text);
  if (!value || *value > 65535) return Error(text, "is not a port (1..65535, 0 = any free one)");
  return static_cast<uint16_t>(*value);
}

Parsed<bool> ParseBool(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  return Error(text, "is neither true nor false");
}

Parsed<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  constexpr std::string_view kComplaint = "is not a duration (500ms, 15s, 2m, 1h; at most 24h)";
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = ParseUnsigned(text.substr(0, digits));
  const std::string_view unit = text.substr(digits);
  constexpr uint64_t kDay = 24 * 3'600'000;
  uint64_t factor = 0;
  if (unit == "ms") factor = 1;
  if (unit == "s" || unit.empty()) factor = 1'000;
  if (unit == "m") factor = 60'000;
  if (unit == "h") factor = 3'600'000;
  if (!number || factor == 0 || *number > kDay / factor) return Error(text, kComplaint);
  return std::chrono::milliseconds(*number * factor);
}

Parsed<std::string> ParseIp(std::string_view text) {
  std::string ip(text);
  if (ip.size() > 2 && ip.front() == '[' && ip.back() == ']') ip = ip.substr(1, ip.size() - 2);
  if (!IsIp(ip)) return Error(text, "is not an IP address (192.0.2.1, 2001:db8::1)");
  return ip;
}

Parsed<ListenAddress> ParseListenAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return Error(text, "is not ADDR:PORT (127.0.0.1:8080, [::1]:8080)");
  }
  const std::string_view host = text.substr(0, colon);
  const bool bracketed = host.front() == '[' && host.back() == ']';
  // "::1:80" would be read as an address without a port as easily.
  if (!bracketed && host.find(':') != std::string_view::npos) {
    return Error(text, "is ambiguous: put the IPv6 address in brackets, [::1]:8080");
  }
  auto ip = ParseIp(host);
  if (!ip) return Unexpected<std::string>(ip.error());
  const auto port = ParsePort(text.substr(colon + 1));
  if (!port) return Unexpected<std::string>(port.error());
  return ListenAddress{*std::move(ip), *port};
}

Parsed<std::string> ParseAnnounce(std::string_view text) {
  if (ParseIp(text)) return std::string(text);
  const auto address = ParseListenAddress(text);
  if (address && address->port != 0) return std::string(text);
  return Error(text,
               "is not ADDR or ADDR:PORT (198.51.100.7, 198.51.100.7:20000, [2001:db8::1]:20000)");
}

Parsed<std::string> ParseOrigin(std::string_view text) {
  if (text == "*") return std::string(text);
  const bool has_scheme = text.starts_with("https://") || text.starts_with("http://");
  const std::size_t host = text.find("://") + 3;
  if (!has_scheme || text.size() <= host || text.find('/', host) != std::string_view::npos) {
    return Error(text, "is not an origin (https://example.org, or \"*\" for all)");
  }
  return std::string(text);
}

Parsed<LogLevel> ParseLogLevel(std::string_view text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  if (text == "warning") return LogLevel::kWarning;
  if (text == "error") return LogLevel::kError;
  return Error(text, "is not a log level (debug, info, warning, error)");
}

Parsed<Codec> ParseCodec(std::string_view text, MediaKind kind) {
  if (kind == MediaKind::kAudio) {
    if (text == "opus") return Codec::kOpus;
    if (text == "red") return Codec::kRed;
    return Error(text, "is not an audio codec (opus, red)");
  }
  if (text == "vp8") return Codec::kVp8;
  if (text == "vp9") return Codec::kVp9;
  if (text == "h264") return Codec::kH264;
  if (text == "av1") return Codec::kAv1;
  return Error(text, "is not a video codec (vp8, vp9, h264, av1)");
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

}  // namespace stellwerk
