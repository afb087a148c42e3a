#include <gtest/gtest.h>

#include "bench/link/payload_link.h"
#include "tests/bench/link/link_driver.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(LinkLoss, LosesTheShareThatWasAskedFor) {
  for (const double loss : {0.0, 0.02, 0.1, 1.0}) {
    LinkDriver driver({.loss = loss});
    driver.Send(DataRate::KilobitsPerSecond(9600), seconds(50));  // 50,000 packets
    driver.Drain();
    EXPECT_NEAR(driver.LossRatio(), loss, 0.005) << loss;
    EXPECT_EQ(driver.lost.size() + driver.deliveries.size(), driver.next_cookie);
    EXPECT_EQ(driver.link.counters().lost, driver.lost.size());
  }
}

TEST(LinkLoss, ComesInBurstsOfTheLengthThatWasAskedFor) {
  // A mean burst of 5 packets, a mean gap of 95.
  LinkDriver driver({.burst_loss = BurstLoss{.enter_bad = 1.0 / 95, .leave_bad = 1.0 / 5}});
  driver.Send(DataRate::KilobitsPerSecond(9600), seconds(100));
  driver.Drain();
  EXPECT_NEAR(driver.LossRatio(), 0.05, 0.005);
  std::size_t bursts = 0;
  for (std::size_t i = 0; i < driver.lost.size(); ++i) {
    if (i == 0 || driver.lost[i] != driver.lost[i - 1] + 1) ++bursts;
  }
  EXPECT_NEAR(static_cast<double>(driver.lost.size()) / static_cast<double>(bursts), 5, 0.4);
}

TEST(LinkLoss, ComesBehindTheBottleneck) {
  const DataRate rate = DataRate::KilobitsPerSecond(1000);
  LinkDriver driver({.capacity = RateTrace::Constant(rate), .loss = 0.5});
  driver.Send(DataRate::KilobitsPerSecond(2000), seconds(20));
  const DataRate arrived =
      driver.Arrived(LinkDriver::kStart + seconds(1), LinkDriver::kStart + seconds(20));
  EXPECT_NEAR(static_cast<double>(arrived.bps()), 500'000, 30'000);
}

TEST(LinkLoss, PolicerPassesItsRateAndABurstButNeverDelays) {
  LinkDriver driver({.delay = milliseconds(10),
                     .policer = Policer{.rate = DataRate::KilobitsPerSecond(1000),
                                        .burst = DataSize::Bytes(12'000)}});
  for (uint64_t i = 0; i < 20; ++i) {
    driver.link.Send(driver.now, DataSize::Bytes(1200), driver.next_cookie++);
  }
  EXPECT_EQ(driver.link.counters().policed, 10U) << "a burst of 10 packets fits";
  driver.Send(DataRate::KilobitsPerSecond(2000), seconds(10));
  driver.Drain();
  const DataRate arrived = driver.Arrived(LinkDriver::kStart + milliseconds(100),
                                          LinkDriver::kStart + milliseconds(10'010));
  EXPECT_NEAR(static_cast<double>(arrived.bps()), 1e6, 1e4);
  for (const LinkDelivery& delivery : driver.deliveries) {
    ASSERT_EQ(delivery.arrived - delivery.sent, milliseconds(10));
  }
}

TEST(PayloadLink, GivesBackWhatWasSentAndForgetsWhatWasLost) {
  PayloadLink<std::shared_ptr<int>> link({.loss = 0.5}, 3, LinkDriver::kStart);
  std::vector<std::weak_ptr<int>> sent;
  std::vector<int> arrived;
  for (int i = 0; i < 1000; ++i) {
    const Timestamp now = LinkDriver::kStart + milliseconds(i);
    const auto value = std::make_shared<int>(i);
    sent.push_back(value);
    link.Send(now, DataSize::Bytes(100), value);
    while (auto arrival = link.Pop(now)) arrived.push_back(*arrival->payload);
  }
  EXPECT_NEAR(static_cast<double>(arrived.size()), 500, 80);
  EXPECT_TRUE(std::is_sorted(arrived.begin(), arrived.end()));
  for (const auto& value : sent) EXPECT_TRUE(value.expired());
}

}  // namespace
}  // namespace stellwerk
