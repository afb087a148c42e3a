// What the worker counts of all rooms, without the statistics of each slot.
#include <gtest/gtest.h>

#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

class ServiceQualityTest : public RoomFixture {
 protected:
  ServiceQuality Service() {
    ServiceQuality sum;
    router_.AddServiceTo(sum);
    return sum;
  }
};

TEST_F(ServiceQualityTest, CountsVideoSlotsThatShowSomebody) {
  AddProducer(ProducerId(1), VideoProducer("0", 1));
  AddSlot(ConsumerId(1), VideoSlot(), ProducerId(1));
  AddSlot(ConsumerId(2), VideoSlot(Ssrc(9100), "v1"), std::nullopt);
  AddSlot(ConsumerId(3), AudioSlot(Ssrc(9200), "a0"), std::nullopt);
  EXPECT_EQ(Service().video_slots, 1U);
  EXPECT_EQ(Service().freezes, 0U);
}

TEST_F(ServiceQualityTest, AddsToWhatOthersHave) {
  AddProducer(ProducerId(1), VideoProducer("0", 1));
  AddSlot(ConsumerId(1), VideoSlot(), ProducerId(1));
  ServiceQuality sum;
  sum.freezes = 7;
  router_.AddServiceTo(sum);
  router_.AddServiceTo(sum);
  EXPECT_EQ(sum.video_slots, 2U);
  EXPECT_EQ(sum.freezes, 7U);
}

TEST_F(ServiceQualityTest, AgreesWithTheStatisticsOfEach) {
  AddProducer(ProducerId(1), VideoProducer("0", 1));
  AddSlot(ConsumerId(1), VideoSlot(), ProducerId(1));
  Wait(std::chrono::milliseconds(500));
  const auto slot = *router_.GetConsumerStats(ConsumerId(1), now_);
  const auto transport = *router_.GetTransportStats(kSubscriber, now_);
  EXPECT_EQ(Service().freezes, slot.freezes);
  EXPECT_EQ(Service().video_slots_limited, slot.reason == LayerReason::kBandwidth ? 1U : 0U);
  EXPECT_EQ(Service().estimates, transport.estimate.bps() > 0
                                     ? std::vector<int64_t>{transport.estimate.bps()}
                                     : std::vector<int64_t>{});
}

}  // namespace
}  // namespace stellwerk
