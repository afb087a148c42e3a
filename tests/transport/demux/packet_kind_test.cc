#include "transport/demux/packet_kind.h"

#include <gtest/gtest.h>

#include <array>

namespace stellwerk {
namespace {

TEST(PacketKind, EveryFirstByteHasItsPlace) {
  for (int first = 0; first < 256; ++first) {
    const std::array<uint8_t, 2> packet = {static_cast<uint8_t>(first), 96};
    PacketKind expected = PacketKind::kUnknown;
    if (first <= 3) expected = PacketKind::kStun;
    if (first >= 20 && first <= 63) expected = PacketKind::kDtls;
    if (first >= 128 && first <= 191) expected = PacketKind::kRtp;
    EXPECT_EQ(ClassifyPacket(packet), expected) << first;
  }
}

TEST(PacketKind, RtcpIsToldFromRtpByTheSecondByte) {
  for (int second = 0; second < 256; ++second) {
    const std::array<uint8_t, 2> packet = {0x80, static_cast<uint8_t>(second)};
    const bool rtcp = second >= 192 && second <= 223;
    EXPECT_EQ(ClassifyPacket(packet), rtcp ? PacketKind::kRtcp : PacketKind::kRtp) << second;
  }
}

TEST(PacketKind, NothingIsKnownAboutAByteAlone) {
  const std::array<uint8_t, 1> packet = {0x80};
  EXPECT_EQ(ClassifyPacket(packet), PacketKind::kUnknown);
  EXPECT_EQ(ClassifyPacket({}), PacketKind::kUnknown);
}

}  // namespace
}  // namespace stellwerk
