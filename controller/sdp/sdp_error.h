#pragma once

#include <string>

namespace stellwerk {

// Why a session description was refused, for the one who wrote it.
struct SdpError {
  int line = 0;      // 1-based line of the description; 0 = the description as a whole
  std::string text;  // names the thing, the value and what would be accepted
  [[nodiscard]] std::string ToString() const {
    return line > 0 ? "line " + std::to_string(line) + ": " + text : text;
  }
  friend bool operator==(const SdpError&, const SdpError&) = default;
};

}  // namespace stellwerk
