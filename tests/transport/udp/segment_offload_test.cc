#include "transport/udp/segment_offload.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace stellwerk {
namespace {

SocketAddress Destination(uint16_t port) {
  return {.ip = IpAddress::V4({192, 0, 2, 1}), .port = port};
}

TEST(SegmentOffloadTest, RefusedDestinationGetsSingleDatagramsAndOthersKeepRuns) {
  SegmentOffload offload(true);
  offload.OnAccepted(1);
  EXPECT_TRUE(offload.Allows(Destination(1)));
  offload.OnRefused(Destination(1));
  EXPECT_FALSE(offload.Allows(Destination(1)));
  EXPECT_TRUE(offload.Allows(Destination(2)));
}

TEST(SegmentOffloadTest, RefusedDestinationIsTriedAgainAfterAWhile) {
  SegmentOffload offload(true);
  offload.OnAccepted(1'000);
  offload.OnRefused(Destination(1));
  offload.OnAccepted(1'000);
  EXPECT_FALSE(offload.Allows(Destination(1)));
  offload.OnAccepted(100'000);
  EXPECT_TRUE(offload.Allows(Destination(1)));
}

TEST(SegmentOffloadTest, SocketThatNeverGetsARunThroughGivesUp) {
  SegmentOffload offload(true);
  for (uint16_t port = 1; port <= 8; ++port) offload.OnRefused(Destination(port));
  EXPECT_FALSE(offload.Allows(Destination(9)));
}

TEST(SegmentOffloadTest, ManyRefusedDestinationsDoNotCostTheOthersTheirRuns) {
  SegmentOffload offload(true);
  offload.OnAccepted(1);
  for (uint16_t port = 1; port <= 60'000; ++port) offload.OnRefused(Destination(port));
  EXPECT_TRUE(offload.Allows(Destination(60'001)));
}

TEST(SegmentOffloadTest, UnwantedIsNeverAllowed) {
  EXPECT_FALSE(SegmentOffload(false).Allows(Destination(1)));
}

TEST(SegmentOffloadTest, FullBufferAndMissingRouteAreNoRefusal) {
  EXPECT_TRUE(SegmentOffload::IsRefusal(EMSGSIZE));
  EXPECT_TRUE(SegmentOffload::IsRefusal(EIO));
  EXPECT_FALSE(SegmentOffload::IsRefusal(EAGAIN));
  EXPECT_FALSE(SegmentOffload::IsRefusal(ENETUNREACH));
}

}  // namespace
}  // namespace stellwerk
