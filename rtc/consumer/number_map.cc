#include "rtc/consumer/number_map.h"

#include <algorithm>

#include "rtc/base/check.h"

namespace stellwerk {

NumberMap::NumberMap(std::size_t capacity, int64_t first_output)
    : capacity_(capacity), newest_output_(first_output - 1) {
  STELLWERK_CHECK(capacity > 0 && (capacity & (capacity - 1)) == 0);
}

void NumberMap::StartRun(int64_t first_source) {
  if (ring_.empty()) ring_.resize(capacity_);
  started_ = true;
  first_source_ = first_source;
  newest_source_ = first_source - 1;
}

void NumberMap::ReserveUpTo(int64_t source) {
  if (!started_) StartRun(source);
  if (source - newest_source_ > static_cast<int64_t>(ring_.size())) {
    // Too much is missing to be repaired. One number stays open, so that the receiver knows of the
    // loss.
    ++newest_output_;
    first_source_ = source;
  } else {
    for (int64_t missing = newest_source_ + 1; missing < source; ++missing) {
      At(missing) = {.output = ++newest_output_, .state = State::kReserved};
    }
  }
  newest_source_ = source;
}

std::optional<int64_t> NumberMap::ForwardOutOfOrder(int64_t source) {
  switch (StateOf(source)) {
    case State::kNew:
      ReserveUpTo(source);
      At(source) = {.output = ++newest_output_, .state = State::kForwarded};
      return newest_output_;
    case State::kReserved:
      At(source).state = State::kForwarded;
      [[fallthrough]];
    case State::kForwarded:
      return At(source).output;
    case State::kDropped:
    case State::kTooOld:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<int64_t> NumberMap::Drop(int64_t source) {
  switch (StateOf(source)) {
    case State::kNew:
      ReserveUpTo(source);
      At(source) = {.output = newest_output_, .state = State::kDropped};
      return std::nullopt;
    case State::kReserved:
      At(source).state = State::kDropped;
      return At(source).output;
    case State::kForwarded:
    case State::kDropped:
    case State::kTooOld:
      return std::nullopt;
  }
  return std::nullopt;
}

std::vector<NumberMap::Kept> NumberMap::EndRun() {
  std::vector<Kept> open;
  if (!started_) return open;
  const int64_t oldest = newest_source_ - static_cast<int64_t>(ring_.size()) + 1;
  for (int64_t source = std::max(first_source_, oldest); source <= newest_source_; ++source) {
    if (At(source).state != State::kReserved) continue;
    At(source).state = State::kDropped;
    open.push_back({.source = source, .output = At(source).output});
  }
  return open;
}

}  // namespace stellwerk
