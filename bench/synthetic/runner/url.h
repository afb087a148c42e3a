#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stellwerk::synthetic {

// "http://127.0.0.1:8080/whip/room/ada", or with https, ws, wss.
struct Url {
  bool tls = false;
  std::string host;  // without brackets
  uint16_t port = 0;
  std::string path;  // with its query; at least "/"

  // nullopt if it is none of these schemes or has no host.
  static std::optional<Url> Parse(std::string_view text);
  // What a Host header says.
  [[nodiscard]] std::string Authority() const;
};

}  // namespace stellwerk::synthetic
