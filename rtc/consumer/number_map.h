#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/prefetch.h"

namespace stellwerk {

// Maps growing numbers of a source (sequence numbers, picture ids; unwrapped) to output numbers
// without holes of our making: what is dropped on purpose takes no number, what is missing has its
// number kept for when it comes late, and the next source continues where the last one ended.
class NumberMap {
 public:
  // Remembers the latest `capacity` (a power of two) source numbers. The first output number is
  // `first_output`. Takes memory with the first run.
  NumberMap(std::size_t capacity, int64_t first_output);

  // From now on numbers come from another source, or from another place of the same; `first_source`
  // is the first that counts. Older ones are too old.
  void StartRun(int64_t first_source);

  enum class State : uint8_t {
    kNew,        // ahead of everything so far
    kReserved,   // missing until now: an output number is kept for it
    kForwarded,  // has its number
    kDropped,    // will never have one
    kTooOld,     // from before the run, or forgotten
  };
  [[nodiscard]] State StateOf(int64_t source) const {
    if (!started_ || source > newest_source_) return State::kNew;
    if (source < first_source_ || newest_source_ - source >= static_cast<int64_t>(ring_.size())) {
      return State::kTooOld;
    }
    return At(source).state;
  }

  // The number for `source`; the same again if it was forwarded before. nullopt if dropped or too
  // old.
  std::optional<int64_t> Forward(int64_t source) {
    if (!started_ || source != newest_source_ + 1) return ForwardOutOfOrder(source);
    newest_source_ = source;
    At(source) = {.output = ++newest_output_, .state = State::kForwarded};
    return newest_output_;
  }
  // `source` is not to be forwarded. If a number had been kept for it, that number is returned:
  // receivers wait for it, so something has to fill it.
  std::optional<int64_t> Drop(int64_t source);

  // A number that was kept for a missing one.
  struct Kept {
    int64_t source = 0;
    int64_t output = 0;
    friend bool operator==(const Kept&, const Kept&) = default;
  };
  // The run is over: what is still missing is no longer waited for here. Returns the numbers that
  // were kept, for something to fill them, by rising source number.
  [[nodiscard]] std::vector<Kept> EndRun();

  // The next few numbers will be forwarded soon.
  void PrefetchNext() const {
    if (!ring_.empty()) Prefetch(&At(newest_source_ + 1), 4 * sizeof(Entry));
  }

  [[nodiscard]] int64_t newest_output() const { return newest_output_; }

 private:
  struct Entry {
    int64_t output = 0;
    State state = State::kTooOld;
  };
  Entry& At(int64_t source) { return ring_[static_cast<std::size_t>(source) & (ring_.size() - 1)]; }
  [[nodiscard]] const Entry& At(int64_t source) const {
    return ring_[static_cast<std::size_t>(source) & (ring_.size() - 1)];
  }
  std::optional<int64_t> ForwardOutOfOrder(int64_t source);
  // Keeps numbers for everything between the newest and `source`.
  void ReserveUpTo(int64_t source);

  std::size_t capacity_;
  std::vector<Entry> ring_;  // empty before the first run
  bool started_ = false;
  int64_t first_source_ = 0;
  int64_t newest_source_ = 0;
  int64_t newest_output_;
};

}  // namespace stellwerk
