#include "bench/synthetic/shown_layers.h"

#include <gtest/gtest.h>

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};

ShownLayer Shown(TimeDelta at, uint32_t source, uint8_t encoding, bool decodable = true) {
  return {.since = kStart + at,
          .source = source,
          .layer = {.encoding = encoding},
          .decodable = decodable ? std::optional(kStart + at + 10ms) : std::nullopt};
}
int HeightOfEncoding(uint32_t /*source*/, const Layer& layer) { return 180 << layer.encoding; }

class ShownLayersTest : public ::testing::Test {
 protected:
  [[nodiscard]] TimeDelta TimeOf(uint32_t source, int height, TimeDelta from, TimeDelta to) const {
    for (const ShownTime& time : TimeShown(shown_, kStart + from, kStart + to, HeightOfEncoding)) {
      if (time.source == source && time.height == height) return time.time;
    }
    return {};
  }
  [[nodiscard]] std::optional<TimeDelta> First(uint32_t source, uint8_t encoding,
                                               TimeDelta after) const {
    const auto at = FirstShown(shown_, kStart + after, [&](uint32_t of, const Layer& layer) {
      return of == source && layer.encoding == encoding;
    });
    return at ? std::optional(*at - kStart) : std::nullopt;
  }

  // Source 1 in its lowest encoding from 1 s on, in the second from 3 s; what is never decodable in
  // between is never shown; source 2 from 6 s.
  const std::vector<ShownLayer> shown_ = {Shown(1s, 1, 0), Shown(3s, 1, 1), Shown(4s, 1, 2, false),
                                          Shown(6s, 2, 0)};
};

TEST_F(ShownLayersTest, TimesAddUpToTheWindow) {
  const auto all = TimeShown(shown_, kStart, kStart + 10s, HeightOfEncoding);
  ASSERT_EQ(all.size(), 3U);
  TimeDelta sum{};
  for (const ShownTime& time : all) sum += time.time;
  EXPECT_EQ(sum, 10s - 1010ms) << "before the first picture there is nothing";
  EXPECT_EQ(all.front().time, 3990ms) << "the longest is the first";
  EXPECT_EQ(all.front().source, 2U);
  EXPECT_EQ(TimeOf(1, 180, 0s, 10s), 2s);
  EXPECT_EQ(TimeOf(1, 360, 0s, 10s), 3s) << "it stays until the next can be decoded";
  EXPECT_EQ(TimeOf(1, 720, 0s, 10s), 0s);
}

TEST_F(ShownLayersTest, AWindowCutsWhatLiesAcrossItsEnds) {
  EXPECT_EQ(TimeOf(1, 180, 2s, 4s), 1010ms);
  EXPECT_EQ(TimeOf(1, 360, 2s, 4s), 990ms);
  EXPECT_EQ(TimeOf(2, 180, 2s, 4s), 0s);
  EXPECT_TRUE(TimeShown(shown_, kStart, kStart + 1s, HeightOfEncoding).empty());
  EXPECT_TRUE(TimeShown({}, kStart, kStart + 1s, HeightOfEncoding).empty());
}

TEST_F(ShownLayersTest, ASwitchIsOverWithTheFirstDecodablePicture) {
  EXPECT_EQ(First(1, 1, 2s), 3010ms);
  EXPECT_EQ(First(2, 0, 2s), 6010ms);
  EXPECT_EQ(First(1, 1, 5s), 5s) << "it is what is shown already";
  EXPECT_EQ(First(1, 0, 5s), std::nullopt) << "it was, but is no longer";
  EXPECT_EQ(First(1, 2, 2s), std::nullopt) << "it came, but could never be decoded";
}

}  // namespace
}  // namespace stellwerk::synthetic
