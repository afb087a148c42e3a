#include "rtc/rtcp/transport_feedback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "rtc/base/random.h"
#include "tests/rtc/hex.h"
#include "tests/rtc/rtcp/serialized.h"

namespace stellwerk {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Ssrc kSender{1};
constexpr Ssrc kMedia{2};

std::vector<TransportFeedback> Build(uint16_t base, std::span<const TransportArrival> arrivals,
                                     std::size_t max_size = 1100) {
  return BuildTransportFeedback(kSender, kMedia, 0, TransportSeqNum(base), arrivals, max_size);
}

TransportArrival At(int number, TimeDelta time) {
  return {.sequence_number = TransportSeqNum(static_cast<uint16_t>(number)),
          .arrival = Timestamp(hours(24 * 20'000) + time)};
}

// From Chromium 156 with no loss: 9 packets, run length chunks, and padding by the P bit.
TEST(TransportFeedback, ReadsARunOfChromium) {
  const auto bytes =
      FromHex("afcd0007 bf1674a5 053ac627 01a60009 0089ea50 2009b603 09033755 3c020901");
  const auto feedback = ParseOnly<TransportFeedback>(bytes);
  ASSERT_TRUE(feedback.has_value());
  EXPECT_EQ(feedback->sender, Ssrc(0xBF1674A5));
  EXPECT_EQ(feedback->media, Ssrc(0x053AC627));
  EXPECT_EQ(feedback->base, TransportSeqNum(0x01A6));
  EXPECT_EQ(feedback->status_count, 9);
  EXPECT_EQ(feedback->feedback_count, 0x50);
  ASSERT_EQ(feedback->received.size(), 9U);
  EXPECT_EQ(feedback->received[0].sequence_number, TransportSeqNum(0x01A6));
  EXPECT_EQ(feedback->received[0].arrival, 0x0089EA * milliseconds(64) + 0xB6 * microseconds(250));
  EXPECT_EQ(feedback->received[8].sequence_number, TransportSeqNum(0x01AE));
  EXPECT_EQ(feedback->received[8].arrival - feedback->received[7].arrival, 9 * microseconds(250));
}

// From Chromium 156 with 15 % loss: status vectors with two-bit symbols, large and negative deltas.
TEST(TransportFeedback, ReadsLossAndReorderingOfChromium) {
  const auto bytes = FromHex(
      "8fcd002881bd62e58d237bcf003a0083008dda1dd08ad8a8e0a2c820e20ac842e520d088c812c20ad482c890c20a"
      "c882e288c424c00ac800c020b8fd15fec6ed1c56061afa7f0ffef31604600cb5ed1711aeef3f0ae7fadd0a44f774"
      "fab70d9501032cf0ce50160e0e7ef6ba07ddfebcfafc1503aafc56fbfc480d02b502c00320f9462e064d0137fa43"
      "0291032cfba1022bfe410183ff178502d47efeb0010fff8e01e4");
  ASSERT_EQ(bytes.size(), 164U);
  const auto feedback = ParseOnly<TransportFeedback>(bytes);
  ASSERT_TRUE(feedback.has_value());
  EXPECT_EQ(feedback->base, TransportSeqNum(0x003A));
  EXPECT_EQ(feedback->status_count, 131);
  EXPECT_EQ(feedback->feedback_count, 0x1D);
  // The first chunk, 0xD08A, says 01 00 00 10 00 10 10.
  ASSERT_GE(feedback->received.size(), 4U);
  EXPECT_EQ(feedback->received[0].sequence_number, TransportSeqNum(0x3A));
  EXPECT_EQ(feedback->received[1].sequence_number, TransportSeqNum(0x3D));
  EXPECT_EQ(feedback->received[2].sequence_number, TransportSeqNum(0x3F));
  EXPECT_EQ(feedback->received[3].sequence_number, TransportSeqNum(0x40));
  EXPECT_EQ(feedback->received[0].arrival, 0x008DDA * milliseconds(64) + 0xB8 * microseconds(250));
  EXPECT_EQ(feedback->received[1].arrival - feedback->received[0].arrival,
            static_cast<int16_t>(0xFD15) * microseconds(250));
  EXPECT_EQ(*ParseOnly<TransportFeedback>(Serialized(*feedback)), *feedback);
}

TEST(TransportFeedback, WritesARunInOneChunk) {
  std::vector<TransportArrival> arrivals;
  for (int i = 0; i < 100; ++i) arrivals.push_back(At(i, i * milliseconds(1)));
  const auto messages = Build(0, arrivals);
  ASSERT_EQ(messages.size(), 1U);
  const auto bytes = Serialized(messages[0]);
  EXPECT_EQ(bytes.size(), 20U + 2 + 100 + 2);
  EXPECT_EQ(bytes[20], 0x20);
  EXPECT_EQ(bytes[21], 100);
  EXPECT_EQ(*ParseOnly<TransportFeedback>(bytes), messages[0]);
}

TEST(TransportFeedback, ReportsLossBeforeTheFirstArrival) {
  const std::vector<TransportArrival> arrivals = {At(5, milliseconds(0))};
  const auto messages = Build(65'534, arrivals);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].base, TransportSeqNum(65'534));
  EXPECT_EQ(messages[0].status_count, 8);
  ASSERT_EQ(messages[0].received.size(), 1U);
  EXPECT_EQ(*ParseOnly<TransportFeedback>(Serialized(messages[0])), messages[0]);
}

TEST(TransportFeedback, TimeTooFarApartBeginsAnotherMessage) {
  const std::vector<TransportArrival> arrivals = {At(1, seconds(0)), At(2, seconds(8)),
                                                  At(3, seconds(17)), At(5, seconds(8))};
  const auto messages = BuildTransportFeedback(kSender, kMedia, 255, TransportSeqNum(1), arrivals);
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[0].received.size(), 2U);
  EXPECT_EQ(messages[0].feedback_count, 255);
  EXPECT_EQ(messages[1].feedback_count, 0);
  EXPECT_EQ(messages[2].base, TransportSeqNum(4)) << "4 is lost";
  EXPECT_EQ(messages[2].status_count, 2);
}

TEST(TransportFeedback, AHugeGapIsStillReported) {
  const std::vector<TransportArrival> arrivals = {At(0, seconds(0)), At(30'000, seconds(1)),
                                                  At(60'000, seconds(2)), At(90'000, seconds(3))};
  const auto messages = Build(0, arrivals);
  ASSERT_EQ(messages.size(), 2U) << "65535 statuses are the most";
  EXPECT_EQ(messages[0].status_count, 60'001);
  EXPECT_EQ(messages[1].base, TransportSeqNum(60'001));
  EXPECT_EQ(messages[1].status_count, 30'000);
  for (const auto& message : messages) {
    const auto bytes = Serialized(message);
    EXPECT_LT(bytes.size(), 60U);
    EXPECT_EQ(*ParseOnly<TransportFeedback>(bytes), message);
  }
}

TEST(TransportFeedback, DuplicatesAndDisorderAreLeftOut) {
  const std::vector<TransportArrival> arrivals = {At(1, milliseconds(0)), At(1, milliseconds(1)),
                                                  At(3, milliseconds(2)), At(2, milliseconds(3))};
  const auto messages = Build(1, arrivals);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].received.size(), 2U);
  EXPECT_EQ(messages[0].status_count, 3);
}

TEST(TransportFeedback, TheReferenceTimeWrapsWithoutAJump) {
  // Two packets on both sides of a wrap of the 24 bits.
  const TimeDelta wrap =
      TransportFeedback::kReferencePeriod * 1000 + TransportFeedback::kReferencePeriod / 2;
  const std::vector<TransportArrival> arrivals = {
      {.sequence_number = TransportSeqNum(1), .arrival = Timestamp(wrap - milliseconds(10))},
      {.sequence_number = TransportSeqNum(2), .arrival = Timestamp(wrap + milliseconds(10))}};
  const auto messages = Build(1, arrivals);
  ASSERT_EQ(messages.size(), 1U);
  const auto parsed = ParseOnly<TransportFeedback>(Serialized(messages[0]));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(*parsed, messages[0]);
  EXPECT_EQ(parsed->received[1].arrival - parsed->received[0].arrival, milliseconds(20));
}

TEST(TransportFeedback, AnyLossAndDelayRoundTripsWithinTheSize) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SeededRandom random(seed);
    const uint32_t loss = random.NextU32() % 101;
    const uint32_t jitter_us = 1U << (random.NextU32() % 22);
    std::vector<TransportArrival> arrivals;
    TimeDelta time{};
    const int first = static_cast<int>(random.NextU32() % 65'536);
    std::map<uint16_t, Timestamp> expected;
    for (int i = 0; i < 2000; ++i) {
      time += microseconds(static_cast<int64_t>(random.NextU32() % jitter_us) - jitter_us / 4);
      if (random.NextU32() % 100 < loss) continue;
      arrivals.push_back(At(first + i, time));
      expected[arrivals.back().sequence_number.value()] = arrivals.back().arrival;
    }
    std::size_t reported = 0;
    auto next = TransportSeqNum(static_cast<uint16_t>(first));
    for (const auto& message : Build(next.value(), arrivals, 400)) {
      const auto bytes = Serialized(message);
      ASSERT_LE(bytes.size(), 400U) << "seed " << seed;
      const auto parsed = ParseOnly<TransportFeedback>(bytes);
      ASSERT_TRUE(parsed.has_value()) << "seed " << seed;
      ASSERT_EQ(*parsed, message) << "seed " << seed;
      ASSERT_EQ(parsed->base, next) << "seed " << seed << ": a gap between two messages";
      next = parsed->base + static_cast<int16_t>(parsed->status_count);
      for (const auto& packet : parsed->received) {
        const auto arrival = expected.at(packet.sequence_number.value()).time_since_epoch();
        const auto error = (arrival - packet.arrival) % TransportFeedback::kReferencePeriod;
        ASSERT_GE(error, TimeDelta(0)) << "seed " << seed;
        ASSERT_LT(error, TransportFeedback::kTick) << "seed " << seed;
        ++reported;
      }
    }
    ASSERT_EQ(reported, arrivals.size()) << "seed " << seed;
  }
}

TEST(TransportFeedback, RejectsWhatContradictsItself) {
  constexpr auto kHead = "00000001 00000002 ";
  const auto parse = [&](const std::string& head, const std::string& rest) {
    return ParseOnly<TransportFeedback>(FromHex(head + kHead + rest));
  };
  EXPECT_EQ(parse("8fcd0005", "00010000 00000000 20010000").error(), DropReason::kMalformed)
      << "no packet at all";
  EXPECT_EQ(parse("8fcd0004", "0001ffff 00000000").error(), DropReason::kTruncated) << "no chunks";
  EXPECT_EQ(parse("8fcd0005", "00010005 00000000 20050101").error(), DropReason::kTruncated)
      << "five arrivals, two deltas";
  EXPECT_EQ(parse("8fcd0005", "00010001 00000000 60010000").error(), DropReason::kMalformed)
      << "reserved symbol";
  const auto lost = parse("8fcd0008", "0001ffff 00000000 1fff1fff 1fff1fff 1fff1fff 1fff1fff");
  ASSERT_FALSE(lost.has_value()) << "8 runs of 8191 are 65528";
  const auto all_lost =
      parse("8fcd0009", "0001ffff 00000000 1fff1fff 1fff1fff 1fff1fff 1fff1fff 00070000");
  ASSERT_TRUE(all_lost.has_value());
  EXPECT_EQ(all_lost->status_count, 65'535);
  EXPECT_TRUE(all_lost->received.empty());
}

}  // namespace
}  // namespace stellwerk
