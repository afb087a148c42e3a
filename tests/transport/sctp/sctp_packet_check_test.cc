#include "transport/sctp/sctp_packet_check.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/transport/sctp/sctp_pair.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;

// The common header, then the chunks.
Bytes Packet(const Bytes& chunks) {
  Bytes packet = {0x13, 0x88, 0x13, 0x88, 0, 0, 0, 0, 0, 0, 0, 0};
  packet.insert(packet.end(), chunks.begin(), chunks.end());
  return packet;
}

Bytes Init(const Bytes& parameters) {
  Bytes chunk = {1, 0, 0, static_cast<uint8_t>(20 + parameters.size())};
  chunk.resize(20);
  chunk.insert(chunk.end(), parameters.begin(), parameters.end());
  return Packet(chunk);
}

TEST(SctpPacketCheck, PassesWhatUsrsctpItselfSends) {
  SctpPair pair;
  int seen = 0;
  pair.loses = [](int) { return false; };
  pair.client.association.Connect(pair.now, pair.client.out);
  pair.server.association.Connect(pair.now, pair.server.out);
  static_cast<void>(pair.client.association.OpenChannel(pair.now, {.label = "x"}, pair.client.out));
  for (const auto* out : {&pair.client.out, &pair.server.out}) {
    for (const auto& packet : out->packets) {
      EXPECT_EQ(CheckSctpPacket(packet, false), std::nullopt);
      ++seen;
    }
  }
  EXPECT_GE(seen, 2);
  pair.Exchange();
  EXPECT_TRUE(pair.server.association.is_up());
}

TEST(SctpPacketCheck, RefusesAParameterOfLengthZero) {
  EXPECT_EQ(CheckSctpPacket(Init({0x80, 0x08, 0, 4}), false), std::nullopt);
  EXPECT_EQ(CheckSctpPacket(Init({0x80, 0x08, 0, 0}), false), DropReason::kMalformed);
  EXPECT_EQ(CheckSctpPacket(Init({0x80, 0x08, 0, 8}), false), DropReason::kMalformed);
}

TEST(SctpPacketCheck, RefusesARestartOfAnEstablishedAssociation) {
  EXPECT_EQ(CheckSctpPacket(Init({}), false), std::nullopt);
  EXPECT_EQ(CheckSctpPacket(Init({}), true), DropReason::kUnsupported);
}

TEST(SctpPacketCheck, RefusesChunksThatDoNotAddUp) {
  EXPECT_EQ(CheckSctpPacket(Packet({}), true), DropReason::kTruncated);
  EXPECT_EQ(CheckSctpPacket(Packet({11, 0, 0, 4}), true), std::nullopt);
  EXPECT_EQ(CheckSctpPacket(Packet({11, 0, 0, 3}), true), DropReason::kMalformed);
  EXPECT_EQ(CheckSctpPacket(Packet({11, 0, 0, 8}), true), DropReason::kTruncated);
  EXPECT_EQ(CheckSctpPacket(Packet({11, 0, 0, 4, 0}), true), DropReason::kMalformed);
}

TEST(SctpPacketCheck, RefusesASackThatAnnouncesMoreThanItHolds) {
  Bytes sack = {3, 0, 0, 16, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(CheckSctpPacket(Packet(sack), true), std::nullopt);
  sack[13] = 1;
  EXPECT_EQ(CheckSctpPacket(Packet(sack), true), DropReason::kMalformed);
}

TEST(SctpPacketCheck, RefusesExtensionsThatWeDoNotNegotiate) {
  for (const uint8_t type : {15, 64, 128, 129, 193}) {
    EXPECT_EQ(CheckSctpPacket(Packet({type, 0, 0, 4}), true), DropReason::kUnsupported) << +type;
  }
}

TEST(SctpPacketCheck, RefusesAnInitInCompany) {
  Bytes packet = Init({});
  packet.insert(packet.end(), {11, 0, 0, 4});
  EXPECT_EQ(CheckSctpPacket(packet, false), DropReason::kMalformed);
}

}  // namespace
}  // namespace stellwerk
