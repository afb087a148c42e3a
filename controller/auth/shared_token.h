#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stellwerk {

// A token that everybody shares who may come in. It keeps a digest only, and compares without
// telling by its time how much of a guess was right.
class SharedToken {
 public:
  // An empty token lets everybody in.
  explicit SharedToken(std::string_view token);
  [[nodiscard]] bool Admits(std::string_view presented) const;
  [[nodiscard]] bool is_open() const { return !digest_.has_value(); }

 private:
  std::optional<std::array<uint8_t, 32>> digest_;
};

// RFC 6750 §2.1: the token of "Authorization: Bearer TOKEN"; empty if there is none.
std::string_view BearerToken(std::string_view authorization);

}  // namespace stellwerk
