#include "channel/frame_reader.h"

#include <string>

#include "absl/status/status.h"

namespace stellwerk::channel {
namespace {

constexpr std::size_t kPrefixSize = 4;

std::size_t ReadPrefix(std::span<const uint8_t> bytes) {
  return static_cast<std::size_t>(bytes[0]) | static_cast<std::size_t>(bytes[1]) << 8 |
         static_cast<std::size_t>(bytes[2]) << 16 | static_cast<std::size_t>(bytes[3]) << 24;
}

}  // namespace

void FrameReader::Append(std::span<const uint8_t> bytes) {
  // What has been read is dropped only now and then, so that a batch of small frames is not moved
  // for each of them.
  if (consumed_ == buffer_.size()) {
    buffer_.clear();
    consumed_ = 0;
  } else if (consumed_ > buffer_.size() / 2) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(consumed_));
    consumed_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

absl::StatusOr<std::optional<std::span<const uint8_t>>> FrameReader::Next() {
  const auto rest = std::span<const uint8_t>(buffer_).subspan(consumed_);
  if (rest.size() < kPrefixSize) return std::nullopt;
  const std::size_t size = kPrefixSize + ReadPrefix(rest);
  if (size > max_frame_size_) {
    return absl::InvalidArgumentError("a message of " + std::to_string(size) +
                                      " bytes is announced, more than " +
                                      std::to_string(max_frame_size_));
  }
  if (rest.size() < size) return std::nullopt;
  frame_.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
  consumed_ += size;
  return frame_;
}

}  // namespace stellwerk::channel
