#include "rtc/allocation/sharing.h"

#include <algorithm>

namespace stellwerk {
namespace {

enum class Round : uint64_t { kLowest, kProper, kFiller };

// A lowest rung that a slot has already counts as this much cheaper, in per cent, when there is not
// enough for all: the cheapest come first, so that most get a picture, but two of about the same
// rate don't take turns.
constexpr int64_t kHeldLowestCost = 70;

enum class Title : uint64_t { kHas, kHad, kNew };

Title TitleTo(int rung, const Contender& contender) {
  if (rung <= contender.kept) return Title::kHas;
  return rung <= contender.lost ? Title::kHad : Title::kNew;
}

// 2 bits round, 8 priority, 32 level or cost, 2 title.
uint64_t Claim(Round round, uint8_t priority, uint32_t level, Title title) {
  return static_cast<uint64_t>(round) << 42U | static_cast<uint64_t>(255 - priority) << 34U |
         static_cast<uint64_t>(level) << 2U | static_cast<uint64_t>(title);
}

uint32_t LowestCostClaim(const Contender& contender) {
  const int64_t kbps = contender.ladder.rungs.front().cost / 1000;
  const int64_t claimed = contender.kept >= 0 ? kbps * kHeldLowestCost / 100 : kbps;
  return static_cast<uint32_t>(std::min<int64_t>(claimed, UINT32_MAX));
}

uint32_t LevelClaim(const LadderRung& rung) { return static_cast<uint32_t>(rung.level + 1024); }

bool Allowed(const Contender& contender, int rung, int64_t sum, int64_t cost,
             const SharingLimits& limits) {
  if (rung <= contender.kept) {
    if (rung > 0) return sum + cost <= limits.keep;
    return sum + cost <= (sum == 0 ? limits.last_picture : limits.keep_lowest);
  }
  const auto& rungs = contender.ladder.rungs;
  if (rung > contender.most &&
      (contender.most < 0 || !rungs[contender.most].SameResolution(rungs[rung]))) {
    return false;
  }
  if (rungs[rung].filler && sum >= limits.filler) return false;
  const bool same_resolution =
      contender.kept >= 0 && rungs[contender.kept].SameResolution(rungs[rung]);
  switch (contender.climb) {
    case Climb::kNot:
      return false;
    case Climb::kTemporal:
      return same_resolution && sum + cost <= limits.climb;
    case Climb::kAny:
      return sum + cost <= (same_resolution ? limits.climb : limits.raise);
    case Climb::kFreely:
      return sum + cost <= limits.climb;
  }
  return false;
}

}  // namespace

void Sharing::Order(std::span<const Contender> contenders, uint64_t& operations) {
  steps_.clear();
  for (uint32_t slot = 0; slot < contenders.size(); ++slot) {
    const Contender& contender = contenders[slot];
    int16_t last_proper = -1;
    for (int16_t rung = 0; rung <= contender.ladder.top(); ++rung) {
      const LadderRung& there = contender.ladder.rungs[rung];
      const Round round = rung == 0      ? Round::kLowest
                          : there.filler ? Round::kFiller
                                         : Round::kProper;
      const uint32_t level =
          round == Round::kLowest ? LowestCostClaim(contender) : LevelClaim(there);
      steps_.push_back({.claim = Claim(round, contender.priority, level, TitleTo(rung, contender)),
                        .slot = slot,
                        .rung = rung,
                        .from = there.filler ? static_cast<int16_t>(rung - 1) : last_proper});
      if (!there.filler) last_proper = rung;
    }
  }
  operations += steps_.size();
  std::sort(steps_.begin(), steps_.end(), [&operations](const Step& a, const Step& b) {
    ++operations;
    if (a.claim != b.claim) return a.claim < b.claim;
    return a.slot != b.slot ? a.slot < b.slot : a.rung < b.rung;
  });
}

int64_t Sharing::Run(std::span<Contender> contenders, const SharingLimits& limits,
                     uint64_t& operations) const {
  for (Contender& contender : contenders) contender.chosen = -1;
  operations += contenders.size() + steps_.size();
  int64_t sum = 0;
  for (const Step& step : steps_) {
    Contender& contender = contenders[step.slot];
    if (contender.chosen != step.from) continue;
    const LayerLadder& ladder = contender.ladder;
    const int64_t cost = ladder.CostOf(step.rung) - ladder.CostOf(step.from);
    if (!Allowed(contender, step.rung, sum, cost, limits)) continue;
    contender.chosen = step.rung;
    sum += cost;
  }
  return sum;
}

}  // namespace stellwerk
