#include "rtc/bwe/path_delay.h"

#include <gtest/gtest.h>

#include "rtc/base/random.h"

namespace stellwerk {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr Timestamp kStart{std::chrono::seconds(1000)};

// A packet each 10 ms, a feedback message each ten packets.
class Path {
 public:
  // Sends for `time`; each packet takes `delay` of it, and each `growth` more than the one before.
  void Run(TimeDelta time, TimeDelta growth, TimeDelta jitter = {}) {
    for (TimeDelta passed{}; passed < time; passed += milliseconds(10)) {
      delay_ += growth;
      if (delay_ < TimeDelta{}) delay_ = TimeDelta{};
      TimeDelta extra{};
      if (jitter > TimeDelta{}) extra = TimeDelta(random_.NextU32() % jitter.count());
      last_arrival_ = std::max(last_arrival_, now_.time_since_epoch() + delay_ + extra);
      path.OnPacket({.sent = now_,
                     .arrival = last_arrival_,
                     .size = DataSize::Bytes(1000),
                     .unreported = {},
                     .probe = probe},
                    now_);
      now_ += milliseconds(10);
      if (++count_ % 10 == 0) {
        path.Finish(now_);
        over_ += path.usage() == LinkUsage::kOver ? 1 : 0;
      }
    }
  }
  // Since the last call, in feedback messages.
  int TimesOver() { return std::exchange(over_, 0); }

  PathDelay path;
  std::optional<ProbeClusterId> probe;

 private:
  SeededRandom random_{7};
  Timestamp now_ = kStart;
  TimeDelta delay_ = milliseconds(30);
  TimeDelta last_arrival_{};
  int count_ = 0;
  int over_ = 0;
};

TEST(PathDelay, IsContentWithAnEvenPath) {
  Path path;
  path.Run(std::chrono::seconds(10), TimeDelta{});
  EXPECT_EQ(path.TimesOver(), 0);
  EXPECT_EQ(path.path.queue(), TimeDelta{});
  EXPECT_EQ(path.path.jitter(), TimeDelta{});
}

TEST(PathDelay, SeesAQueueGrowWithinHalfASecond) {
  Path path;
  path.Run(std::chrono::seconds(5), TimeDelta{});
  path.Run(milliseconds(500), milliseconds(2));
  EXPECT_GT(path.TimesOver(), 0);
  EXPECT_GE(path.path.queue(), milliseconds(70));
}

TEST(PathDelay, SeesAQueueShrink) {
  Path path;
  path.Run(std::chrono::seconds(2), milliseconds(1));
  path.Run(milliseconds(500), -milliseconds(3));
  EXPECT_EQ(path.path.usage(), LinkUsage::kUnder);
}

TEST(PathDelay, DoesNotTakeJitterForAQueue) {
  Path path;
  path.Run(std::chrono::seconds(30), TimeDelta{}, milliseconds(50));
  EXPECT_LE(path.TimesOver(), 3);  // of 300
  EXPECT_GT(path.path.jitter(), milliseconds(5));
  EXPECT_LT(path.path.queue(), milliseconds(30));
}

TEST(PathDelay, SeesAQueueBehindJitter) {
  Path path;
  path.Run(std::chrono::seconds(10), TimeDelta{}, milliseconds(50));
  path.TimesOver();
  path.Run(std::chrono::seconds(2), milliseconds(2), milliseconds(50));
  EXPECT_GT(path.TimesOver(), 0);
}

TEST(PathDelay, DoesNotBlameTheLinkForAProbesOwnQueue) {
  Path path;
  path.Run(std::chrono::seconds(5), TimeDelta{});
  path.probe = ProbeClusterId(1);
  path.Run(milliseconds(100), milliseconds(4));
  path.probe.reset();
  path.Run(milliseconds(100), -milliseconds(4));
  EXPECT_EQ(path.TimesOver(), 0);
}

TEST(PathDelay, TakesALongerRouteForAQueueOnlyForHalfAMinute) {
  Path path;
  path.Run(std::chrono::seconds(5), TimeDelta{});
  path.Run(milliseconds(10), milliseconds(50));
  path.Run(std::chrono::seconds(5), TimeDelta{});
  EXPECT_GE(path.path.queue(), milliseconds(49));
  path.Run(std::chrono::seconds(35), TimeDelta{});
  EXPECT_LE(path.path.queue(), milliseconds(1));
}

}  // namespace
}  // namespace stellwerk
