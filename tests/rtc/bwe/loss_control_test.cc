#include "rtc/bwe/loss_control.h"

#include <gtest/gtest.h>

#include <vector>

#include "rtc/base/random.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kStart{std::chrono::seconds(1000)};
constexpr uint64_t kSeed = 11;

// Sends packets of 1000 bytes at a rate, of which a part gets lost.
class Path {
 public:
  void Run(double rate, double loss, TimeDelta time, TimeDelta queue = {}) {
    const auto gap = TimeDelta(static_cast<int64_t>(8000 / rate * 1e9));
    std::vector<PacketResult> packets;
    for (const Timestamp end = now_ + time; now_ < end; now_ += gap) {
      PacketResult packet{.sent = now_,
                          .arrival = now_.time_since_epoch(),
                          .size = DataSize::Bytes(1000),
                          .unreported = {},
                          .probe = {}};
      if (random_.NextU32() % 10'000 < loss * 10'000) packet.arrival.reset();
      packets.push_back(packet);
      if (now_ - reported_ < milliseconds(100)) continue;
      reported_ = now_;
      control.OnPackets(packets, queue);
      control.Update(DataRate::KilobitsPerSecond(100'000), now_);
      packets.clear();
    }
  }
  LossControl control;

 private:
  SeededRandom random_{kSeed};
  Timestamp now_ = kStart;
  Timestamp reported_ = kStart;
};

TEST(LossControl, SeesNoLimitInLossThatIsThereAtAnyRate) {
  Path path;
  for (const double rate : {1e6, 1.5e6, 2e6, 1e6, 2.5e6, 3e6, 0.5e6}) {
    path.Run(rate, 0.1, std::chrono::seconds(1));
  }
  EXPECT_FALSE(path.control.limit());
  EXPECT_NEAR(path.control.inherent_loss(), 0.1, 0.03);
  EXPECT_NEAR(path.control.recent_loss(), 0.1F, 0.06F);
}

TEST(LossControl, SeesThePolicerWhereLossGrowsWithTheRate) {
  Path path;
  for (const double rate : {0.8e6, 1e6, 1.2e6, 1.4e6, 1.6e6}) {
    path.Run(rate, std::max(0.0, 1 - 1e6 / rate), std::chrono::seconds(1));
  }
  ASSERT_TRUE(path.control.limit());
  EXPECT_NEAR(static_cast<double>(path.control.limit()->bps()), 1e6, 1.5e5);
}

TEST(LossControl, SeesWithinATenthOfASecondThatALinkCarriesFarLessThanProbesFound) {
  Path path;
  path.Run(0.3e6, 0, milliseconds(500));
  path.Run(15e6, 1 - 2e6 / 15e6, milliseconds(150));
  ASSERT_TRUE(path.control.limit());
  EXPECT_LT(path.control.limit()->bps(), 3'000'000);
}

TEST(LossControl, TakesAShortOutageForNoLimit) {
  Path path;
  path.Run(2e6, 0, std::chrono::seconds(3));
  path.Run(2e6, 1, milliseconds(120));
  path.Run(2e6, 0, std::chrono::seconds(1));
  EXPECT_TRUE(!path.control.limit() || path.control.limit()->bps() > 1'500'000);
}

TEST(LossControl, ReleasesTheLimitWhenLossIsGone) {
  Path path;
  for (const double rate : {0.8e6, 1e6, 1.2e6, 1.4e6, 1.6e6}) {
    path.Run(rate, std::max(0.0, 1 - 1e6 / rate), std::chrono::seconds(1));
  }
  ASSERT_TRUE(path.control.limit());
  const DataRate before = *path.control.limit();
  path.Run(1e6, 0, std::chrono::seconds(12));
  EXPECT_TRUE(!path.control.limit() || *path.control.limit() > before);
}

TEST(LossControl, BelievesAProbeThatGotThrough) {
  Path path;
  for (const double rate : {0.8e6, 1e6, 1.2e6, 1.4e6, 1.6e6}) {
    path.Run(rate, std::max(0.0, 1 - 1e6 / rate), std::chrono::seconds(1));
  }
  path.control.OnProbed(DataRate::KilobitsPerSecond(3000));
  EXPECT_FALSE(path.control.limit());
}

TEST(LossControl, LeavesAFullQueueToTheDelay) {
  Path path;
  path.Run(3e6, 0, std::chrono::seconds(2));
  path.Run(3e6, 0.8, std::chrono::seconds(1), milliseconds(800));
  EXPECT_FALSE(path.control.limit());
  EXPECT_LT(path.control.inherent_loss(), 0.02);
}

TEST(LossControl, TakesBackALossThatArrivesLate) {
  LossControl control;
  const PacketResult lost{
      .sent = kStart, .arrival = {}, .size = DataSize::Bytes(1000), .unreported = {}, .probe = {}};
  PacketResult late = lost;
  late.arrival = TimeDelta{};
  late.was_lost = true;
  PacketResult next = late;
  next.was_lost = false;
  next.sent = kStart + milliseconds(300);
  control.OnPackets(std::vector{lost, late, next}, TimeDelta{});
  control.Update(DataRate::KilobitsPerSecond(1000), kStart);
  EXPECT_EQ(control.recent_loss(), 0.0F);
}

}  // namespace
}  // namespace stellwerk
