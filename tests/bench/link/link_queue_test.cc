#include <gtest/gtest.h>

#include <algorithm>

#include "bench/link/codel.h"
#include "tests/bench/link/link_driver.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr DataRate kRate = DataRate::KilobitsPerSecond(1000);

TimeDelta LongestWait(const LinkDriver& driver, Timestamp from = LinkDriver::kStart) {
  TimeDelta longest{};
  for (const LinkDelivery& delivery : driver.deliveries) {
    if (delivery.sent >= from) longest = std::max(longest, delivery.queueing);
  }
  return longest;
}

TEST(LinkQueue, DropsFromTheTailBeyondItsSize) {
  LinkDriver driver(
      {.capacity = RateTrace::Constant(kRate), .queue = {.max_size = DataSize::Bytes(12'000)}});
  for (uint64_t i = 0; i < 30; ++i) {
    driver.link.Send(driver.now, DataSize::Bytes(1200), driver.next_cookie++);
  }
  driver.Drain();
  ASSERT_EQ(driver.deliveries.size(), 11U) << "one is being sent, ten wait";
  EXPECT_EQ(driver.deliveries.back().cookie, 10U);
  EXPECT_EQ(driver.lost.front(), 11U);
  EXPECT_EQ(driver.link.counters().queue_full, 19U);
}

TEST(LinkQueue, DropsBeyondItsTime) {
  LinkDriver driver(
      {.capacity = RateTrace::Constant(kRate), .queue = {.max_time = milliseconds(150)}});
  driver.Send(DataRate::KilobitsPerSecond(3000), seconds(5));
  EXPECT_LE(LongestWait(driver), milliseconds(160));
  EXPECT_GE(LongestWait(driver), milliseconds(130));
  EXPECT_NEAR(driver.LossRatio(), 2.0 / 3, 0.03);
}

TEST(LinkQueue, TellsHowLongAPacketWouldWait) {
  LinkDriver driver({.capacity = RateTrace::Constant(kRate)});
  EXPECT_EQ(driver.link.QueueDelay(driver.now), TimeDelta{});
  for (uint64_t i = 0; i < 5; ++i) driver.link.Send(driver.now, DataSize::Bytes(1250), i);
  EXPECT_EQ(driver.link.QueueDelay(driver.now), milliseconds(50));
  driver.link.Pop(driver.now + milliseconds(24));
  EXPECT_EQ(driver.link.QueueDelay(driver.now + milliseconds(24)), milliseconds(26));
}

TEST(LinkQueue, WaitsForARateThatComesBack) {
  LinkDriver driver(
      {.capacity = {
           .points = {{seconds(0), kRate}, {seconds(1), DataRate()}, {seconds(3), kRate}}}});
  driver.Send(DataRate::KilobitsPerSecond(500), seconds(2));
  driver.Drain();
  EXPECT_EQ(driver.deliveries.size(), driver.next_cookie);
  EXPECT_GT(LongestWait(driver), milliseconds(1900));
  EXPECT_GT(driver.deliveries.back().arrived, LinkDriver::kStart + seconds(3));
}

TEST(LinkQueue, CoDelKeepsAStandingQueueShort) {
  LinkConfig config{.capacity = RateTrace::Constant(DataRate::KilobitsPerSecond(10'000))};
  LinkDriver tail_drop(config);
  tail_drop.Send(DataRate::KilobitsPerSecond(10'500), seconds(20));
  EXPECT_GT(LongestWait(tail_drop), milliseconds(500));

  config.queue.kind = QueueConfig::Kind::kCoDel;
  LinkDriver codel(config);
  codel.Send(DataRate::KilobitsPerSecond(10'500), seconds(20));
  EXPECT_GT(codel.link.counters().aqm_dropped, 100U);
  // RFC 8289 §4.4: drops come ever faster until the queue is at target.
  EXPECT_LT(LongestWait(codel, LinkDriver::kStart + seconds(10)), milliseconds(120));
}

TEST(CoDel, LeavesABurstAlone) {
  CoDel codel;
  Timestamp now = LinkDriver::kStart;
  for (int i = 0; i < 9; ++i, now += milliseconds(10)) {
    EXPECT_FALSE(codel.ShouldDrop(now, milliseconds(90 - i * 10), DataSize::Bytes(9000)));
  }
  EXPECT_FALSE(codel.ShouldDrop(now, milliseconds(1), DataSize::Bytes(9000)));
}

TEST(CoDel, DropsEverFasterWhileTheQueueStands) {
  CoDel codel;
  std::vector<int> drops;  // in ms
  for (int ms = 0; ms < 1000; ++ms) {
    if (codel.ShouldDrop(LinkDriver::kStart + milliseconds(ms), milliseconds(20),
                         DataSize::Bytes(9000))) {
      drops.push_back(ms);
    }
  }
  // RFC 8289 §5.4: an interval above target, then interval / sqrt(count).
  const std::vector<int> expected = {100, 200, 271, 329, 379};
  ASSERT_GE(drops.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(drops[i], expected[i], 1);
}

TEST(CoDel, NeverDropsTheLastPacket) {
  CoDel codel;
  for (int ms = 0; ms < 1000; ++ms) {
    EXPECT_FALSE(codel.ShouldDrop(LinkDriver::kStart + milliseconds(ms), milliseconds(500),
                                  DataSize::Bytes(1500)));
  }
}

}  // namespace
}  // namespace stellwerk
