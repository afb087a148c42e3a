#include "bench/synthetic/payload_mark.h"

#include <gtest/gtest.h>

#include <vector>

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kCaptured{std::chrono::seconds(1'700'000'000)};

PayloadMark SomeMark(std::size_t covered) {
  return {.source = 7,
          .encoding = 2,
          .keyframe = true,
          .spatial = 1,
          .temporal = 2,
          .packet = 3,
          .packets = 5,
          .frame = 70'000,
          .picture = 65'535,
          .captured = kCaptured,
          .reference_count = 2,
          .references = {1, 200},
          .covered = static_cast<uint16_t>(covered),
          .sent_after = 1500us};
}

class PayloadMarkTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  PayloadMarkTest() : mark_(SomeMark(GetParam())), payload_(GetParam() + PayloadMark::kSize) {
    WriteMark(mark_, 0, payload_);
  }
  const PayloadMark mark_;
  std::vector<uint8_t> payload_;
};
// What is covered: nothing, less than a block of the checksum, blocks and a rest.
INSTANTIATE_TEST_SUITE_P(Sizes, PayloadMarkTest, ::testing::Values(0U, 1U, 30U, 64U, 1101U));

TEST_P(PayloadMarkTest, SaysWhatWasWritten) { EXPECT_EQ(ReadMark(payload_), mark_); }

TEST_P(PayloadMarkTest, EveryFlippedBitShows) {
  for (std::size_t i = 0; i < payload_.size() * 8; ++i) {
    std::vector<uint8_t> harmed = payload_;
    harmed[i / 8] = static_cast<uint8_t>(harmed[i / 8] ^ 1 << i % 8);
    EXPECT_EQ(ReadMark(harmed), std::nullopt) << i;
  }
}

TEST_P(PayloadMarkTest, SwappedAndShiftedBytesShow) {
  for (std::size_t i = 0; i + 33 < GetParam(); ++i) {
    for (const std::size_t distance : {1U, 8U, 32U}) {
      std::vector<uint8_t> harmed = payload_;
      if (harmed[i] == harmed[i + distance]) continue;
      std::swap(harmed[i], harmed[i + distance]);
      EXPECT_EQ(ReadMark(harmed), std::nullopt) << i;
    }
  }
  std::vector<uint8_t> shorter(payload_.begin() + 1, payload_.end());
  EXPECT_EQ(ReadMark(shorter), std::nullopt);
}

TEST_P(PayloadMarkTest, TheTimeOfSendingIsStampedOverAnotherAndHealsNothing) {
  StampSent(kCaptured + 34567us, payload_);
  auto read = ReadMark(payload_);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sent(), kCaptured + 34567us);
  EXPECT_EQ(read->captured, kCaptured);
  StampSent(kCaptured + 2s, payload_);
  read = ReadMark(payload_);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sent(), kCaptured + 2s);
  StampSent(kCaptured - 1s, payload_);
  EXPECT_EQ(ReadMark(payload_)->sent(), kCaptured) << "not before the capture";
  payload_.front() ^= 1;
  StampSent(kCaptured, payload_);
  EXPECT_EQ(ReadMark(payload_), std::nullopt);
}

TEST(PayloadMark, NothingIsStampedWhereThereIsNoMark) {
  const std::vector<uint8_t> padding(200, 0);
  std::vector<uint8_t> stamped = padding;
  StampSent(kCaptured, stamped);
  EXPECT_EQ(stamped, padding);
  std::vector<uint8_t> empty;
  StampSent(kCaptured, empty);
}

}  // namespace
}  // namespace stellwerk::synthetic
