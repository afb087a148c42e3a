#include "transport/srtp/srtp_sender.h"

#include <gtest/gtest.h>

#include "tests/transport/srtp/reference_srtp.h"
#include "tests/transport/srtp/srtp_packets.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;

class SrtpSenderTest : public testing::TestWithParam<SrtpProfile> {
 protected:
  SrtpKeys keys_ = MakeKeys(GetParam());
  SrtpSender sender_{keys_};

  Expected<Bytes, DropReason> Protect(const Bytes& packet) {
    Bytes buffer = packet;
    buffer.resize(packet.size() + kMaxSrtpOverhead);
    const auto size = sender_.ProtectRtp(buffer, packet.size());
    if (!size) return Unexpected(size.error());
    buffer.resize(*size);
    return buffer;
  }
  Bytes Reference(const Bytes& packet, uint64_t index) {
    return ReferenceProtectRtp(DeriveSessionKeys(keys_, false), GetParam(), packet, 12, index);
  }
};
INSTANTIATE_TEST_SUITE_P(Profiles, SrtpSenderTest, testing::ValuesIn(kAllSrtpProfiles));

TEST_P(SrtpSenderTest, CountsRollOvers) {
  for (uint64_t index = 30'000; index < 200'000; index += 7'777) {
    const Bytes packet = MakeRtp(static_cast<uint16_t>(index));
    EXPECT_EQ(Protect(packet).value(), Reference(packet, index)) << index;
  }
}

TEST_P(SrtpSenderTest, NeverProtectsAnIndexTwice) {
  ASSERT_TRUE(Protect(MakeRtp(100)));
  EXPECT_EQ(Protect(MakeRtp(100)).error(), DropReason::kDuplicate);
  ASSERT_TRUE(Protect(MakeRtp(101)));
  EXPECT_EQ(Protect(MakeRtp(100, 0xCAFEBABE, 60)).error(), DropReason::kDuplicate);
}

TEST_P(SrtpSenderTest, TakesALatePacketOnce) {
  ASSERT_TRUE(Protect(MakeRtp(100)));
  ASSERT_TRUE(Protect(MakeRtp(103)));
  EXPECT_EQ(Protect(MakeRtp(101)).value(), Reference(MakeRtp(101), 101));
  EXPECT_EQ(Protect(MakeRtp(101)).error(), DropReason::kDuplicate);
}

