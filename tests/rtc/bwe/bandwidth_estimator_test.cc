#include "rtc/bwe/bandwidth_estimator.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

TEST(BandwidthEstimator, NumbersPacketsInTheOrderOfSending) {
  BandwidthEstimator estimator(BandwidthEstimator::Config{});
  const SentPacketInfo packet{.size = DataSize::Bytes(1000)};
  const TransportSeqNum first = estimator.OnPacketSent(packet, Timestamp{});
  EXPECT_EQ(estimator.OnPacketSent(packet, Timestamp{}), first + 1);
}

}  // namespace
}  // namespace stellwerk
