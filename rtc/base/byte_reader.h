#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/network_order.h"

namespace stellwerk {

// Reads big-endian fields from a byte range and cannot overrun it: a read past the end returns zero
// (or an empty span) and makes ok() false for good. So a parser reads a whole structure and asks
// once.
class ByteReader {
 public:
  explicit ByteReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  uint8_t ReadU8() { return ReadWord<uint8_t>(); }
  uint16_t ReadU16() { return ReadWord<uint16_t>(); }
  uint32_t ReadU24() {
    if (!Has(3)) return 0;
    const uint32_t high = ReadU8();
    return high << 16 | ReadU16();
  }
  uint32_t ReadU32() { return ReadWord<uint32_t>(); }
  uint64_t ReadU64() { return ReadWord<uint64_t>(); }

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
  template <std::unsigned_integral T>
  T ReadWord() {
    if (!Has(sizeof(T))) return 0;
    const T value = LoadWord<T>(bytes_, offset_);
    offset_ += sizeof(T);
    return value;
  }

  std::span<const uint8_t> bytes_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

}  // namespace stellwerk