TEST_P(SrtpSenderTest, TakesALatePacketFromBeforeTheRollOver) {
  ASSERT_TRUE(Protect(MakeRtp(30'000)));
  ASSERT_TRUE(Protect(MakeRtp(60'000)));
  ASSERT_TRUE(Protect(MakeRtp(65'534)));
  EXPECT_EQ(Protect(MakeRtp(1)).value(), Reference(MakeRtp(1), 65'537));
  EXPECT_EQ(Protect(MakeRtp(65'535)).value(), Reference(MakeRtp(65'535), 65'535));
}

TEST_P(SrtpSenderTest, RefusesWhatLiesTooFarBehind) {
  ASSERT_TRUE(Protect(MakeRtp(5000)));
  EXPECT_EQ(Protect(MakeRtp(5000 - PacketWindow::kSize)).error(), DropReason::kSrtpTooOld);
  EXPECT_TRUE(Protect(MakeRtp(5000 - PacketWindow::kSize + 1)));
}

TEST_P(SrtpSenderTest, RefusesToGoBehindIndexZero) {
  ASSERT_TRUE(Protect(MakeRtp(3)));
  EXPECT_EQ(Protect(MakeRtp(65'000)).error(), DropReason::kSrtpTooOld);
}

TEST_P(SrtpSenderTest, RemembersAnSsrcForAsLongAsTheKeys) {
  EXPECT_FALSE(sender_.WasUsed(Ssrc(0xCAFEBABE)));
  ASSERT_TRUE(Protect(MakeRtp(100)));
  EXPECT_TRUE(sender_.WasUsed(Ssrc(0xCAFEBABE)));
  EXPECT_FALSE(sender_.WasUsed(Ssrc(1)));
  SrtpSender moved = std::move(sender_);
  EXPECT_TRUE(moved.WasUsed(Ssrc(0xCAFEBABE)));
}

TEST_P(SrtpSenderTest, SpendsNoIndexOnAPacketWithoutRoom) {
  Bytes packet = MakeRtp(100);
  EXPECT_EQ(sender_.ProtectRtp(packet, packet.size()).error(), DropReason::kTooLarge);
  EXPECT_TRUE(Protect(MakeRtp(100)));
}

TEST_P(SrtpSenderTest, ProtectsLaterAtTheIndexTakenBefore) {
  std::vector<Bytes> buffers;
  std::vector<ProtectJob> jobs;
  for (const uint64_t index : {40'000, 65'535, 65'536, 65'534}) {
    Bytes& buffer = buffers.emplace_back(MakeRtp(static_cast<uint16_t>(index)));
    const std::size_t size = buffer.size();
    buffer.resize(size + kMaxSrtpOverhead);
    jobs.push_back(sender_.PrepareRtp(buffer, size).value());
    EXPECT_EQ(jobs.back().index, index);
  }
  // Taken, though not yet done.
  EXPECT_EQ(Protect(MakeRtp(65'534)).error(), DropReason::kDuplicate);
  EXPECT_EQ(Protect(MakeRtp(1)).value(), Reference(MakeRtp(1), 65'537));

  buffers[0][20] ^= 0xFF;  // what is written until then counts
  Bytes changed = MakeRtp(40'000);
  changed[20] ^= 0xFF;
  ProtectBatch(jobs);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    buffers[i].resize(jobs[i].result.value());
    const Bytes plain = i == 0 ? changed : MakeRtp(static_cast<uint16_t>(jobs[i].index));
    EXPECT_EQ(buffers[i], Reference(plain, jobs[i].index)) << i;
  }
}

TEST_P(SrtpSenderTest, PreparesNothingThatItWouldNotProtect) {
  Bytes tight = MakeRtp(100);
  EXPECT_EQ(sender_.PrepareRtp(tight, tight.size()).error(), DropReason::kTooLarge);
  Bytes zeros(100);
  EXPECT_EQ(sender_.PrepareRtp(zeros, 50).error(), DropReason::kMalformed);
  EXPECT_TRUE(Protect(MakeRtp(100)));
}

TEST_P(SrtpSenderTest, TellsOfAHeaderCutShortOnlyWhenTheJobIsDone) {
  Bytes packet = FromHex("8F600005 00000000 00000001");  // CSRCs that are not there
  const std::size_t size = packet.size();
  packet.resize(size + kMaxSrtpOverhead);
  std::vector<ProtectJob> jobs = {sender_.PrepareRtp(packet, size).value()};
  ProtectBatch(jobs);
  EXPECT_EQ(jobs.front().result.error(), DropReason::kMalformed);
}

TEST_P(SrtpSenderTest, NumbersRtcpPerSender) {
  const auto session = DeriveSessionKeys(keys_, true);
  uint32_t expected = 1;
  for (const uint32_t ssrc : {0xAU, 0xAU, 0xBU, 0xAU}) {
    const Bytes packet = MakeRtcp(ssrc);
    Bytes buffer = packet;
    buffer.resize(packet.size() + kMaxSrtpOverhead);
    const auto size = sender_.ProtectRtcp(buffer, packet.size());
    buffer.resize(size.value());
    const uint32_t index = ssrc == 0xB ? 1 : expected++;
    EXPECT_EQ(buffer, ReferenceProtectRtcp(session, GetParam(), packet, index));
  }
}

TEST_P(SrtpSenderTest, RefusesWhatIsNotRtp) {
  Bytes buffer(100);
  EXPECT_EQ(sender_.ProtectRtp(buffer, 50).error(), DropReason::kMalformed);
  EXPECT_EQ(sender_.ProtectRtcp(buffer, 4).error(), DropReason::kMalformed);
}

}  // namespace
}  // namespace stellwerk
