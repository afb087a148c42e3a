#include "rtc/allocation/allocator.h"

#include <algorithm>

#include "rtc/base/check.h"

namespace stellwerk {
namespace {

// A link that lost no more than this is the same link.
constexpr double kSameLink = 0.97;

int64_t Scaled(int64_t rate, double factor) {
  return static_cast<int64_t>(static_cast<double>(rate) * factor);
}

DataRate MeasuredRate(const SlotRequest& request, const Layer& layer) {
  const auto options =
      request.options.first(std::min(request.options.size(), LayerLadder::kMaxOptions));
  for (const LayerOption& option : options) {
    if (option.layer == layer) return option.rate;
  }
  return {};
}

// Whether `there` is another picture than `here` and a better one; -1 is no picture.
bool IsHigher(const LayerLadder& ladder, int here, int there) {
  return there > here && (here < 0 || !ladder.rungs[here].SameResolution(ladder.rungs[there]));
}

// As far as its holds permit, where there is enough.
int HighestPermitted(const Contender& contender) {
  const LayerLadder& ladder = contender.ladder;
  if (contender.climb == Climb::kNot) return contender.kept;
  int rung = ladder.top();
  if (contender.climb != Climb::kTemporal) return rung;
  while (IsHigher(ladder, contender.kept, rung)) --rung;
  return rung;
}

}  // namespace

Allocator::Result Allocator::Allocate(Timestamp now, DataRate available_rate,
                                      std::span<const SlotRequest> requests) {
  const int64_t available = std::clamp<int64_t>(available_rate.bps(), 0, kUnlimited.bps());
  decisions_.assign(requests.size(), SlotDecision());
  contenders_.clear();
  seekers_.clear();
  for (std::size_t i = 0; i < requests.size(); ++i) Seek(requests[i], decisions_[i], now);

  Result result;
  result.slots = decisions_;
  const SharingLimits limits = Limits(now, available, result.next_change);
  ShareOut(now, limits, result.next_change);
  const bool company = std::any_of(seekers_.begin(), seekers_.end(),
                                   [](const Seeker& seeker) { return seeker.changed; });
  for (std::size_t i = 0; i < contenders_.size(); ++i) {
    Conclude(contenders_[i], seekers_[i], company, now, available, result.next_change);
  }
  for (const SlotDecision& decision : decisions_) {
    result.allocated += decision.rate;
    result.wanted += decision.wanted;
  }
  return result;
}

void Allocator::Seek(const SlotRequest& request, SlotDecision& decision, Timestamp now) {
  STELLWERK_CHECK(request.history != nullptr);
  SlotHistory& history = *request.history;
  ++operations_;
  const bool has_video = request.source && !request.paused && !request.options.empty();
  if (!has_video) {
    history = SlotHistory();
    decision.reason =
        request.source && request.paused ? LayerReason::kPaused : LayerReason::kNoSource;
    return;
  }

  bool changed = history.NoteRequest(request.source, request.demand);
  const auto& target = history.target();
  if (target) {
    history.NoteRate(MeasuredRate(request, *target), request.current == target, now);
  }
  LadderInput input{.options = request.options,
                    .demand = request.demand,
                    .kept = target,
                    .kept_rate = history.rate(),
                    .best_to_resume = std::nullopt};
  if (!history.AsksForInactive(now)) input.best_to_resume = request.current.value_or(Layer{});
  Contender contender{.ladder = MakeLadder(input), .priority = request.demand.priority};
  contender.kept = contender.ladder.IndexOf(target);
  contender.lost = contender.ladder.IndexOf(history.lost());
  // All that it could have had is gone.
  if (target && contender.kept < 0) changed = true;
  operations_ += std::min(request.options.size(), LayerLadder::kMaxOptions);
  contenders_.push_back(std::move(contender));
  seekers_.push_back({.request = &request, .decision = &decision, .changed = changed});
}

SharingLimits Allocator::Limits(Timestamp now, int64_t available, Timestamp& next_change) {
  int64_t kept = 0;
  for (const Contender& contender : contenders_) kept += contender.ladder.CostOf(contender.kept);

  bool tolerated = kept <= Scaled(available, 1 + config_.oversend_bound);
  if (tolerated) {
    over_since_ = kNever;
    fitted_available_ = available;
  } else {
    over_since_ = std::min(over_since_, now);
    const bool surge = available >= Scaled(fitted_available_, kSameLink);
    const double bound = surge ? config_.surge_bound : config_.dip_bound;
    const Timestamp until = over_since_ + (surge ? config_.surge_duration : config_.dip_duration);
    tolerated = kept <= Scaled(available, 1 + bound) && now < until;
    if (tolerated) next_change = std::min(next_change, until);
  }
  const int64_t keep = tolerated ? std::max(available, kept) : available;
  return {
      .keep = keep,
      .keep_lowest = std::max(keep, Scaled(available, 1 + config_.lowest_layer_bound)),
      .last_picture = std::max(keep, Scaled(available, 1 + config_.last_picture_bound)),
      .climb = available,
      .raise = Scaled(available, 1 - config_.raise_margin),
      .filler = Scaled(available, config_.filler_below),
  };
}

void Allocator::ShareOut(Timestamp now, const SharingLimits& limits, Timestamp& next_change) {
  int64_t wanted = 0;
  for (const Contender& contender : contenders_) {
    wanted += contender.ladder.CostOf(contender.ladder.top());
  }
  // There is enough for everybody, as on most links at most times.
  const bool plenty = wanted <= limits.raise;
  if (plenty) {
    for (Contender& contender : contenders_) contender.chosen = contender.ladder.top();
  } else {
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      contenders_[i].climb = seekers_[i].changed ? Climb::kFreely : Climb::kAny;
    }
    sharing_.Order(contenders_, operations_);
    sharing_.Run(contenders_, limits, operations_);
  }
  for (std::size_t i = 0; i < contenders_.size(); ++i) {
    seekers_[i].ideal = contenders_[i].chosen;
    contenders_[i].most = contenders_[i].chosen;
  }
  const bool ample = plenty && wanted <= Scaled(limits.climb, config_.ample);
  if (!HoldBack(now, plenty, ample, next_change)) return;
  if (!plenty) {
    sharing_.Run(contenders_, limits, operations_);
    return;
  }
  for (Contender& contender : contenders_) contender.chosen = HighestPermitted(contender);
}

