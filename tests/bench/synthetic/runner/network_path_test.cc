#include "bench/synthetic/runner/network_path.h"

#include <gtest/gtest.h>

#include <array>

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

class NetworkPathTest : public ::testing::Test {
 protected:
  // RTP by its first byte, so that the impairment takes it for media.
  PacketRef Packet(std::size_t size = 1000) {
    std::vector<uint8_t> bytes(size, 0);
    bytes[0] = 0x80;
    bytes[1] = 96;
    return pool_.Copy(bytes);
  }
  bool Up(std::size_t size = 1000) {
    OutgoingDatagram datagram{.tuple = {}, .packet = Packet(size)};
    return path_.Up(datagram, now_);
  }
  bool Down(Timestamp arrival) {
    ReceivedDatagram datagram{.tuple = {}, .arrival = arrival, .packet = Packet()};
    return path_.Down(datagram, now_);
  }

  PacketPool pool_;
  NetworkPath path_{3};
  Timestamp now_{1'700'000'000s};
};

TEST_F(NetworkPathTest, NothingIsInTheWayAtFirst) {
  EXPECT_TRUE(Up());
  EXPECT_TRUE(Down(now_));
  EXPECT_EQ(path_.NextTimeout(), kNever);
  EXPECT_EQ(path_.up(), nullptr);
}

TEST_F(NetworkPathTest, ADelayIsKeptInBothDirectionsAndStampsAreTheModels) {
  path_.SetLinks({.delay = 30ms}, {.delay = 20ms}, now_);
  EXPECT_FALSE(Up());
  now_ += 2ms;
  // The kernel had it a while ago.
  EXPECT_FALSE(Down(now_ - 1ms));
  EXPECT_EQ(path_.NextTimeout(), now_ + 19ms);
  EXPECT_FALSE(path_.PopDown(now_ + 18ms));
  const auto arrival = path_.PopDown(now_ + 25ms);
  ASSERT_TRUE(arrival);
  EXPECT_EQ(arrival->arrival, now_ + 19ms);
  EXPECT_FALSE(path_.PopUp(now_ + 27ms));
  EXPECT_TRUE(path_.PopUp(now_ + 28ms));
  EXPECT_EQ(path_.lost(), 0U);
}

TEST_F(NetworkPathTest, ABottleneckLetsThroughWhatItCarriesWithHeaders) {
  // 1000 bytes and 28 of IP and UDP need 8.224 ms.
  path_.SetLinks({.capacity = RateTrace::Constant(DataRate::KilobitsPerSecond(1000)),
                  .queue = {.max_size = DataSize::Bytes(3 * 1028)}},
                 {}, now_);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(Up());
  int arrived = 0;
  while (path_.PopUp(now_ + 8225us)) ++arrived;
  EXPECT_EQ(arrived, 1);
  while (path_.PopUp(now_ + 1s)) ++arrived;
  EXPECT_EQ(static_cast<uint64_t>(10 - arrived), path_.lost());
  EXPECT_LE(arrived, 4);
  ASSERT_NE(path_.up(), nullptr);
  EXPECT_EQ(path_.up()->counters().queue_full, path_.lost());
}

TEST_F(NetworkPathTest, ImpairmentComesOnTop) {
  path_.SetImpairment({.send_loss = 1.0});
  EXPECT_FALSE(Up());
  path_.SetLinks({}, {}, now_);
  EXPECT_FALSE(Up());
  EXPECT_FALSE(path_.PopUp(now_));
  EXPECT_EQ(path_.lost(), 2U);
  path_.SetImpairment({});
  EXPECT_FALSE(Up());
  EXPECT_TRUE(path_.PopUp(now_));
}

TEST_F(NetworkPathTest, AClearedPathRemembersItsLosses) {
  path_.SetLinks({.loss = 1}, {}, now_);
  EXPECT_FALSE(Up());
  EXPECT_EQ(path_.lost(), 1U);
  path_.Clear();
  EXPECT_EQ(path_.lost(), 1U);
  EXPECT_TRUE(Up());
}

}  // namespace
}  // namespace stellwerk::synthetic
