#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rtc/base/ids.h"

namespace stellwerk {

// RFC 8843 §15.2, RFC 8852 §3: text that names the m-line (MID) and the encoding (RID, repaired
// RID) of a stream. nullopt if it is empty, too long, or has characters that SDP does not allow
// there.
std::optional<Mid> ParseMid(std::span<const uint8_t> data);
// Also for the repaired-rtp-stream-id. RFC 8852 §3.1: letters and digits only ('-' and '_' are
// tolerated: RFC 8851 has allowed them in SDP).
std::optional<Rid> ParseRid(std::span<const uint8_t> data);

// What an extension carries for `text`: a MID or RID is a few bytes, so this is a copy on the
// stack.
class StreamIdentifierBytes {
 public:
  explicit StreamIdentifierBytes(std::string_view text);
  [[nodiscard]] std::span<const uint8_t> bytes() const { return std::span(bytes_).first(size_); }

 private:
  std::array<uint8_t, Mid::kCapacity> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace stellwerk
