#include "bench/synthetic/transit_meter.h"

#include <gtest/gtest.h>

namespace stellwerk::synthetic {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kConnected{std::chrono::seconds(1000)};

class TransitMeterTest : public ::testing::Test {
 protected:
  TransitMeterTest() {
    times_.viewer_since = kConnected;
    meter_.RecordTo(&times_);
  }
  // Times since the viewer's connection.
  void Receive(uint32_t source, uint8_t encoding, milliseconds sent, milliseconds arrival) {
    PayloadMark mark;
    mark.source = source;
    mark.encoding = encoding;
    mark.captured = kConnected + sent - milliseconds(3);
    mark.sent_after = milliseconds(3);
    meter_.OnPacket(mark, kConnected + arrival);
  }

  TransitTimes times_;
  TransitMeter meter_;
};

TEST_F(TransitMeterTest, MeasuresFromThePublishersSending) {
  Receive(1, 0, milliseconds(10), milliseconds(12));
  EXPECT_EQ(times_.all.count(), 1U);
  EXPECT_NEAR(ToMilliseconds(times_.all.max()), 2, 0.1);
}

TEST_F(TransitMeterTest, WhatWasSentBeforeTheViewerCameIsHistory) {
  Receive(1, 0, milliseconds(-900), milliseconds(1));
  Receive(1, 0, milliseconds(-30), milliseconds(1));
  EXPECT_EQ(times_.all.count(), 0U);
  EXPECT_EQ(times_.from_history, 2U);
}

TEST_F(TransitMeterTest, WhatThePacerHoldsBackIsMeasured) {
  Receive(1, 0, milliseconds(1), milliseconds(400));
  EXPECT_EQ(times_.all.count(), 1U);
  Receive(1, 0, milliseconds(2), milliseconds(700));
  EXPECT_EQ(times_.all.count(), 2U);
  EXPECT_EQ(times_.from_history, 0U);
}

TEST_F(TransitMeterTest, ASlotThatGoesToAnotherSourceOrEncodingMayBeginWithItsHistory) {
  Receive(1, 0, milliseconds(100), milliseconds(101));
  Receive(2, 0, milliseconds(40), milliseconds(102));
  Receive(2, 0, milliseconds(101), milliseconds(102));
  EXPECT_EQ(times_.from_history, 1U);
  Receive(2, 0, milliseconds(200), milliseconds(201));
  Receive(2, 1, milliseconds(190), milliseconds(202));
  EXPECT_EQ(times_.from_history, 2U);
}

TEST_F(TransitMeterTest, WhatWasOnItsWayWhenTheSlotWentOnIsMeasured) {
  Receive(1, 0, milliseconds(100), milliseconds(103));
  Receive(1, 1, milliseconds(100), milliseconds(104));
  EXPECT_EQ(times_.all.count(), 2U);
}

TEST_F(TransitMeterTest, HistoryIsAddedUpAndTakenApartAsTimesAre) {
  Receive(1, 0, milliseconds(-900), milliseconds(1));
  const TransitTimes before = times_;
  Receive(1, 0, milliseconds(-800), milliseconds(2));
  EXPECT_EQ(times_.Since(before).from_history, 1U);
  TransitTimes both = before;
  both.Merge(times_);
  EXPECT_EQ(both.from_history, 3U);
}

}  // namespace
}  // namespace stellwerk::synthetic
