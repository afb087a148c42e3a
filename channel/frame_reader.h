#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace stellwerk::channel {

// Cuts a byte stream into size-prefixed messages. It never holds more than one message of the
// largest size, and takes memory only for bytes that have arrived: a length field alone makes it
// allocate nothing.
class FrameReader {
 public:
  explicit FrameReader(std::size_t max_frame_size) : max_frame_size_(max_frame_size) {}

  void Append(std::span<const uint8_t> bytes);
  // The next whole frame with its 4-byte prefix, aligned for flatbuffers and valid until the next
  // call; nullopt if more bytes are needed; an error if the stream can't be right any more (it
  // stays one).
  [[nodiscard]] absl::StatusOr<std::optional<std::span<const uint8_t>>> Next();
  // Whether the stream may end here: not inside a frame.
  [[nodiscard]] bool at_boundary() const { return consumed_ == buffer_.size(); }

 private:
  std::size_t max_frame_size_;
  std::vector<uint8_t> buffer_;
  std::size_t consumed_ = 0;
  std::vector<uint8_t> frame_;  // operator new aligns it to 16
};

}  // namespace stellwerk::channel