bool Allocator::HoldBack(Timestamp now, bool plenty, bool ample, Timestamp& next_change) {
  bool held = false;
  const Timestamp next_raise = plenty || !last_raise_ ? now : *last_raise_ + config_.raise_interval;
  bool may_raise = now >= next_raise;
  for (std::size_t i = 0; i < contenders_.size(); ++i) {
    Contender& contender = contenders_[i];
    const Seeker& seeker = seekers_[i];
    SlotHistory& history = *seeker.request->history;
    if (seeker.changed) {
      contender.climb = Climb::kFreely;
      continue;
    }
    const bool more = seeker.ideal > contender.kept;
    history.NoteWhatFits(more, IsHigher(contender.ladder, contender.kept, seeker.ideal), now);
    contender.climb = Climb::kAny;
    if (!more) continue;
    const Timestamp higher = (ample || contender.kept < 0) && !history.was_reduced()
                                 ? now
                                 : history.HigherAllowedAt(config_);
    const Timestamp temporal = history.MoreAllowedAt(config_);
    const bool raises = IsHigher(contender.ladder, contender.kept, seeker.ideal);
    if (now >= higher && (!raises || may_raise)) {
      if (raises) may_raise = plenty;
      continue;
    }
    if (now >= higher) next_change = std::min(next_change, now + config_.raise_interval);
    contender.climb = now >= temporal ? Climb::kTemporal : Climb::kNot;
    if (contender.climb == Climb::kNot) next_change = std::min(next_change, temporal);
    if (now < higher) next_change = std::min(next_change, higher);
    held = true;
  }
  return held;
}

void Allocator::Conclude(const Contender& contender, const Seeker& seeker, bool company,
                         Timestamp now, int64_t available, Timestamp& next_change) {
  SlotHistory& history = *seeker.request->history;
  SlotDecision& decision = *seeker.decision;
  const LayerLadder& ladder = contender.ladder;
  const int chosen = contender.chosen;
  const auto& current = seeker.request->current;

  const DataRate available_rate = DataRate::BitsPerSecond(available);
  if (IsHigher(ladder, contender.kept, chosen)) {
    history.NoteRaise(available_rate, now);
    if (contender.kept >= 0) last_raise_ = now;
  }
  // Slots begin one after the other, and share, and so do voices: that says nothing of the link.
  if (current && !company && IsHigher(ladder, chosen, contender.kept)) {
    history.NoteReduction(available_rate, config_, now);
  }
  decision.rate = DataRate::BitsPerSecond(ladder.CostOf(chosen));
  decision.wanted = DataRate::BitsPerSecond(ladder.CostOf(ladder.top()));
  if (chosen >= 0) decision.target = ladder.rungs[chosen].layer;
  history.SetTarget(decision.target, decision.rate, now);

  const bool awaited = decision.target && (!current || *current < *decision.target);
  const bool inactive = chosen >= 0 && !ladder.rungs[chosen].active;
  next_change = std::min(next_change, history.NoteWait(awaited && inactive, config_, now));

  if (awaited) {
    decision.reason = LayerReason::kSwitching;
  } else if (chosen == ladder.top()) {
    decision.reason = ladder.limited_by_demand ? LayerReason::kDemand : LayerReason::kBest;
  } else {
    decision.reason = seeker.ideal > chosen ? LayerReason::kHolding : LayerReason::kBandwidth;
  }
}

}  // namespace stellwerk
