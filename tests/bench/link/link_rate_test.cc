#include <gtest/gtest.h>

#include "tests/bench/link/link_driver.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

double Ratio(DataRate a, DataRate b) {
  return static_cast<double>(a.bps()) / static_cast<double>(b.bps());
}

TEST(LinkRate, PassesExactlyItsRateWhenMoreIsSent) {
  for (const int kbps : {100, 300, 1000, 10'000, 1'000'000}) {
    const DataRate rate = DataRate::KilobitsPerSecond(kbps);
    LinkDriver driver({.capacity = RateTrace::Constant(rate)});
    driver.Send(DataRate::KilobitsPerSecond(kbps * 3 / 2), seconds(4));
    const Timestamp from = LinkDriver::kStart + seconds(1);
    // One packet more or less lies on the border.
    const double border = 1200 * 8 / 3.0 / static_cast<double>(rate.bps());
    EXPECT_NEAR(Ratio(driver.Arrived(from, from + seconds(3)), rate), 1, border + 1e-4)
        << kbps << " kbps";
  }
}

TEST(LinkRate, TakesEachPacketsOwnTime) {
  LinkDriver driver({.capacity = RateTrace::Constant(DataRate::KilobitsPerSecond(1000))});
  driver.link.Send(driver.now, DataSize::Bytes(1250), 1);
  driver.link.Send(driver.now, DataSize::Bytes(125), 2);
  driver.Drain();
  ASSERT_EQ(driver.deliveries.size(), 2U);
  EXPECT_EQ(driver.deliveries[0].arrived, LinkDriver::kStart + milliseconds(10));
  EXPECT_EQ(driver.deliveries[0].queueing, TimeDelta{});
  EXPECT_EQ(driver.deliveries[1].arrived, LinkDriver::kStart + milliseconds(11));
  EXPECT_EQ(driver.deliveries[1].queueing, milliseconds(10));
}

TEST(LinkRate, FollowsATrace) {
  const DataRate high = DataRate::KilobitsPerSecond(3000);
  const DataRate low = DataRate::KilobitsPerSecond(500);
  LinkDriver driver(
      {.capacity = {.points = {{seconds(0), high}, {seconds(5), low}, {seconds(10), high}}},
       .queue = {.max_time = milliseconds(200)}});
  driver.Send(DataRate::KilobitsPerSecond(4000), seconds(15));
  const Timestamp start = LinkDriver::kStart;
  EXPECT_NEAR(Ratio(driver.Arrived(start + seconds(1), start + seconds(5)), high), 1, 0.002);
  EXPECT_NEAR(Ratio(driver.Arrived(start + seconds(5), start + seconds(10)), low), 1, 0.006);
  EXPECT_NEAR(Ratio(driver.Arrived(start + seconds(11), start + seconds(15)), high), 1, 0.002);
  EXPECT_EQ(driver.link.Capacity(start + seconds(7)), low);
  EXPECT_EQ(driver.link.CapacityBetween(start, start + seconds(10)),
            DataSize::Bytes((3'000'000 * 5 + 500'000 * 5) / 8));
}

TEST(LinkRate, WithoutABottleneckOnlyDelays) {
  LinkDriver driver({.delay = milliseconds(7)});
  EXPECT_EQ(driver.link.Capacity(driver.now), std::nullopt);
  for (uint64_t i = 0; i < 1000; ++i) driver.link.Send(driver.now, DataSize::Bytes(1500), i);
  driver.Drain();
  ASSERT_EQ(driver.deliveries.size(), 1000U);
  EXPECT_EQ(driver.deliveries.back().arrived, LinkDriver::kStart + milliseconds(7));
}

TEST(LinkRate, ReconfiguringChangesThePaceOfWhatIsAlreadyQueued) {
  LinkDriver driver({.capacity = RateTrace::Constant(DataRate::KilobitsPerSecond(100))});
  driver.link.Send(driver.now, DataSize::Bytes(1250), 1);  // would take 100 ms
  driver.link.Send(driver.now, DataSize::Bytes(1250), 2);
  const auto fast = LinkConfig{.capacity = RateTrace::Constant(DataRate::KilobitsPerSecond(1000))};
  driver.link.Reconfigure(fast, driver.now + milliseconds(40));
  driver.link.Reconfigure(fast, driver.now + milliseconds(42));
  driver.Drain();
  ASSERT_EQ(driver.deliveries.size(), 2U);
  EXPECT_EQ(driver.deliveries[0].arrived, LinkDriver::kStart + milliseconds(46));
  EXPECT_EQ(driver.deliveries[1].arrived, LinkDriver::kStart + milliseconds(56));
}

TEST(LinkRate, CrossTrafficTakesItsShare) {
  const DataRate rate = DataRate::KilobitsPerSecond(2000);
  LinkDriver driver({.capacity = RateTrace::Constant(rate),
                     .cross_traffic = {{.rate = DataRate::KilobitsPerSecond(1000),
                                        .start = seconds(2),
                                        .on = seconds(1),
                                        .off = seconds(1)}}});
  driver.Send(DataRate::KilobitsPerSecond(900), seconds(6));
  driver.Drain();
  EXPECT_TRUE(driver.lost.empty());
  EXPECT_EQ(driver.link.counters().delivered, driver.next_cookie) << "counts only our packets";

  LinkDriver greedy({.capacity = RateTrace::Constant(rate),
                     .queue = {.max_time = milliseconds(100)},
                     .cross_traffic = {{.rate = DataRate::KilobitsPerSecond(1000),
                                        .start = seconds(2),
                                        .on = seconds(1),
                                        .off = seconds(1)}}});
  greedy.Send(DataRate::KilobitsPerSecond(2113), seconds(6));
  const Timestamp start = LinkDriver::kStart;
  EXPECT_NEAR(Ratio(greedy.Arrived(start, start + seconds(2)), rate), 1, 0.01);
  // Together they offer one and a half times the rate. Which of the two finds the tail of the queue
  // full more often is a matter of their pace; two thirds would be ours by size.
  const double share = Ratio(greedy.Arrived(start + milliseconds(2300), start + seconds(3)), rate);
  EXPECT_GT(share, 0.55);
  EXPECT_LT(share, 0.8);
  EXPECT_NEAR(Ratio(greedy.Arrived(start + milliseconds(3300), start + seconds(4)), rate), 1, 0.02);
}

}  // namespace
}  // namespace stellwerk
