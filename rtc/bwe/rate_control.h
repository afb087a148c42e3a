#pragma once

#include <optional>

#include "rtc/base/units.h"
#include "rtc/bwe/overuse_detector.h"

namespace stellwerk {

// draft-ietf-rmcat-gcc-02 §5.5: additive or multiplicative increase, multiplicative decrease, by
// what the over-use detector says. Beyond the draft: once the link has become slower, less than it
// carries is sent until the queue that has built up is gone (README.md).
class RateControl {
 public:
  struct Limits {
    DataRate min;
    DataRate start;
    DataRate max;
  };
  struct Input {
    LinkUsage usage = LinkUsage::kNormal;
    std::optional<DataRate> acknowledged;
    TimeDelta queue_delay{};
    TimeDelta jitter{};  // a queue of that order may be none
    TimeDelta round_trip_time{};
    DataRate ceiling;  // no need to grow beyond
    bool application_limited = false;
    bool used = true;   // about all of it is sent; else growing would be a guess
    bool hold = false;  // do not grow: something else limits
    Timestamp now;
  };

  explicit RateControl(const Limits& limits);

  void Update(const Input& input);
  // `rate` has been seen to arrive.
  void OnProbed(DataRate rate, Timestamp now);
  // Nothing was sent that would tell, but probes have shown that it is no more than this.
  void Lower(DataRate rate);
  // Ends a drain of which no feedback tells.
  void HandleTimeout(Timestamp now);
  // When the drain ends at the latest.
  [[nodiscard]] Timestamp NextTimeout() const { return draining_ ? drain_until_ : kNever; }
  [[nodiscard]] DataRate target() const { return draining_ ? drain_rate_ : rate_; }
  [[nodiscard]] DataRate capacity() const { return rate_; }
  [[nodiscard]] bool draining() const { return draining_; }
  // The last thing that it did was to give way.
  [[nodiscard]] bool backed_off() const { return backed_off_; }

 private:
  void Decrease(const Input& input);
  void Increase(const Input& input);
  void Drain(const Input& input);
  void StartDrain(Timestamp now);
  [[nodiscard]] bool QueueStands(const Input& input);
  // Takes a probe's result back if a queue follows it.
  void Doubt(const Input& input);
  [[nodiscard]] bool NearCapacity() const;

  Limits limits_;
  DataRate rate_;
  std::optional<DataRate> known_capacity_;  // what arrived when the link was full
  bool draining_ = false;
  DataRate drain_rate_;
  Timestamp drain_until_;
  Timestamp drain_limit_;
  // Since when the queue has been there without growing; and until when that is to be put up with,
  // since draining did not help: it is somebody else's.
  std::optional<Timestamp> standing_since_;
  Timestamp tolerate_until_;
  // What it was before the last probe, and when that was.
  DataRate before_probe_;
  std::optional<Timestamp> probed_at_;
  bool backed_off_ = false;
  std::optional<Timestamp> decreased_at_;
  std::optional<Timestamp> updated_at_;
};

}  // namespace stellwerk
