#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace stellwerk {

// RFC 4571 §2: cuts a byte stream into frames.
//
//   0                   1
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 ...
//   -----------------------------------------
//   |          LENGTH           | RTP, RTCP, STUN, DTLS ...
//   -----------------------------------------
class FrameReader {
 public:
  // Frames longer than `max_frame` are skipped as they come, and never held.
  explicit FrameReader(std::size_t max_frame) : max_frame_(max_frame) {}

  // Appends bytes of the stream.
  void Append(std::span<const uint8_t> bytes);
  // The next whole frame, without its length; may be empty. Valid until the next Append.
  [[nodiscard]] std::optional<std::span<const uint8_t>> Next();
  // How many frames were skipped since the last call.
  [[nodiscard]] std::size_t TakeTooLarge() { return std::exchange(too_large_, 0); }
  // Bytes that wait for the rest of their frame; at most `max_frame` + 1 once Next() has returned
  // nullopt.
  [[nodiscard]] std::size_t buffered() const { return bytes_.size() - offset_; }

 private:
  const std::size_t max_frame_;
  std::vector<uint8_t> bytes_;
  std::size_t offset_ = 0;
  std::size_t to_skip_ = 0;  // bytes of a frame that is too long, still to come
  std::size_t too_large_ = 0;
};

}  // namespace stellwerk
