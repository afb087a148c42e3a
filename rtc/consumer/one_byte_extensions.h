#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/base/outbox.h"

namespace stellwerk {

// Header extensions in the one-byte form (RFC 8285 §4.2), which nearly every packet can have,
// written where they belong. The others are RtpHeaderWriter's.
class OneByteExtensions {
 public:
  // `out` begins with the four bytes of the block's own header.
  explicit OneByteExtensions(std::span<uint8_t> out) : out_(out) {}

  // Adds nothing if it was not negotiated, or if there is one of this id already. ok() is false
  // from the first one on that does not fit.
  void AddExtension(ExtensionId id, std::span<const uint8_t> data) {
    const auto place = Place(id, data.size());
    if (!place.empty()) std::copy(data.begin(), data.end(), place.begin());
  }
  // The same with `size` zero bytes; where they are, counted from the start of `out`, or kNoOffset.
  uint16_t ReserveExtension(ExtensionId id, std::size_t size) {
    const auto place = Place(id, size);
    if (place.empty()) return OutgoingRtp::kNoOffset;
    std::fill(place.begin(), place.end(), uint8_t{0});
    return static_cast<uint16_t>(place.data() - out_.data());
  }
  // Completes the block and returns its size; 0: there is none.
  std::size_t Finish() {
    if (present_ == 0) return 0;
    while (size_ % 4 != 0) out_[size_++] = 0;
    out_[0] = 0xBE;
    out_[1] = 0xDE;
    out_[2] = 0;
    out_[3] = static_cast<uint8_t>(size_ / 4 - 1);
    return size_;
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::span<uint8_t> Place(ExtensionId id, std::size_t size) {
    if (id.value() == 0) return {};
    if (id.value() > 14 || size == 0 || size > 16 || size_ + 1 + size + 3 > out_.size()) {
      ok_ = false;
      return {};
    }
    const uint32_t bit = 1U << id.value();
    if ((present_ & bit) != 0) return {};
    present_ |= bit;
    out_[size_] = static_cast<uint8_t>(id.value() << 4 | (size - 1));
    size_ += 1 + size;
    return out_.subspan(size_ - size, size);
  }

  std::span<uint8_t> out_;
  std::size_t size_ = 4;
  uint32_t present_ = 0;  // a bit for each id
  bool ok_ = true;
};

}  // namespace stellwerk
