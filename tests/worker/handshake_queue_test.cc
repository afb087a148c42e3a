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

class HandshakeQueueTest : public ::testing::Test {
 protected:
  // Packets of these kinds, numbered; the numbers of what is left.
  std::vector<int> Sift(std::initializer_list<uint8_t> kinds) {
    std::vector<ReceivedDatagram> batch;
    for (const uint8_t kind : kinds) {
      const std::array<uint8_t, 2> bytes = {kind, next_++};
      batch.push_back({Tuple{}, Timestamp{}, pool_.Copy(bytes)});
    }
    std::vector<int> left;
    for (const ReceivedDatagram& datagram : queue_.Sift(batch)) left.push_back(NumberOf(datagram));
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

TEST_F(HandshakeQueueTest, DataWaitsOnlyBehindAHandshake) {
  EXPECT_THAT(Sift({kData, kHandshake, kData}), ElementsAre(0));
  EXPECT_THAT(Sift({kData}), IsEmpty());
  EXPECT_THAT(TakeAll(), ElementsAre(1, 2, 3));
  EXPECT_THAT(Sift({kData}), ElementsAre(4));
}

TEST_F(HandshakeQueueTest, AFloodIsBounded) {
  std::size_t left = 0;
  for (std::size_t i = 0; i < HandshakeQueue::kMax + 10; ++i) left += Sift({kHandshake}).size();
  EXPECT_EQ(left, 10U);
  EXPECT_EQ(TakeAll().size(), HandshakeQueue::kMax);
}

}  // namespace
}  // namespace stellwerk
