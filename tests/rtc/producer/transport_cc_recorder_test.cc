#include "rtc/producer/transport_cc_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using ::testing::SizeIs;

constexpr Timestamp kStart{std::chrono::seconds(1000)};
constexpr Ssrc kSender{1};
constexpr Ssrc kMedia{2};

class TransportCcRecorderTest : public ::testing::Test {
 protected:
  void Receive(uint16_t number, TimeDelta at) {
    recorder_.OnPacket(TransportSeqNum(number), kStart + at, kStart + at);
  }
  std::vector<TransportFeedback> Flush() {
    return recorder_.HandleTimeout(recorder_.NextTimeout(), kSender, kMedia);
  }
  TransportCcRecorder recorder_;
};

TEST_F(TransportCcRecorderTest, ReportsArrivalsAndLosses) {
  Receive(10, milliseconds(0));
  Receive(11, milliseconds(5));
  Receive(13, milliseconds(9));
  const auto feedback = Flush();
  ASSERT_THAT(feedback, SizeIs(1));
  EXPECT_EQ(feedback[0].base, TransportSeqNum(10));
  EXPECT_EQ(feedback[0].status_count, 4);
  ASSERT_THAT(feedback[0].received, SizeIs(3));
  EXPECT_EQ(feedback[0].received[2].sequence_number, TransportSeqNum(13));
  EXPECT_EQ(feedback[0].received[2].arrival - feedback[0].received[0].arrival, milliseconds(9));
}

TEST_F(TransportCcRecorderTest, TheNextMessageBeginsWhereTheLastOneEnded) {
  Receive(10, milliseconds(0));
  EXPECT_EQ(Flush()[0].feedback_count, 0);
  Receive(15, milliseconds(200));
  const auto feedback = Flush();
  ASSERT_THAT(feedback, SizeIs(1));
  EXPECT_EQ(feedback[0].base, TransportSeqNum(11));
  EXPECT_EQ(feedback[0].status_count, 5);
  EXPECT_EQ(feedback[0].feedback_count, 1);
}

TEST_F(TransportCcRecorderTest, OneThatWasCalledLostIsReportedAloneWhenItComes) {
  Receive(10, milliseconds(0));
  Receive(12, milliseconds(1));
  Flush();
  Receive(11, milliseconds(120));
  Receive(13, milliseconds(121));
  const auto feedback = Flush();
  ASSERT_THAT(feedback, SizeIs(2));
  EXPECT_EQ(feedback[0].base, TransportSeqNum(11));
  EXPECT_EQ(feedback[0].status_count, 1);
  EXPECT_THAT(feedback[0].received, SizeIs(1));
  EXPECT_EQ(feedback[1].base, TransportSeqNum(13));
}

TEST_F(TransportCcRecorderTest, ReordersWithinAMessageAndOverTheWrapAround) {
  Receive(0xFFFF, milliseconds(0));
  Receive(1, milliseconds(1));
  Receive(0, milliseconds(2));
  const auto feedback = Flush();
  ASSERT_THAT(feedback, SizeIs(1));
  ASSERT_THAT(feedback[0].received, SizeIs(3));
  EXPECT_EQ(feedback[0].received[1].sequence_number, TransportSeqNum(0));
}

TEST_F(TransportCcRecorderTest, SpeaksMoreOftenWhenThereIsMoreToSay) {
  EXPECT_EQ(recorder_.NextTimeout(), kNever);
  Receive(1, milliseconds(0));
  EXPECT_EQ(recorder_.NextTimeout(), kStart + milliseconds(100));
  for (uint16_t i = 2; i < 40; ++i) Receive(i, milliseconds(i));
  EXPECT_EQ(recorder_.NextTimeout(), kStart + milliseconds(50));
  Flush();
  EXPECT_EQ(recorder_.NextTimeout(), kNever);
}

TEST_F(TransportCcRecorderTest, FeedbackOfManyPublishersGoesTogether) {
  Receive(1, milliseconds(4));
  EXPECT_EQ(recorder_.NextTimeout(), kStart + milliseconds(100));
  Flush();
  Receive(2, milliseconds(106));
  EXPECT_EQ(recorder_.NextTimeout(), kStart + milliseconds(210));
  for (uint16_t i = 3; i < 40; ++i) Receive(i, milliseconds(107));
  EXPECT_EQ(recorder_.NextTimeout(), kStart + milliseconds(160));
}

}  // namespace
}  // namespace stellwerk
