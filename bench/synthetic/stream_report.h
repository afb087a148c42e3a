#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/synthetic/latency_histogram.h"
#include "rtc/base/ids.h"
#include "rtc/base/layer.h"
#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// What a video slot shows from some moment on.
struct ShownLayer {
  Timestamp since;
  uint32_t source = 0;  // of the payload mark
  // The encoding and the highest spatial and temporal layer that come.
  Layer layer = {};
  std::optional<Timestamp> decodable = {};  // its first picture that could be decoded
  friend bool operator==(const ShownLayer&, const ShownLayer&) = default;
};

// Freezes of a stream, or of several summed.
struct FreezeTotals {
  uint64_t count = 0;
  TimeDelta time{};  // from the last frame before a freeze to the first after it
  FreezeTotals& operator+=(const FreezeTotals& other) {
    count += other.count;
    time += other.time;
    return *this;
  }
};

// One picture of a slot, when it is known what became of it.
struct JudgedPicture {
  uint32_t source = 0;
  Layer layer = {};  // its own spatial (the highest that came) and temporal layer
  bool keyframe = false;
  // A later picture of the source has been shown already, in another encoding.
  bool replayed = false;
  Timestamp captured;
  Timestamp complete;                  // its last packet came; of lost ones when that was known
  std::optional<Timestamp> decodable;  // complete, and all that it refers to decodable
  std::size_t bytes = 0;               // of its payloads
};

// The verdict about one received stream (a slot). Counters since the slot was made.
struct StreamReport {
  // As it came.
  uint64_t packets = 0;     // that took their place in the stream, repaired ones included
  uint64_t bytes = 0;       // their payloads
  uint64_t repaired = 0;    // came by RTX
  uint64_t duplicates = 0;  // had come already
  uint64_t lost = 0;        // never came, not by RTX either
  uint64_t nacked = 0;      // packets that were asked for
  uint64_t fillers = 0;     // came without a payload: nothing is missing there

  // Frames; of audio each packet is one, of video a picture with all its spatial layers.
  uint64_t frames = 0;     // that came, wholly or in part
  uint64_t decodable = 0;  // whole, and so is everything they refer to
  uint64_t keyframes = 0;
  uint64_t switches = 0;  // to another source or another simulcast layer
  uint64_t keyframe_requests = 0;
  // Of which every packet was lost for good, as far as the timestamps beside the gap tell.
  uint64_t frames_lost = 0;
  // That end before their last packet though no number is missing. Between two of one source it is
  // an error as well; when a slot goes over to another source or encoding, it may be the
  // publisher's network that lost the end.
  uint64_t cut = 0;
  // Captured before one of the same source that has been shown already. They are no part of
  // decodable_after.
  uint64_t replayed = 0;
  // Frames (each spatial layer is one) that others refer to and that are not there: not forwarded,
  // or lost. Each is counted once.
  uint64_t missing = 0;

  // What must never happen, however much is lost on the way.
  uint64_t errors = 0;
  std::vector<std::string> problems;  // the first few of them in words

  // From a frame's capture to its last packet.
  std::optional<TimeDelta> min_latency;
  TimeDelta max_latency{};
  TimeDelta total_latency{};  // of all frames; mean = total / frames
  // Of video, from a frame's capture, which is when its first packet is sent, until it is
  // decodable.
  LatencyHistogram decodable_after;
  // Between two decodable frames.
  TimeDelta longest_freeze{};
  // As W3C's webrtc-stats counts them (freezeCount, totalFreezesDuration): the time between two
  // decodable frames is at least three times the mean of the last 30, and 150 ms more than it.
  uint64_t freezes = 0;
  TimeDelta frozen{};
  std::optional<Timestamp> first_decodable;
  std::optional<Timestamp> last_decodable;

  // Frames by payload mark: (source, encoding).
  std::map<std::pair<uint32_t, uint8_t>, uint64_t> frames_by_source;
  std::optional<std::pair<uint32_t, uint8_t>> current_source;
  // Video: what was shown when, from the first picture on; the last entry is what is shown now.
  // The first kMaxShown changes only.
  static constexpr std::size_t kMaxShown = 10'000;
  std::vector<ShownLayer> shown;
  std::optional<Ssrc> csrc;  // of the newest frame
  // How far the server's sender reports put the newest frame from its true capture time. Two slots
  // that show one participant are in step if theirs are equal.
  std::optional<TimeDelta> capture_offset;

  // Without a single fault and with nothing lost for good.
  [[nodiscard]] bool clean() const { return errors == 0 && lost == 0; }
  // The share (0..1) of all frames, lost ones included and replayed ones not, that could be decoded
  // within `limit` (a multiple of 10 ms up to 2 s) of their first sending.
  [[nodiscard]] double ShareDecodableWithin(TimeDelta limit) const {
    const uint64_t all = frames + frames_lost - replayed;
    return all == 0
               ? 1.0
               : static_cast<double>(decodable_after.CountWithin(limit)) / static_cast<double>(all);
  }
  [[nodiscard]] uint64_t FramesOf(uint32_t source) const {
    uint64_t sum = 0;
    for (const auto& [key, count] : frames_by_source) sum += key.first == source ? count : 0;
    return sum;
  }
};

}  // namespace stellwerk::synthetic
