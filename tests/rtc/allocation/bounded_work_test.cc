#include <cmath>
#include <limits>

#include "tests/rtc/allocation/view_fixture.h"

namespace stellwerk {
namespace {

using allocation_testing::Kbps;
using allocation_testing::seconds;
using allocation_testing::View;

uint64_t OperationsFor(int slots, DataRate available) {
  View view;
  view.AddSlots(slots);
  view.Allocate(available);
  const uint64_t before = view.allocator().operations();
  view.Allocate(available);
  return view.allocator().operations() - before;
}

TEST(BoundedWork, FiveHundredSlotsCostSlotsTimesLayersTimesLogarithm) {
  for (const int64_t kbps : {0, 100, 5000, 50'000, 300'000, 2'000'000}) {
    const double steps = 500.0 * 9;
    EXPECT_LE(static_cast<double>(OperationsFor(500, Kbps(kbps))), steps * (2 * std::log2(steps)))
        << kbps;
  }
}

TEST(BoundedWork, TenTimesTheSlotsCostLittleMoreThanTenTimes) {
  const auto few = static_cast<double>(OperationsFor(50, Kbps(20'000)));
  const auto many = static_cast<double>(OperationsFor(500, Kbps(200'000)));
  EXPECT_LE(many, few * 16);
}

TEST(BoundedWork, WhereThereIsEnoughNothingIsSorted) {
  EXPECT_LE(OperationsFor(500, Kbps(2'000'000)), 500U * 9 * 2);
}

TEST(BoundedWork, HostileSourcesCanNotMakeASlotDearer) {
  View view;
  for (int i = 0; i < 500; ++i) {
    std::vector<LayerOption> options;
    for (int j = 0; j < 2000; ++j) {
      options.push_back(
          {.layer = {.encoding = static_cast<uint8_t>(j % 256)},
           .rate = DataRate::BitsPerSecond(j % 2 == 0 ? std::numeric_limits<int64_t>::max() : j)});
    }
    view.AddSlot(std::move(options));
  }
  view.Allocate(Kbps(100'000));
  const double steps = 500.0 * LayerLadder::kMaxOptions;
  // What is not looked at must not be counted either.
  EXPECT_LE(static_cast<double>(view.allocator().operations()), steps * 2 * std::log2(steps));
  EXPECT_LE(view.result().allocated, Kbps(100'000));
}

TEST(BoundedWork, AvailableMayBeAbsurd) {
  View view;
  view.AddSlots(3);
  view.Allocate(DataRate::BitsPerSecond(std::numeric_limits<int64_t>::min()));
  EXPECT_EQ(view.result().allocated, Kbps(0));
  view.Run(seconds(10), DataRate::BitsPerSecond(std::numeric_limits<int64_t>::max()));
  EXPECT_EQ(view.result().allocated, Kbps(4500));
}

}  // namespace
}  // namespace stellwerk
