#include "tests/network/link_text.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(LinkText, SetsWhatIsNamed) {
  const auto link = ParseLink(
      "rate_kbps=500 delay_ms=2.5 jitter_ms=5 reorder=1 loss=0.1 queue_bytes=1000 codel=1");
  ASSERT_TRUE(link) << link.error();
  ASSERT_EQ(link->capacity.points.size(), 1U);
  EXPECT_EQ(link->capacity.points[0].rate, DataRate::KilobitsPerSecond(500));
  EXPECT_EQ(link->delay, std::chrono::microseconds(2500));
  EXPECT_EQ(link->jitter.amount, milliseconds(5));
  EXPECT_TRUE(link->jitter.reorder);
  EXPECT_EQ(link->loss, 0.1);
  EXPECT_EQ(link->queue.max_size, DataSize::Bytes(1000));
  EXPECT_EQ(link->queue.kind, QueueConfig::Kind::kCoDel);
}

TEST(LinkText, ReadsATrace) {
  const auto link = ParseLink("trace=0:3000,15:500,30.5:3000");
  ASSERT_TRUE(link) << link.error();
  ASSERT_EQ(link->capacity.points.size(), 3U);
  EXPECT_EQ(link->capacity.points[1].at, seconds(15));
  EXPECT_EQ(link->capacity.points[1].rate, DataRate::KilobitsPerSecond(500));
  EXPECT_EQ(link->capacity.points[2].at, milliseconds(30'500));
}

TEST(LinkText, NothingIsALinkThatDoesNothing) {
  const auto link = ParseLink("");
  ASSERT_TRUE(link);
  EXPECT_TRUE(link->capacity.points.empty());
  EXPECT_EQ(link->delay, TimeDelta{});
}

TEST(LinkText, NamesTheWordThatIsWrong) {
  for (const char* word : {"speed=1", "rate_kbps=", "rate_kbps=fast", "loss=1.5", "delay_ms=-1",
                           "trace=0:3000,15", "loss"}) {
    const auto link = ParseLink(std::string("delay_ms=1 ") + word);
    ASSERT_FALSE(link) << word;
    EXPECT_EQ(link.error(), std::string("not a link's property: ") + word);
  }
}

}  // namespace
}  // namespace stellwerk
