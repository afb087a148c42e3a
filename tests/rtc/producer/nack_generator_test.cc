#include "rtc/producer/nack_generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NackGeneratorTest : public ::testing::Test {
 protected:
  std::vector<uint16_t> Receive(int64_t seq) {
    std::vector<SeqNum> nacks;
    hopeful_ = generator_.OnPacket(ExtendedSeqNum(seq), now_, nacks);
    return Values(nacks);
  }
  std::vector<uint16_t> Wait(TimeDelta time) {
    now_ += time;
    std::vector<SeqNum> nacks;
    generator_.HandleTimeout(now_, nacks);
    return Values(nacks);
  }
  static std::vector<uint16_t> Values(const std::vector<SeqNum>& numbers) {
    std::vector<uint16_t> values;
    for (const SeqNum number : numbers) values.push_back(number.value());
    return values;
  }

  NackGenerator generator_;
  Timestamp now_{std::chrono::seconds(1000)};
  bool hopeful_ = true;
};

TEST_F(NackGeneratorTest, AsksForAGapAtOnce) {
  EXPECT_THAT(Receive(10), IsEmpty());
  EXPECT_THAT(Receive(13), ElementsAre(11, 12));
}

TEST_F(NackGeneratorTest, NamesNumbersAcrossTheWrapAround) {
  Receive(0x1FFFE);
  EXPECT_THAT(Receive(0x20001), ElementsAre(0xFFFF, 0));
}

TEST_F(NackGeneratorTest, RepeatsAboutOncePerRoundTripUntilThePacketArrives) {
  generator_.OnRoundTripTime(milliseconds(40));
  Receive(1);
  Receive(3);
  EXPECT_THAT(Wait(milliseconds(30)), IsEmpty());
  EXPECT_THAT(Wait(milliseconds(16)), ElementsAre(2));
  EXPECT_THAT(Wait(milliseconds(30)), IsEmpty());
  Receive(2);
  EXPECT_THAT(Wait(milliseconds(1000)), IsEmpty());
  EXPECT_EQ(generator_.NextTimeout(), kNever);
}

TEST_F(NackGeneratorTest, GivesUpAfterTenAttempts) {
  Receive(1);
  Receive(3);
  int asked = 1;
  while (generator_.NextTimeout() != kNever) {
    asked += static_cast<int>(Wait(generator_.NextTimeout() - now_).size());
  }
  EXPECT_EQ(asked, 10);
  EXPECT_EQ(generator_.missing(), 0U);
}

TEST_F(NackGeneratorTest, CallsALargeLossHopelessAndForgetsIt) {
  Receive(1);
  EXPECT_THAT(Receive(900), IsEmpty());
  EXPECT_FALSE(hopeful_);
  EXPECT_EQ(generator_.missing(), 0U);
  EXPECT_THAT(Receive(902), ElementsAre(901));
  EXPECT_TRUE(hopeful_);
}

TEST_F(NackGeneratorTest, ForgetsWhatIsTooFarBehind) {
  Receive(1);
  Receive(3);
  for (int seq = 4; seq < 1100; ++seq) Receive(seq);
  EXPECT_THAT(Receive(1101), ElementsAre(1100));
  EXPECT_EQ(generator_.missing(), 1U);
}

TEST_F(NackGeneratorTest, ARestartedSenderOwesNothing) {
  Receive(1);
  Receive(5);
  generator_.Restart(ExtendedSeqNum(200'000));
  EXPECT_EQ(generator_.missing(), 0U);
  EXPECT_THAT(Receive(200'002), ElementsAre(200'001 & 0xFFFF));
}

}  // namespace
}  // namespace stellwerk
