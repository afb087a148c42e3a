#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "rtc/base/network_order.h"

namespace stellwerk {

// Writes big-endian fields into a fixed byte range and cannot overrun it: a write that does not fit
// writes nothing and makes ok() false for good.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<uint8_t> bytes) : bytes_(bytes) {}

  void WriteU8(uint8_t value) { WriteWord(value); }
  void WriteU16(uint16_t value) { WriteWord(value); }
  void WriteU24(uint32_t value) {
    if (!Has(3)) return;
    WriteU8(static_cast<uint8_t>(value >> 16));
    WriteU16(static_cast<uint16_t>(value));
  }
  void WriteU32(uint32_t value) { WriteWord(value); }
  void WriteU64(uint64_t value) { WriteWord(value); }
  void WriteBytes(std::span<const uint8_t> data) {
    if (!Has(data.size())) return;
    std::copy(data.begin(), data.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset_));
    offset_ += data.size();
  }
  void WriteText(std::string_view text) {
    if (!Has(text.size())) return;
    std::copy(text.begin(), text.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset_));
    offset_ += text.size();
  }
  void WriteZeros(std::size_t count) {
    if (!Has(count)) return;
    std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset_), count, uint8_t{0});
    offset_ += count;
  }
  // Overwrites two bytes written before, e.g. a length that is known only at the end.
  void PatchU16(std::size_t at, uint16_t value) {
    if (at + 2 > offset_) {
      ok_ = false;
      return;
    }
    bytes_[at] = static_cast<uint8_t>(value >> 8);
    bytes_[at + 1] = static_cast<uint8_t>(value);
  }

  [[nodiscard]] bool ok() const { return ok_; }
  // Bytes written so far.
  [[nodiscard]] std::size_t size() const { return offset_; }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - offset_; }
  [[nodiscard]] std::span<const uint8_t> written() const { return bytes_.first(offset_); }

 private:
  bool Has(std::size_t size) {
    if (!ok_ || size > bytes_.size() - offset_) ok_ = false;
    return ok_;
  }
  template <std::unsigned_integral T>
  void WriteWord(T value) {
    if (!Has(sizeof(T))) return;
    StoreWord(value, bytes_, offset_);
    offset_ += sizeof(T);
  }

  std::span<uint8_t> bytes_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

}  // namespace stellwerk
