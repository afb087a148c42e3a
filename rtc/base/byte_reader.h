#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace stellwerk {

// Reads big-endian fields from a byte range and cannot overrun it: a read past the end returns zero
// (or an empty span) and makes ok() false for good. So a parser reads a whole structure and asks
// once.
class ByteReader {
 public:
  explicit ByteReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  uint8_t ReadU8() { return static_cast<uint8_t>(ReadBigEndian(1)); }
  uint16_t ReadU16() { return static_cast<uint16_t>(ReadBigEndian(2)); }
  uint32_t ReadU24() { return static_cast<uint32_t>(ReadBigEndian(3)); }
  uint32_t ReadU32() { return static_cast<uint32_t>(ReadBigEndian(4)); }
  uint64_t ReadU64() { return ReadBigEndian(8); }

  // The next `size` bytes, a view into the input.
  std::span<const uint8_t> ReadBytes(std::size_t size) {
    if (!Has(size)) return {};
    const auto result = bytes_.subspan(offset_, size);
    offset_ += size;
    return result;
  }
  void Skip(std::size_t size) { static_cast<void>(ReadBytes(size)); }

  // Looks at a byte ahead without consuming it; zero, and not ok, past the end.
  uint8_t Peek(std::size_t ahead = 0) {
    if (!Has(ahead + 1)) return 0;
    return bytes_[offset_ + ahead];
  }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] std::size_t remaining() const { return ok_ ? bytes_.size() - offset_ : 0; }
  [[nodiscard]] std::span<const uint8_t> rest() const {
    return ok_ ? bytes_.subspan(offset_) : std::span<const uint8_t>{};
  }

 private:
  bool Has(std::size_t size) {
    if (!ok_ || size > bytes_.size() - offset_) ok_ = false;
    return ok_;
  }
  uint64_t ReadBigEndian(std::size_t size) {
    if (!Has(size)) return 0;
    uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes_[offset_ + i];
    offset_ += size;
    return value;
  }

  std::span<const uint8_t> bytes_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

}  // namespace stellwerk
