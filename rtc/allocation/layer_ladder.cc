#include "rtc/allocation/layer_ladder.h"

#include <algorithm>
#include <limits>

namespace stellwerk {
namespace {

// What a layer may cost whose rate is not known: usual encoders spend about three times as much for
// twice the height and half as much again for twice the frames.
constexpr int64_t kUnknownLowestRate = 100'000;
constexpr int64_t kUnknownSpatialFactor = 3;
constexpr double kUnknownTemporalFactor = 1.5;
// Beyond what any link carries: sums of such rates don't overflow.
constexpr int64_t kMaxRate = 1'000'000'000'000;
// A better layer replaces the one that the slot has when it costs less than this share of it. Two
// measurements of about the same thing must not cause a keyframe.
constexpr double kClearlyCheaper = 0.8;

struct Offer {
  LadderRung rung;
  int16_t rank = 0;  // of its resolution, from 0
  uint8_t max_temporal = 0;
  uint16_t height = 0;
};
using Offers = absl::InlinedVector<Offer, 9>;

int64_t Cost(const LayerOption& option, const Offer* below, const LadderInput& input) {
  if (input.kept == option.layer && input.kept_rate.bps() > 0) {
    return std::min(input.kept_rate.bps(), kMaxRate);
  }
  int64_t cost = std::clamp<int64_t>(option.rate.bps(), 0, kMaxRate);
  if (below == nullptr) return cost > 0 ? cost : kUnknownLowestRate;
  if (cost == 0) {
    const bool other_picture = below->rung.layer.encoding != option.layer.encoding ||
                               below->rung.layer.spatial != option.layer.spatial;
    cost =
        other_picture
            ? below->rung.cost * kUnknownSpatialFactor
            : static_cast<int64_t>(static_cast<double>(below->rung.cost) * kUnknownTemporalFactor);
  }
  // What is not being sent can't be known to be cheaper than what is.
  if (!option.active) cost = std::max(cost, below->rung.cost);
  return std::min(cost, kMaxRate);
}

Offers Offered(const LadderInput& input) {
  Offers offered;
  const auto options =
      input.options.first(std::min(input.options.size(), LayerLadder::kMaxOptions));
  for (const LayerOption& option : options) {
    const Offer* below = offered.empty() ? nullptr : &offered.back();
    if (below != nullptr && option.layer <= below->rung.layer) continue;
    Offer offer{
        .rung = {.layer = option.layer,
                 .cost = Cost(option, below, input),
                 .active = option.active},
        .max_temporal = option.layer.temporal.value(),
        .height = option.resolution.height,
    };
    if (below != nullptr) {
      offer.rank =
          static_cast<int16_t>(below->rank + (below->rung.SameResolution(offer.rung) ? 0 : 1));
    }
    offered.push_back(offer);
  }
  // Every frame rate of a resolution knows the highest, and the height if one of them does.
  for (std::size_t i = offered.size(); i-- > 1;) {
    if (offered[i - 1].rank != offered[i].rank) continue;
    offered[i - 1].max_temporal = offered[i].max_temporal;
    offered[i - 1].height = std::max(offered[i - 1].height, offered[i].height);
  }
  return offered;
}

// The rank of the smallest resolution that is as high as the picture is shown.
int16_t SufficientRank(const Offers& offered, uint16_t shown_height) {
  if (shown_height == 0) return std::numeric_limits<int16_t>::max();
  for (const Offer& offer : offered) {
    if (offer.height >= shown_height) return offer.rank;
  }
  return std::numeric_limits<int16_t>::max();
}

int16_t LevelOf(const Offer& offer) {
  const int missing = offer.max_temporal - offer.rung.layer.temporal.value();
  return static_cast<int16_t>(2 * offer.rank + 2 - std::min(missing, 4));
}

}  // namespace

int LayerLadder::IndexOf(std::optional<Layer> layer) const {
  int index = -1;
  if (!layer) return index;
  for (const LadderRung& rung : rungs) {
    if (rung.layer > *layer) break;
    ++index;
  }
  return index;
}

LayerLadder MakeLadder(const LadderInput& input) {
  LayerLadder ladder;
  const Offers offered = Offered(input);
  if (offered.empty()) return ladder;
  const int16_t sufficient = SufficientRank(offered, input.demand.height);
  const auto is_wanted = [&](const Offer& offer) {
    const Layer& layer = offer.rung.layer;
    return offer.rank <= sufficient && layer.encoding <= input.demand.max_spatial.value() &&
           layer.spatial.value() <= input.demand.max_spatial.value() &&
           layer.temporal.value() <= input.demand.max_temporal.value();
  };
  const auto can_be_had = [&](const Offer& offer) {
    return offer.rung.active || !input.best_to_resume || offer.rung.layer <= *input.best_to_resume;
  };

  // From the top: what costs as much as something better is no choice.
  int64_t cheapest_above = std::numeric_limits<int64_t>::max();
  std::optional<Layer> highest;
  for (std::size_t i = offered.size(); i-- > 0;) {
    const Offer& offer = offered[i];
    if (!is_wanted(offer) || !can_be_had(offer)) continue;
    if (!highest) highest = offer.rung.layer;
    const bool kept = input.kept == offer.rung.layer &&
                      static_cast<double>(cheapest_above) >=
                          kClearlyCheaper * static_cast<double>(offer.rung.cost);
    if (!kept && offer.rung.cost >= cheapest_above) continue;
    cheapest_above = std::min(cheapest_above, offer.rung.cost);
    ladder.rungs.push_back(offer.rung);
    ladder.rungs.back().level = LevelOf(offer);
  }
  if (ladder.rungs.empty()) {
    // Nothing is as small as was asked for: the smallest there is is nearest to it.
    highest = offered.front().rung.layer;
    ladder.rungs.push_back(offered.front().rung);
    ladder.rungs.back().level = LevelOf(offered.front());
  }
  std::reverse(ladder.rungs.begin(), ladder.rungs.end());
  ladder.limited_by_demand = std::any_of(offered.begin(), offered.end(), [&](const Offer& offer) {
    return offer.rung.layer > *highest && can_be_had(offer);
  });

  int16_t best = std::numeric_limits<int16_t>::min();
  for (LadderRung& rung : ladder.rungs) {
    rung.filler = rung.level <= best;
    best = std::max(best, rung.level);
  }
  return ladder;
}

}  // namespace stellwerk
