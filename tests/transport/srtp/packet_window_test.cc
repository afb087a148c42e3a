#include "transport/srtp/packet_window.h"

#include <gtest/gtest.h>

#include <set>

#include "rtc/base/random.h"
#include "transport/srtp/srtp_index.h"

namespace stellwerk {
namespace {

using Verdict = PacketWindow::Verdict;

TEST(PacketWindow, AgreesWithASetOverARandomWalk) {
  PacketWindow window;
  std::set<uint64_t> used;
  SeededRandom random(17);
  uint64_t position = 70'000;
  for (int i = 0; i < 20'000; ++i) {
    position += random.NextU32() % 40;
    if (random.NextU32() % 500 == 0) position += 3 * PacketWindow::kSize;
    const uint64_t index = position - random.NextU32() % 1500;
    const uint64_t newest = used.empty() ? 0 : *used.rbegin();
    Verdict expected = Verdict::kNew;
    if (!used.empty() && index + PacketWindow::kSize <= newest) {
      expected = Verdict::kTooOld;
    } else if (used.contains(index)) {
      expected = Verdict::kUsed;
    }
    ASSERT_EQ(window.Check(index), expected) << i;
    if (expected != Verdict::kNew) continue;
    window.Use(index);
    used.insert(index);
  }
}

TEST(SrtpIndex, FollowsAppendixAOfRfc3711) {
  EXPECT_EQ(EstimateSrtpIndex(std::nullopt, SeqNum(40'000)), 40'000U);
  EXPECT_EQ(EstimateSrtpIndex(65'535, SeqNum(0)), 65'536U);
  EXPECT_EQ(EstimateSrtpIndex(65'536, SeqNum(65'535)), 65'535U);
  EXPECT_EQ(EstimateSrtpIndex(0x2'0000, SeqNum(0x8000)), 0x2'8000U);
  EXPECT_EQ(EstimateSrtpIndex(0x2'0000, SeqNum(0x8001)), 0x1'8001U);
  EXPECT_EQ(EstimateSrtpIndex(0x2'8000, SeqNum(0)), 0x2'0000U);
  EXPECT_EQ(EstimateSrtpIndex(0x2'8001, SeqNum(0)), 0x3'0000U);
  EXPECT_EQ(EstimateSrtpIndex(5, SeqNum(60'000)), std::nullopt);
}

TEST(SrtpIndex, MeasuresRtpHeaders) {
  std::vector<uint8_t> packet(12);
  packet[0] = 0x80;
  EXPECT_EQ(RtpHeaderSizeOf(packet), 12U);
  packet[0] = 0x92;  // an extension and two CSRCs
  EXPECT_EQ(RtpHeaderSizeOf(packet), std::nullopt);
  packet.resize(28);
  packet[23] = 1;
  EXPECT_EQ(RtpHeaderSizeOf(packet), 28U);
  packet[23] = 2;
  EXPECT_EQ(RtpHeaderSizeOf(packet), std::nullopt);
}

}  // namespace
}  // namespace stellwerk
