#include "rtc/base/packet_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace stellwerk {
namespace {

TEST(PacketPool, GivesTheSmallestBufferThatFits) {
  PacketPool pool;
  EXPECT_EQ(pool.Allocate(1).capacity(), 128U);
  EXPECT_EQ(pool.Allocate(128).capacity(), 128U);
  EXPECT_EQ(pool.Allocate(1200).capacity(), 1664U);
  EXPECT_EQ(pool.Allocate(65535).capacity(), 65535U);
}

TEST(PacketPool, ReusesABufferThatCameBack) {
  PacketPool pool;
  const uint8_t* address = pool.Allocate(100).bytes().data();
  EXPECT_EQ(pool.outstanding(), 0U);
  const PacketRef again = pool.Allocate(100);
  EXPECT_EQ(again.bytes().data(), address);
  EXPECT_EQ(again.size(), 0U) << "nothing of the last packet shows";
}

TEST(PacketPool, ABufferThatCameBackHasForgottenWhenItArrived) {
  PacketPool pool;
  pool.Allocate(10).set_arrival(Timestamp(std::chrono::seconds(7)));
  EXPECT_EQ(pool.Allocate(10).arrival(), Timestamp());
}

TEST(PacketRef, KeepsTheBufferUntilTheLastHolderIsGone) {
  PacketPool pool;
  const std::array<uint8_t, 3> bytes = {1, 2, 3};
  PacketRef first = pool.Copy(bytes);
  PacketRef second = first;
  EXPECT_FALSE(first.unique());
  first = PacketRef();
  EXPECT_EQ(pool.outstanding(), 1U);
  EXPECT_TRUE(second.unique());
  EXPECT_THAT(second.bytes(), testing::ElementsAre(1, 2, 3));
  PacketRef moved = std::move(second);
  EXPECT_EQ(pool.outstanding(), 1U);
  moved = PacketRef();
  EXPECT_EQ(pool.outstanding(), 0U);
}

TEST(PacketRef, CopyLeavesTheTailroomAskedFor) {
  PacketPool pool;
  const std::array<uint8_t, 120> bytes{};
  const PacketRef packet = pool.Copy(bytes, 16);
  EXPECT_EQ(packet.size(), 120U);
  EXPECT_GE(packet.capacity(), 136U);
}

TEST(PacketRefDeathTest, ASharedPacketCannotBeWritten) {
  PacketPool pool;
  PacketRef packet = pool.Allocate(10);
  const PacketRef other = packet;
  EXPECT_DEATH(static_cast<void>(packet.mutable_buffer()), "broken invariant");
}

}  // namespace
}  // namespace stellwerk
