// Freezes that are still going on, and pictures that nobody expects.
#include <gtest/gtest.h>

#include "tests/bench/synthetic/direct_stream.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

// A picture every 33 ms, decodable 20 ms after its capture.
class FreezeTest : public ::testing::Test {
 protected:
  void SetUp() override { stream_.Send(60); }
  [[nodiscard]] Timestamp Last() { return *stream_.report().last_decodable; }
  [[nodiscard]] FreezeTotals At(Timestamp now) { return stream_.judge().FreezesUntil(now); }

  DirectStream stream_{VideoConfig{.source = 1}};
};

TEST_F(FreezeTest, AStreamThatStopsForGoodIsFrozenUntilNow) {
  EXPECT_EQ(At(Last() + 150ms).count, 0U);
  const FreezeTotals frozen = At(Last() + 4s);
  EXPECT_EQ(frozen.count, 1U);
  EXPECT_EQ(frozen.time, 4s);
  EXPECT_EQ(stream_.report().freezes, 0U) << "asking changes nothing";
}

TEST_F(FreezeTest, AFreezeThatEndsIsCountedOnce) {
  const Timestamp before = Last();
  stream_.Skip(2s);
  EXPECT_EQ(At(before + 1s).count, 1U);
  stream_.Send(30);
  const FreezeTotals frozen = At(Last());
  EXPECT_EQ(frozen.count, 1U);
  EXPECT_EQ(frozen.time, 2033ms);
  EXPECT_EQ(stream_.report().frozen, 2033ms);
}

TEST_F(FreezeTest, AMutedCameraIsNotFrozen) {
  const Timestamp muted = Last() + 10ms;
  stream_.judge().SetExpected(false, muted);
  EXPECT_EQ(At(muted + 60s).count, 0U);
  stream_.Skip(60s);
  stream_.judge().SetExpected(true, muted + 60s);
  stream_.Send(30);
  EXPECT_EQ(At(Last()).count, 0U);
  EXPECT_LT(stream_.report().longest_freeze, 100ms);
}

TEST_F(FreezeTest, AFreezeThatLastedWhenTheCameraWasMutedStaysOne) {
  stream_.judge().SetExpected(false, Last() + 3s);
  EXPECT_EQ(At(Last() + 60s).count, 1U);
  EXPECT_EQ(At(Last() + 60s).time, 3s);
}

TEST_F(FreezeTest, ACameraThatDoesNotComeBackIsFrozenFromThenOn) {
  const Timestamp muted = Last() + 10ms;
  stream_.judge().SetExpected(false, muted);
  stream_.judge().SetExpected(true, muted + 10s);
  EXPECT_EQ(At(muted + 10s + 100ms).count, 0U);
  EXPECT_EQ(At(muted + 12s).count, 1U);
  EXPECT_EQ(At(muted + 12s).time, 2s);
}

TEST_F(FreezeTest, AStreamThatWasNotWatchedForAWhileBeginsAnew) {
  stream_.judge().Restart();
  EXPECT_TRUE(stream_.judge().needs_keyframe());
  stream_.Skip(60s);
  stream_.source().RequestKeyframe();
  stream_.Send(30);
  EXPECT_FALSE(stream_.judge().needs_keyframe());
  EXPECT_EQ(stream_.report().errors, 0U);
  EXPECT_EQ(stream_.report().freezes, 0U);
  EXPECT_EQ(stream_.report().lost, 0U);
  EXPECT_EQ(stream_.report().decodable, 90U);
}

}  // namespace
}  // namespace stellwerk::synthetic
