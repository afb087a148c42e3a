#include "transport/srtp/protector.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/transport/srtp/reference_srtp.h"
#include "tests/transport/srtp/srtp_packets.h"
#include "transport/srtp/srtp_index.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;

class EachBackend : public testing::TestWithParam<BackendAndProfile> {
 protected:
  SrtpProfile profile_ = std::get<SrtpProfile>(GetParam());
  SrtpBackend backend_ = std::get<SrtpBackend>(GetParam());
  SrtpKeys keys_ = MakeKeys(profile_);
  std::unique_ptr<Protector> sender_ = MakeProtector(keys_, SrtpDirection::kSend, backend_);
  std::unique_ptr<Protector> receiver_ = MakeProtector(keys_, SrtpDirection::kReceive, backend_);

  Bytes Protect(const Bytes& packet, uint64_t index) {
    Bytes buffer = packet;
    buffer.resize(packet.size() + kMaxSrtpOverhead);
    const auto size = sender_->ProtectRtp(buffer, packet.size(), index);
    buffer.resize(size.value());
    return buffer;
  }
  Bytes Reference(const Bytes& packet, uint64_t index) {
    return ReferenceProtectRtp(DeriveSessionKeys(keys_, false), profile_, packet,
                               RtpHeaderSizeOf(packet).value(), index);
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, EachBackend, EveryBackendAndProfile(), NameOfBackendAndProfile);

// Up and down, over roll-overs, far jumps, and the same again: the backend has no say in it.
constexpr uint64_t kIndices[] = {
    5,      6,      4,      65'535,        65'536, 65'535, 65'540,  131'072,
    32'768, 40'000, 98'304, 3'000'000'000, 7,      7,      100'000, 281'474'976'710'655,
    0,      32'768, 65'536};

TEST_P(EachBackend, ProtectsRtpAtWhateverIndexItIsGiven) {
  for (const uint64_t index : kIndices) {
    const Bytes packet = MakeRtp(static_cast<uint16_t>(index));
    EXPECT_EQ(Protect(packet, index), Reference(packet, index)) << index;
  }
}

TEST_P(EachBackend, UnprotectsRtpAtWhateverIndexItIsGiven) {
  for (const uint64_t index : kIndices) {
    const Bytes packet = MakeRtp(static_cast<uint16_t>(index));
    Bytes buffer = Reference(packet, index);
    const auto size = receiver_->UnprotectRtp(buffer, buffer.size(), index);
    ASSERT_TRUE(size) << index << " " << ToString(size.error());
    buffer.resize(*size);
    EXPECT_EQ(buffer, packet) << index;
  }
}

TEST_P(EachBackend, LeavesCsrcsAndExtensionsInTheClear) {
  Bytes packet = FromHex("93600001 00000000 CAFEBABE 00000001 00000002 00000003 BEDE0001 10AB0000");
  packet.insert(packet.end(), {1, 2, 3, 4, 5});
  const Bytes sealed = Protect(packet, 1);
  EXPECT_EQ(sealed, Reference(packet, 1));
  EXPECT_TRUE(std::equal(packet.begin(), packet.end() - 5, sealed.begin()));
}

TEST_P(EachBackend, KeepsSsrcsApart) {
  const Bytes a = MakeRtp(9, 0xAAAA);
  const Bytes b = MakeRtp(9, 0xBBBB);
  EXPECT_EQ(Protect(a, 0x50009), Reference(a, 0x50009));
  EXPECT_EQ(Protect(b, 9), Reference(b, 9));
  EXPECT_EQ(Protect(MakeRtp(10, 0xAAAA), 0x5000A), Reference(MakeRtp(10, 0xAAAA), 0x5000A));
}

TEST_P(EachBackend, ProtectsRtcpAtTheIndexGiven) {
  const auto session = DeriveSessionKeys(keys_, true);
  const Bytes packet = MakeRtcp();
  for (const uint32_t index : {1U, 2U, 3U, 100U, 101U, 50U}) {
    Bytes buffer = packet;
    buffer.resize(packet.size() + kMaxSrtpOverhead);
    const auto size = sender_->ProtectRtcp(buffer, packet.size(), index);
    ASSERT_TRUE(size) << index;
    buffer.resize(*size);
    EXPECT_EQ(buffer, ReferenceProtectRtcp(session, profile_, packet, index)) << index;
  }
}

TEST_P(EachBackend, UnprotectsRtcpAtTheIndexInThePacket) {
  const auto session = DeriveSessionKeys(keys_, true);
  const Bytes packet = MakeRtcp();
  for (const uint32_t index : {1U, 5000U, 4500U, 3U, 0x7FFFFFFFU, 3U}) {
    Bytes buffer = ReferenceProtectRtcp(session, profile_, packet, index);
    const auto size = receiver_->UnprotectRtcp(buffer, buffer.size());
    ASSERT_TRUE(size) << index << " " << ToString(size.error());
    buffer.resize(*size);
    EXPECT_EQ(buffer, packet);
  }
}

TEST_P(EachBackend, KeepsTheRtcpIndexWhenRtpStartsAnew) {
  const auto session = DeriveSessionKeys(keys_, true);
  const Bytes packet = MakeRtcp();
  for (uint32_t index = 1; index < 5; ++index) {
    Protect(MakeRtp(static_cast<uint16_t>(index)), uint64_t{index} << 20 | index);  // far jumps
    Bytes buffer = packet;
    buffer.resize(packet.size() + kMaxSrtpOverhead);
    const auto size = sender_->ProtectRtcp(buffer, packet.size(), index);
    buffer.resize(size.value());
    EXPECT_EQ(buffer, ReferenceProtectRtcp(session, profile_, packet, index));
  }
}

TEST_P(EachBackend, NeedsRoomForTheTag) {
  const Bytes packet = MakeRtp(1);
  Bytes exact = packet;
  exact.resize(packet.size() + SizesOf(profile_).rtp_overhead);
  Bytes tight = exact;
  tight.pop_back();
  EXPECT_EQ(sender_->ProtectRtp(tight, packet.size(), 1).error(), DropReason::kTooLarge);
  EXPECT_EQ(sender_->ProtectRtp(exact, packet.size(), 1).value(), exact.size());
}

TEST_P(EachBackend, FindsEveryFlippedByte) {
  const Bytes sealed = Reference(MakeRtp(1), 1);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    if (i == 2 || i == 3) continue;  // another sequence number is another index
    Bytes forged = sealed;
    forged[i] ^= 0x01;
    EXPECT_FALSE(receiver_->UnprotectRtp(forged, forged.size(), 1)) << i;
  }
  const Bytes sealed_rtcp =
      ReferenceProtectRtcp(DeriveSessionKeys(keys_, true), profile_, MakeRtcp(), 7);
  for (std::size_t i = 0; i < sealed_rtcp.size(); ++i) {
    Bytes forged = sealed_rtcp;
    forged[i] ^= 0x01;
    EXPECT_FALSE(receiver_->UnprotectRtcp(forged, forged.size())) << i;
  }
}

TEST_P(EachBackend, RefusesEveryTruncation) {
  const Bytes sealed = Reference(MakeRtp(1), 1);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    Bytes part(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(receiver_->UnprotectRtp(part, part.size(), 1)) << size;
  }
  const Bytes sealed_rtcp =
      ReferenceProtectRtcp(DeriveSessionKeys(keys_, true), profile_, MakeRtcp(), 7);
  for (std::size_t size = 0; size < sealed_rtcp.size(); ++size) {
    Bytes part(sealed_rtcp.begin(), sealed_rtcp.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(receiver_->UnprotectRtcp(part, part.size())) << size;
  }
}

}  // namespace
}  // namespace stellwerk
