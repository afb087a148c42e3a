#include "worker/handshake_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <vector>

#include "rtc/base/packet_pool.h"

namespace stellwerk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint8_t kStun = 0;
constexpr uint8_t kHandshake = 22;
constexpr uint8_t kData = 23;
constexpr uint8_t kRtp = 128;

constexpr uint16_t kPort = 1;
constexpr uint16_t kOtherPort = 2;
constexpr uint16_t kStranger = 3;

class HandshakeQueueTest : public ::testing::Test {
 protected:
  // Packets of these kinds, numbered; the numbers of what is left.
  std::vector<int> Sift(std::initializer_list<uint8_t> kinds, uint16_t port = kPort) {
    std::vector<ReceivedDatagram> batch;
    for (const uint8_t kind : kinds) {
      const std::array<uint8_t, 2> bytes = {kind, next_++};
      Tuple tuple;
      tuple.remote.port = port;
      batch.push_back({tuple, Timestamp{}, pool_.Copy(bytes)});
    }
    const auto is_known = [](const Tuple& tuple) { return tuple.remote.port != kStranger; };
    std::vector<int> left;
    for (const ReceivedDatagram& datagram : queue_.Sift(batch, is_known))
      left.push_back(NumberOf(datagram));
    return left;
  }
  static int NumberOf(const ReceivedDatagram& datagram) { return datagram.packet.bytes()[1]; }
  std::vector<int> TakeAll() {
    std::vector<int> taken;
    while (const auto datagram = queue_.Take()) taken.push_back(NumberOf(*datagram));
    return taken;
  }

  PacketPool pool_;
  HandshakeQueue queue_;
  uint8_t next_ = 0;
};

TEST_F(HandshakeQueueTest, MediaAndChecksDoNotWait) {
  EXPECT_THAT(Sift({kRtp, kStun, kHandshake, kRtp, kHandshake, kRtp}), ElementsAre(0, 1, 3, 5));
  EXPECT_THAT(TakeAll(), ElementsAre(2, 4));
  EXPECT_TRUE(queue_.empty());
}

TEST_F(HandshakeQueueTest, StrangersHaveNoPlaceInIt) {
  EXPECT_THAT(Sift({kHandshake, kHandshake}, kStranger), ElementsAre(0, 1));
  EXPECT_TRUE(queue_.empty());
}

TEST_F(HandshakeQueueTest, DataWaitsOnlyBehindItsOwnHandshake) {
  EXPECT_THAT(Sift({kData, kHandshake, kData}), ElementsAre(0));
  EXPECT_THAT(Sift({kData}, kOtherPort), ElementsAre(3));
  EXPECT_THAT(Sift({kData}), IsEmpty());
  EXPECT_THAT(TakeAll(), ElementsAre(1, 2, 4));
  EXPECT_THAT(Sift({kData}), ElementsAre(5));
}

TEST_F(HandshakeQueueTest, AFloodIsBounded) {
  std::size_t left = 0;
  for (std::size_t i = 0; i < HandshakeQueue::kMax + 10; ++i) left += Sift({kHandshake}).size();
  EXPECT_EQ(left, 10U);
  EXPECT_EQ(TakeAll().size(), HandshakeQueue::kMax);
}

}  // namespace
}  // namespace stellwerk
