#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace stellwerk {

// The counterpart of BitReader: a write that does not fit makes ok() false for good.
class BitWriter {
 public:
  // Overwrites `bytes` from the beginning.
  explicit BitWriter(std::span<uint8_t> bytes) : bytes_(bytes) {}

  // The lowest `count` (0..32) bits of `value`.
  void WriteBits(uint32_t value, std::size_t count) {
    if (!ok_ || count > bytes_.size() * 8 - offset_) {
      ok_ = false;
      return;
    }
    while (count-- > 0) {
      uint8_t& byte = bytes_[offset_ / 8];
      const auto mask = static_cast<uint8_t>(0x80U >> (offset_ % 8));
      byte = static_cast<uint8_t>((value >> count & 1) != 0 ? byte | mask : byte & ~mask);
      ++offset_;
    }
  }
  // Zero bits up to the end of the byte.
  void Align() { WriteBits(0, (8 - offset_ % 8) % 8); }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t offset() const { return offset_; }

 private:
  std::span<uint8_t> bytes_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

}  // namespace stellwerk
