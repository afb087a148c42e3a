#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
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
  // Appends bytes of the stream.
  void Append(std::span<const uint8_t> bytes);
  // The next whole frame, without its length; may be empty. Valid until the next Append.
  [[nodiscard]] std::optional<std::span<const uint8_t>> Next();
  // Bytes that wait for the rest of their frame; at most 65537 once Next() has returned nullopt.
  [[nodiscard]] std::size_t buffered() const { return bytes_.size() - offset_; }

 private:
  std::vector<uint8_t> bytes_;
  std::size_t offset_ = 0;
};

}  // namespace stellwerk
