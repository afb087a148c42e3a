#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "rtc/base/check.h"
#include "rtc/base/units.h"

namespace stellwerk {

class PacketPool;

namespace internal {

// Lies directly before a packet's bytes.
struct PacketHeader {
  PacketPool* pool;
  uint32_t references;
  uint16_t size_class;
  uint16_t size;      // valid bytes
  uint16_t capacity;  // bytes available after the header
  Timestamp arrival;
};

}  // namespace internal

// A counted reference to a packet buffer from a PacketPool. One thread only: the count is not
// atomic. The holder of the only reference may write; as soon as it is shared the bytes are
// read-only by convention (`mutable_bytes` checks).
class PacketRef {
 public:
  PacketRef() = default;
  PacketRef(const PacketRef& other) : header_(other.header_) {
    if (header_ != nullptr) ++header_->references;
  }
  PacketRef(PacketRef&& other) noexcept : header_(std::exchange(other.header_, nullptr)) {}
  PacketRef& operator=(const PacketRef& other) { return *this = PacketRef(other); }
  PacketRef& operator=(PacketRef&& other) noexcept {
    PacketRef taken(std::move(other));  // what this one held goes now, not with `other`
    std::swap(header_, taken.header_);
    return *this;
  }
  ~PacketRef() { Release(); }

  explicit operator bool() const { return header_ != nullptr; }
  [[nodiscard]] std::size_t size() const { return header_->size; }
  [[nodiscard]] std::size_t capacity() const { return header_->capacity; }
  [[nodiscard]] std::span<const uint8_t> bytes() const { return {data(), header_->size}; }
  // The whole buffer up to its capacity, for the one who fills it.
  [[nodiscard]] std::span<uint8_t> mutable_buffer() {
    STELLWERK_CHECK(header_->references == 1);
    return {data(), header_->capacity};
  }
  [[nodiscard]] std::span<uint8_t> mutable_bytes() { return mutable_buffer().first(header_->size); }
  // Sets how many bytes are valid; at most the capacity.
  void set_size(std::size_t size) {
    STELLWERK_CHECK(size <= header_->capacity);
    header_->size = static_cast<uint16_t>(size);
  }
  // When what it was made from came in, for who sends it to measure how long that took; zero, as it
  // is at first: not to be measured.
  [[nodiscard]] Timestamp arrival() const { return header_->arrival; }
  void set_arrival(Timestamp arrival) { header_->arrival = arrival; }
  [[nodiscard]] bool unique() const { return header_ != nullptr && header_->references == 1; }

 private:
  friend class PacketPool;
  explicit PacketRef(internal::PacketHeader* header) : header_(header) {}
  // The bytes follow the header in the same allocation.
  [[nodiscard]] uint8_t* data() const {
    return static_cast<uint8_t*>(static_cast<void*>(header_ + 1));
  }
  void Release() {
    if (header_ != nullptr && --header_->references == 0) Recycle(header_);
  }
  static void Recycle(internal::PacketHeader* header);

  internal::PacketHeader* header_ = nullptr;
};

// Packet buffers in a few size classes, recycled through free lists, so that a packet in steady
// state allocates nothing. It must outlive every PacketRef that it gave out. One thread only.
class PacketPool {
 public:
  // What a buffer can hold; a request gets the smallest class that fits. The last is the largest
  // UDP payload.
  static constexpr std::array<std::size_t, 5> kSizeClasses = {128, 512, 1664, 4096, 65535};

  PacketPool();
  ~PacketPool();
  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;

  // A buffer of at least `capacity` bytes (at most 65535) with size() == 0.
  [[nodiscard]] PacketRef Allocate(std::size_t capacity);
  // A copy of `bytes` in a right-sized buffer with at least `tailroom` bytes to spare.
  [[nodiscard]] PacketRef Copy(std::span<const uint8_t> bytes, std::size_t tailroom = 0);
  // Buffers that are out now.
  [[nodiscard]] std::size_t outstanding() const { return outstanding_; }

 private:
  friend class PacketRef;
  void Recycle(internal::PacketHeader* header);

  std::array<std::vector<internal::PacketHeader*>, kSizeClasses.size()> free_;
  std::size_t outstanding_ = 0;
};

}  // namespace stellwerk
