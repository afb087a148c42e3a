#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace stellwerk {

// Reads fields that are not whole bytes, the highest bit first, and cannot overrun its input: a
// read past the end returns zero and makes ok() false for good.
class BitReader {
 public:
  explicit BitReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  // `count` is 0..32.
  uint32_t ReadBits(std::size_t count) {
    if (!ok_ || count > bytes_.size() * 8 - offset_) {
      ok_ = false;
      return 0;
    }
    uint64_t value = 0;
    for (std::size_t left = count; left > 0;) {
      const std::size_t in_byte = 8 - offset_ % 8;
      const std::size_t taken = left < in_byte ? left : in_byte;
      const auto bits =
          static_cast<uint8_t>(bytes_[offset_ / 8] >> (in_byte - taken) & ((1U << taken) - 1));
      value = value << taken | bits;
      offset_ += taken;
      left -= taken;
    }
    return static_cast<uint32_t>(value);
  }
  bool ReadFlag() { return ReadBits(1) != 0; }
  // One of `values` (at least 1) values, 0 first, in as few bits as possible. AV1 bitstream
  // specification §4.10.7: ns(n).
  uint32_t ReadNonSymmetric(uint32_t values) {
    const auto width = static_cast<std::size_t>(std::bit_width(values));
    const uint32_t short_ones = (uint32_t{1} << width) - values;
    const uint32_t value = ReadBits(width - 1);
    if (value < short_ones) return value;
    return (value << 1) - short_ones + ReadBits(1);
  }

  [[nodiscard]] bool ok() const { return ok_; }
  // In bits.
  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] std::size_t remaining() const { return ok_ ? bytes_.size() * 8 - offset_ : 0; }

 private:
  std::span<const uint8_t> bytes_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

}  // namespace stellwerk
