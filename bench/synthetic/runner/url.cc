#include "bench/synthetic/runner/url.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace stellwerk::synthetic {
namespace {

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

}  // namespace

std::optional<Url> Url::Parse(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = text.substr(0, scheme_end);
  Url url;
  url.tls = scheme == "https" || scheme == "wss";
  if (!url.tls && scheme != "http" && scheme != "ws") return std::nullopt;
  url.port = url.tls ? 443 : 80;
  text.remove_prefix(scheme_end + 3);
  const std::size_t slash = std::min(text.find('/'), text.size());
  std::string_view authority = text.substr(0, slash);
  url.path = slash == text.size() ? "/" : std::string(text.substr(slash));
  std::size_t host_end = authority.rfind(':');
  if (authority.starts_with('[')) {
    const std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    url.host = std::string(authority.substr(1, bracket - 1));
    host_end = authority.find(':', bracket);
  } else {
    url.host = std::string(authority.substr(0, host_end));
  }
  if (host_end != std::string_view::npos) {
    const auto port = ParsePort(authority.substr(host_end + 1));
    if (!port) return std::nullopt;
    url.port = *port;
  }
  if (url.host.empty()) return std::nullopt;
  return url;
}

std::string Url::Authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

}  // namespace stellwerk::synthetic
