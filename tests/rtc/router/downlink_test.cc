#include "rtc/router/downlink.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class DownlinkTest : public ::testing::Test {
 protected:
  static constexpr uint16_t kOffset = 20;

  DownlinkTest() { downlink_.SetEstimated(true); }

  // Appends a packet without payload and says where it is.
  std::size_t Append(RtpClass media_class, uint16_t size = 250, uint32_t ssrc = 1) {
    OutgoingRtp& rtp = out_.rtp.emplace_back();
    rtp.transport = TransportId(1);
    rtp.ssrc = Ssrc(ssrc);
    rtp.media_class = media_class;
    rtp.prefix.fill(0);
    rtp.prefix_size = size;
    rtp.transport_cc_offset = kOffset;
    rtp.arrival = now_;
    return out_.rtp.size() - 1;
  }
  void Offer(RtpClass media_class, uint16_t size = 250) {
    const std::size_t first = Append(media_class, size);
    downlink_.Admit(first, now_, out_);
  }
  static uint16_t NumberOf(const OutgoingRtp& rtp) {
    return static_cast<uint16_t>(rtp.prefix[kOffset] << 8 | rtp.prefix[kOffset + 1]);
  }
  // Runs the clock on and says when each packet went.
  std::vector<std::pair<Timestamp, OutgoingRtp>> RunUntilEmpty(TimeDelta limit) {
    std::vector<std::pair<Timestamp, OutgoingRtp>> gone;
    const Timestamp end = now_ + limit;
    while (downlink_.NextTimeout() <= end) {
      now_ = std::max(now_, downlink_.NextTimeout());
      out_.Clear();
      downlink_.HandleTimeout(now_);
      downlink_.Release(now_, out_);
      // There is nothing to make it of.
      static_cast<void>(downlink_.PaddingNeeded(now_));
      for (OutgoingRtp& rtp : out_.rtp) gone.emplace_back(now_, rtp);
    }
    return gone;
  }

  Downlink downlink_;
  RtcOutbox out_;
  Timestamp now_{seconds(1000)};
};

TEST_F(DownlinkTest, NumbersPacketsInTheOrderInWhichTheyGo) {
  for (int i = 0; i < 100; ++i) Offer(RtpClass::kVideo);
  Offer(RtpClass::kAudio);
  ASSERT_GE(out_.rtp.size(), 2U);
  ASSERT_LT(out_.rtp.size(), 101U) << "a burst of 25 kB has to wait in part";
  EXPECT_EQ(out_.rtp.back().media_class, RtpClass::kAudio);
  std::vector<OutgoingRtp> all = out_.rtp;
  for (auto& [when, rtp] : RunUntilEmpty(seconds(3))) all.push_back(rtp);
  ASSERT_EQ(all.size(), 101U);
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_EQ(NumberOf(all[i]), static_cast<uint16_t>(NumberOf(all[i - 1]) + 1));
  }
}

TEST_F(DownlinkTest, SpreadsABurstWithinABound) {
  // 25 kB at the 500 kb/s of the start are 400 ms; the pacer may go faster, but not at once.
  for (int i = 0; i < 100; ++i) Offer(RtpClass::kVideo);
  const Timestamp start = now_;
  const auto gone = RunUntilEmpty(seconds(3));
  ASSERT_FALSE(gone.empty());
  EXPECT_GT(gone.back().first - start, milliseconds(50));
  EXPECT_LT(gone.back().first - start, milliseconds(500));
}

TEST_F(DownlinkTest, CountsWhatHadToWaitAndHowLong) {
  for (int i = 0; i < 100; ++i) Offer(RtpClass::kVideo);
  const std::size_t at_once = out_.rtp.size();
  EXPECT_EQ(out_.pacing.packets, 0U);
  const Timestamp start = now_;
  for (const OutgoingRtp& rtp : out_.rtp) EXPECT_EQ(rtp.arrival, start);
  std::array<uint64_t, PacingCounters::kLimits.size()> longer{};
  for (const auto& [when, rtp] : RunUntilEmpty(seconds(3))) {
    for (std::size_t i = 0; i < longer.size(); ++i) {
      if (when - start > PacingCounters::kLimits[i]) ++longer[i];
    }
    EXPECT_EQ(rtp.arrival, Timestamp()) << "counted as our own slowness";
  }
  EXPECT_EQ(out_.pacing.packets, 100 - at_once);
  EXPECT_EQ(out_.pacing.longer, longer);
  EXPECT_GT(longer.back(), 0U);
  EXPECT_LT(longer.back(), longer.front());
}

TEST_F(DownlinkTest, KeepsTheOrderOfAStreamWhenPartOfItWaits) {
  std::vector<uint8_t> order;
  for (uint8_t i = 0; i < 60; ++i) {
    const std::size_t first = Append(RtpClass::kVideo, 232);
    out_.rtp[first].prefix[0] = i;
    downlink_.Admit(first, now_, out_);
    now_ += milliseconds(1);
  }
  for (const OutgoingRtp& rtp : out_.rtp) order.push_back(rtp.prefix[0]);
  for (auto& [when, rtp] : RunUntilEmpty(seconds(3))) order.push_back(rtp.prefix[0]);
  ASSERT_EQ(order.size(), 60U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(DownlinkTest, HoldsNothingBackFromAReceiverWhoNeverTellsWhatArrives) {
  downlink_.SetEstimated(false);
  for (int i = 0; i < 100; ++i) Offer(RtpClass::kVideo);
  EXPECT_EQ(out_.rtp.size(), 100U);
}

TEST_F(DownlinkTest, ForgetsWhatWaitsWhenItIsCleared) {
  for (int i = 0; i < 100; ++i) Offer(RtpClass::kVideo);
  downlink_.Clear();
  EXPECT_TRUE(RunUntilEmpty(seconds(1)).empty());
}

}  // namespace
}  // namespace stellwerk
