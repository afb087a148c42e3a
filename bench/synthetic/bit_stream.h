#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stellwerk::synthetic {

// Bits, the most significant first.
class BitWriter {
 public:
  // f(n) of the AV1 specifications; `bits` up to 32.
  void Write(uint32_t value, int bits) {
    for (int i = bits - 1; i >= 0; --i) {
      if (used_ % 8 == 0) bytes_.push_back(0);
      bytes_.back() |= static_cast<uint8_t>((value >> i & 1) << (7 - used_ % 8));
      ++used_;
    }
  }
  // ns(n), AV1 bitstream specification §4.10.7: a value below `limit`.
  void WriteNonSymmetric(uint32_t value, uint32_t limit) {
    int width = 0;
    for (uint32_t rest = limit; rest != 0; rest >>= 1) ++width;
    const uint32_t short_codes = (uint32_t{1} << width) - limit;
    if (value < short_codes) return Write(value, width - 1);
    Write(value + short_codes, width);
  }
  [[nodiscard]] std::vector<uint8_t> Take() && { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
  std::size_t used_ = 0;  // bits
};

class BitReader {
 public:
  explicit BitReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  // 0 beyond the end, and ok() is false for good.
  uint32_t Read(int bits) {
    uint32_t value = 0;
    for (int i = 0; i < bits; ++i) {
      if (used_ >= bytes_.size() * 8) {
        ok_ = false;
        return 0;
      }
      value = value << 1 | (bytes_[used_ / 8] >> (7 - used_ % 8) & 1U);
      ++used_;
    }
    return value;
  }
  uint32_t ReadNonSymmetric(uint32_t limit) {
    int width = 0;
    for (uint32_t rest = limit; rest != 0; rest >>= 1) ++width;
    const uint32_t short_codes = (uint32_t{1} << width) - limit;
    const uint32_t value = Read(width - 1);
    return value < short_codes ? value : (value << 1) - short_codes + Read(1);
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() * 8 - used_; }

 private:
  std::span<const uint8_t> bytes_;
  std::size_t used_ = 0;
  bool ok_ = true;
};

}  // namespace stellwerk::synthetic
