#include <algorithm>
#include <random>

#include "tests/rtc/allocation/view_fixture.h"

namespace stellwerk {
namespace {

using allocation_testing::Kbps;
using allocation_testing::milliseconds;
using allocation_testing::seconds;
using allocation_testing::ThreeBySimulcast;
using allocation_testing::View;

// The least that any slot would have to be given in order to be better.
int64_t CheapestStep(View& view) {
  int64_t cheapest = std::numeric_limits<int64_t>::max();
  for (std::size_t i = 0; i < view.size(); ++i) {
    const auto& slot = view[i];
    for (const LayerOption& option : slot.options) {
      if (slot.decision.target && option.layer <= *slot.decision.target) continue;
      cheapest = std::min(cheapest, option.rate.bps() - slot.decision.rate.bps());
    }
  }
  return cheapest;
}

TEST(FillingTheLink, NineSlotsThatWantMoreLeaveLessThanATenth) {
  double worst = 1;
  int64_t worst_rate = 0;
  for (int64_t kbps = 100; kbps <= 15'000; kbps += 10) {
    View view;
    view.AddSlots(9);
    view.Allocate(Kbps(kbps));
    const auto& result = view.result();
    EXPECT_EQ(result.wanted, Kbps(9 * 1500));
    ASSERT_LE(result.allocated, Kbps(kbps));
    if (result.allocated == result.wanted) continue;
    const double used = static_cast<double>(result.allocated.bps()) / Kbps(kbps).bps();
    // Nine pictures are fine grained, except when there is hardly anything.
    if (kbps >= 240) {
      EXPECT_GE(used, 0.9) << kbps << " kbit/s";
      if (used < worst) {
        worst = used;
        worst_rate = kbps;
      }
    } else {
      EXPECT_GT(CheapestStep(view), (Kbps(kbps).bps() - result.allocated.bps())) << kbps;
    }
  }
  RecordProperty("worst", std::to_string(worst) + " at " + std::to_string(worst_rate));
  std::cout << "worst utilisation " << worst << " at " << worst_rate << " kbit/s\n";
}

TEST(FillingTheLink, NothingThatFitsIsLeftOutUnlessLittleIsLeft) {
  for (int slots = 1; slots <= 12; ++slots) {
    for (int64_t kbps = 60; kbps <= 8000; kbps += 95) {
      View view;
      view.AddSlots(slots);
      view.Allocate(Kbps(kbps));
      const int64_t left = Kbps(kbps).bps() - view.result().allocated.bps();
      ASSERT_GE(left, 0);
      // A filler would be few frames a second.
      if (left * 2 <= Kbps(kbps).bps()) continue;
      ASSERT_GT(CheapestStep(view), left) << slots << " slots, " << kbps << " kbit/s";
    }
  }
}

TEST(FillingTheLink, ALinkThatGrowsIsFilledToo) {
  View view;
  view.AddSlots(9);
  for (int64_t kbps = 300; kbps <= 10'000; kbps += 100) {
    view.Run(seconds(2), Kbps(kbps));
    const double used = static_cast<double>(view.result().allocated.bps()) / Kbps(kbps).bps();
    EXPECT_LE(used, 1.0) << kbps;
    EXPECT_GE(used, 0.89) << kbps << " kbit/s: a raise leaves 3 % free";
  }
}

TEST(FillingTheLink, AReturnOfTheLinkIsUsedWithinASecondAndAHalf) {
  View view;
  view.AddSlot();
  view.Run(seconds(20), Kbps(3000));
  ASSERT_EQ(view.TargetOf(0), allocation_testing::MakeLayer(2, 2));
  view.Allocate(Kbps(500));
  EXPECT_LE(view.result().allocated, Kbps(500)) << "at once";
  view.Run(seconds(20), Kbps(450));
  EXPECT_EQ(view.TargetOf(0), allocation_testing::MakeLayer(1, 1));
  view.Run(milliseconds(1500), Kbps(2800));
  EXPECT_EQ(view.TargetOf(0), allocation_testing::MakeLayer(2, 2));
}

TEST(FillingTheLink, WhatIsNotWantedIsLeft) {
  View view;
  view.AddSlots(3);
  view.Run(seconds(3), Kbps(20'000));
  EXPECT_EQ(view.result().allocated, Kbps(4500));
  view.Run(seconds(3), Allocator::kUnlimited);
  EXPECT_EQ(view.result().allocated, Kbps(4500));
}

TEST(FillingTheLink, RandomSourcesNeverExceedTheLink) {
  const uint32_t seed = 20'260'101;
  std::mt19937 random(seed);
  for (int round = 0; round < 400; ++round) {
    View view;
    const int slots = 1 + static_cast<int>(random() % 20);
    for (int i = 0; i < slots; ++i) {
      auto options = ThreeBySimulcast();
      for (LayerOption& option : options) {
        option.rate = Kbps(static_cast<int64_t>(1 + random() % 3000));
        option.active = random() % 4 != 0;
      }
      auto& slot = view.AddSlot(std::move(options), static_cast<uint8_t>(random() % 3));
      slot.request.demand.height = static_cast<uint16_t>(random() % 900);
    }
    for (int step = 0; step < 5; ++step) {
      const DataRate available = Kbps(static_cast<int64_t>(random() % 20'000));
      View fresh = view;
      fresh.Allocate(available);
      if (step == 0) {
        ASSERT_LE(fresh.result().allocated, available) << "seed " << seed << " round " << round;
      }
      view.Run(seconds(3), available);
      // The bound of lowest layers is the widest; the last picture of all has its own.
      int pictures = 0;
      for (std::size_t i = 0; i < view.size(); ++i) pictures += view.TargetOf(i) ? 1 : 0;
      const double bound = pictures == 1 ? 1.25 : 1.10;
      ASSERT_LE(view.result().allocated.bps(), bound * static_cast<double>(available.bps()) + 1)
          << "seed " << seed << " round " << round << " step " << step;
    }
  }
}

}  // namespace
}  // namespace stellwerk
