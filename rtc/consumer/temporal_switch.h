#pragma once

#include <algorithm>
#include <cstdint>

#include "rtc/base/ids.h"

namespace stellwerk {

// Lets temporal layers pass up to a limit. Down takes effect at once; up where the stream says that
// a frame needs nothing of its own layer. A frame of layer t passes if it is such a sync frame, or
// if every layer from 1 to t has been entered by one.
class TemporalSwitch {
 public:
  void SetLimit(TemporalLayer limit) {
    limit_ = std::min<uint8_t>(limit.value(), kHighest);
    entered_ &= UpTo(limit_);
  }
  // A keyframe: everything can be entered.
  void Start() { entered_ = UpTo(limit_); }

  // The next frame in order. `sync`: it refers to lower layers only.
  bool OnFrame(TemporalLayer layer, bool sync) {
    const uint8_t t = std::min<uint8_t>(layer.value(), kHighest);
    highest_seen_ = std::max(highest_seen_, t);
    if (t > limit_) return false;
    if (sync) entered_ |= static_cast<uint8_t>(1U << t);
    if (sync || Includes(layer)) return true;
    entered_ &= static_cast<uint8_t>(~(1U << t));
    return false;
  }
  // Only the base passes, whatever comes.
  [[nodiscard]] bool base_only() const { return limit_ == 0; }
  // May all be there that a late frame needs which is no sync frame? Encoders mostly let layer 1
  // predict from itself (libvpx keeps it in the golden frame), and layers above it from lower ones
  // only. To leave one of those out would stop layer 1 at receivers that miss its picture id; while
  // layer 1 has not been entered, nobody waits but for sync frames and the base, which need no id.
  [[nodiscard]] bool CouldDecode(TemporalLayer layer) const {
    const uint8_t t = std::min<uint8_t>(layer.value(), kHighest);
    return t == 0 || Includes(TemporalLayer(std::max<uint8_t>(t - 1, 1)));
  }
  // Would a frame pass that is not in order?
  [[nodiscard]] bool Includes(TemporalLayer layer) const {
    const uint8_t needed = UpTo(std::min<uint8_t>(layer.value(), kHighest));
    return (entered_ & needed) == needed;
  }
  // The highest that passes, of those there are.
  [[nodiscard]] TemporalLayer layer() const {
    uint8_t t = 0;
    while (t < highest_seen_ && Includes(TemporalLayer(static_cast<uint8_t>(t + 1)))) ++t;
    return TemporalLayer(t);
  }

 private:
  static constexpr uint8_t kHighest = 7;
  static constexpr uint8_t UpTo(uint8_t t) { return static_cast<uint8_t>((2U << t) - 1); }

  uint8_t limit_ = kHighest;
  uint8_t highest_seen_ = 0;
  uint8_t entered_ = 1;  // a bit for each layer; the base always passes
};

}  // namespace stellwerk
