#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// The verdict about one received stream (a slot). Counters since the slot was made.
struct StreamReport {
  // As it came.
  uint64_t packets = 0;     // that took their place in the stream, repaired ones included
  uint64_t bytes = 0;       // their payloads
  uint64_t repaired = 0;    // came by RTX
  uint64_t duplicates = 0;  // had come already
  uint64_t lost = 0;        // never came, not by RTX either
  uint64_t nacked = 0;      // packets that were asked for

  // Frames; of audio each packet is one.
  uint64_t frames = 0;
  uint64_t decodable = 0;  // whole, and so is everything they refer to
  uint64_t keyframes = 0;
  uint64_t switches = 0;  // to another source or another simulcast layer
  uint64_t keyframe_requests = 0;

  // What must never happen, however much is lost on the way.
  uint64_t errors = 0;
  std::vector<std::string> problems;  // the first few of them in words

  // From a frame's capture to its last packet.
  std::optional<TimeDelta> min_latency;
  TimeDelta max_latency{};
  TimeDelta total_latency{};  // of all frames; mean = total / frames
  // Between two decodable frames.
  TimeDelta longest_freeze{};
  std::optional<Timestamp> first_decodable;
  std::optional<Timestamp> last_decodable;

  // Frames by payload mark: (source, encoding).
  std::map<std::pair<uint32_t, uint8_t>, uint64_t> frames_by_source;
  std::optional<std::pair<uint32_t, uint8_t>> current_source;
  std::optional<Ssrc> csrc;  // of the newest frame
  // How far the server's sender reports put the newest frame from its true capture time. Two slots
  // that show one participant are in step if theirs are equal.
  std::optional<TimeDelta> capture_offset;

  // Without a single fault and with nothing lost for good.
  [[nodiscard]] bool clean() const { return errors == 0 && lost == 0; }
  [[nodiscard]] uint64_t FramesOf(uint32_t source) const {
    uint64_t sum = 0;
    for (const auto& [key, count] : frames_by_source) sum += key.first == source ? count : 0;
    return sum;
  }
};

}  // namespace stellwerk::synthetic
