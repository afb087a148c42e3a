#include "rtc/bwe/arrival_groups.h"

#include <algorithm>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

// A lump from something that held packets up (Wi-Fi, a scheduler), at most.
constexpr TimeDelta kMaxLump = milliseconds(100);
// The receiver's clock jumped, or nothing was sent for a while.
constexpr TimeDelta kMaxStep = std::chrono::seconds(3);

}  // namespace

bool ArrivalGroups::Belongs(Timestamp sent, TimeDelta arrival) const {
  if (sent - current_.first_sent <= kGroup) return true;
  const TimeDelta arrived = arrival - current_.last_arrival;
  const TimeDelta gained = arrived - (sent - current_.last_sent);
  return gained < TimeDelta{} && arrived <= kGroup && arrival - current_.first_arrival < kMaxLump;
}

std::optional<ArrivalGroups::Step> ArrivalGroups::OnOtherPacket(Timestamp sent, TimeDelta arrival) {
  const Group fresh{sent, sent, arrival, arrival};
  if (!started_) {
    started_ = true;
    current_ = fresh;
    return std::nullopt;
  }
  const TimeDelta arrived = arrival - current_.last_arrival;
  if (arrived > kMaxStep || arrived < -kMaxStep || sent - current_.last_sent > kMaxStep) {
    has_previous_ = false;
    current_ = fresh;
    return std::nullopt;
  }
  if (sent < current_.first_sent) return std::nullopt;  // overtaken on the way
  if (Belongs(sent, arrival)) {
    current_.last_sent = std::max(current_.last_sent, sent);
    current_.last_arrival = std::max(current_.last_arrival, arrival);
    return std::nullopt;
  }
  std::optional<Step> step;
  if (has_previous_) {
    step = Step{.sent = current_.last_sent - previous_.last_sent,
                .arrived = current_.last_arrival - previous_.last_arrival,
                .arrival = current_.last_arrival};
  }
  previous_ = current_;
  has_previous_ = true;
  current_ = fresh;
  return step;
}

}  // namespace stellwerk
