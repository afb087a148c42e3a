#include "transport/srtp/srtp_receiver.h"

#include <gtest/gtest.h>

#include "tests/transport/srtp/reference_srtp.h"
#include "tests/transport/srtp/srtp_packets.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;

class SrtpReceiverTest : public testing::TestWithParam<SrtpProfile> {
 protected:
  SrtpKeys keys_ = MakeKeys(GetParam());
  SrtpReceiver receiver_{keys_};

  Bytes Seal(uint64_t index, uint32_t ssrc = 0xCAFEBABE) {
    return ReferenceProtectRtp(DeriveSessionKeys(keys_, false), GetParam(),
                               MakeRtp(static_cast<uint16_t>(index), ssrc), 12, index);
  }
  Bytes SealRtcp(uint32_t index, uint32_t ssrc = 0xCAFEBABE) {
    return ReferenceProtectRtcp(DeriveSessionKeys(keys_, true), GetParam(), MakeRtcp(ssrc), index);
  }
  // The plaintext.
  Expected<Bytes, DropReason> Open(Bytes packet) {
    const auto size = receiver_.UnprotectRtp(packet);
    if (!size) return Unexpected(size.error());
    packet.resize(*size);
    return packet;
  }
  Expected<Bytes, DropReason> OpenRtcp(Bytes packet) {
    const auto size = receiver_.UnprotectRtcp(packet);
    if (!size) return Unexpected(size.error());
    packet.resize(*size);
    return packet;
  }
  static Bytes Forge(Bytes packet) {
    packet.back() ^= 0x80;
    return packet;
  }
};
INSTANTIATE_TEST_SUITE_P(Profiles, SrtpReceiverTest, testing::ValuesIn(kAllSrtpProfiles));

TEST_P(SrtpReceiverTest, FollowsRollOversThroughLossAndReordering) {
  for (const uint64_t index :
       {65'000, 65'534, 65'537, 65'535, 65'536, 90'000, 120'000, 131'071, 131'080, 131'072}) {
    const auto packet = Open(Seal(index));
    ASSERT_TRUE(packet) << index << " " << ToString(packet.error());
    EXPECT_EQ(*packet, MakeRtp(static_cast<uint16_t>(index)));
  }
}

TEST_P(SrtpReceiverTest, RefusesReplays) {
  ASSERT_TRUE(Open(Seal(10)));
  EXPECT_EQ(Open(Seal(10)).error(), DropReason::kSrtpReplayed);
  ASSERT_TRUE(Open(Seal(12)));
  ASSERT_TRUE(Open(Seal(11)));
  EXPECT_EQ(Open(Seal(11)).error(), DropReason::kSrtpReplayed);
  EXPECT_EQ(Open(Seal(10)).error(), DropReason::kSrtpReplayed);
}

TEST_P(SrtpReceiverTest, FollowsTheNumbersOfWhatItSkips) {
  // More than half the range of the sequence numbers: without them it would guess the wrong index.
  ASSERT_TRUE(Open(Seal(10)));
  for (const uint64_t index : {30'000, 60'000, 90'000, 120'000}) {
    const Bytes packet = Seal(index);
    const auto size = receiver_.SkipRtp(packet);
    ASSERT_TRUE(size);
    EXPECT_EQ(*size, packet.size());
  }
  EXPECT_EQ(receiver_.SkipRtp(Seal(120'000)).error(), DropReason::kSrtpReplayed);
  EXPECT_EQ(Open(Seal(120'000)).error(), DropReason::kSrtpReplayed);
  EXPECT_TRUE(Open(Seal(120'001)));
  EXPECT_EQ(receiver_.SkipRtp(Bytes(11, 0x80)).error(), DropReason::kMalformed);
}

TEST_P(SrtpReceiverTest, RefusesWhatIsOlderThanItsWindow) {
  ASSERT_TRUE(Open(Seal(5000)));
  EXPECT_EQ(Open(Seal(5000 - PacketWindow::kSize)).error(), DropReason::kSrtpTooOld);
  EXPECT_TRUE(Open(Seal(5000 - PacketWindow::kSize + 1)));
}

TEST_P(SrtpReceiverTest, KeepsItsStateThroughForgeries) {
  ASSERT_TRUE(Open(Seal(1000)));
  // Forged: a number not yet seen, one far ahead that would move the window, one near the
  // roll-over.
  for (const uint64_t index : {1001, 30'000, 33'000, 65'535}) {
    EXPECT_FALSE(Open(Forge(Seal(index)))) << index;
  }
  EXPECT_TRUE(Open(Seal(1001)));
  EXPECT_TRUE(Open(Seal(999)));
  EXPECT_EQ(Open(Seal(1000)).error(), DropReason::kSrtpReplayed);
}

TEST_P(SrtpReceiverTest, SaysThatAForgeryIsOne) {
  ASSERT_TRUE(Open(Seal(1000)));
  EXPECT_EQ(Open(Forge(Seal(1001))).error(), DropReason::kSrtpAuthFailed);
  EXPECT_EQ(OpenRtcp(Forge(SealRtcp(1))).error(), DropReason::kSrtpAuthFailed);
}

TEST_P(SrtpReceiverTest, LetsNoForgeryTakeUpRoomForSsrcs) {
  for (uint32_t ssrc = 0; ssrc < 2 * SrtpReceiver::kMaxStreams; ++ssrc) {
    EXPECT_FALSE(Open(Forge(Seal(1, ssrc))));
    EXPECT_FALSE(OpenRtcp(Forge(SealRtcp(1, ssrc))));
  }
  EXPECT_TRUE(Open(Seal(1, 7)));
}

TEST_P(SrtpReceiverTest, ServesABoundedNumberOfSsrcs) {
  for (uint32_t ssrc = 0; ssrc < SrtpReceiver::kMaxStreams; ++ssrc) {
    ASSERT_TRUE(Open(Seal(1, ssrc)));
  }
  EXPECT_EQ(Open(Seal(1, 0xFFFF)).error(), DropReason::kUnknownStream);
  EXPECT_EQ(OpenRtcp(SealRtcp(1, 0xFFFF)).error(), DropReason::kUnknownStream);
  EXPECT_TRUE(Open(Seal(2, 5)));
  EXPECT_TRUE(OpenRtcp(SealRtcp(1, 5)));
}

TEST_P(SrtpReceiverTest, RefusesReplaysOfRtcp) {
  ASSERT_TRUE(OpenRtcp(SealRtcp(5)));
  EXPECT_EQ(OpenRtcp(SealRtcp(5)).error(), DropReason::kSrtpReplayed);
  EXPECT_EQ(OpenRtcp(SealRtcp(4)).value(), MakeRtcp());
  EXPECT_FALSE(OpenRtcp(Forge(SealRtcp(9000))));
  EXPECT_TRUE(OpenRtcp(SealRtcp(6)));
  // Libsrtp2's own window is narrower than ours.
  ASSERT_TRUE(OpenRtcp(SealRtcp(900)));
  EXPECT_TRUE(OpenRtcp(SealRtcp(100)));
  EXPECT_EQ(OpenRtcp(SealRtcp(100)).error(), DropReason::kSrtpReplayed);
  ASSERT_TRUE(OpenRtcp(SealRtcp(5000)));
  EXPECT_EQ(OpenRtcp(SealRtcp(900)).error(), DropReason::kSrtpTooOld);
}

TEST_P(SrtpReceiverTest, KeepsStreamsApart) {
  ASSERT_TRUE(Open(Seal(60'000, 1)));
  ASSERT_TRUE(Open(Seal(65'540, 1)));
  EXPECT_TRUE(Open(Seal(5, 2)));
  EXPECT_TRUE(Open(Seal(65'541, 1)));
}

TEST_P(SrtpReceiverTest, RefusesTheOtherDirectionsKeys) {
  SrtpReceiver other(MakeKeys(GetParam(), 2));
  Bytes packet = Seal(1);
  EXPECT_EQ(other.UnprotectRtp(packet).error(), DropReason::kSrtpAuthFailed);
}

}  // namespace
}  // namespace stellwerk
