#include "bench/load/report/figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include "bench/load/report/figure_rows.h"
#include "bench/load/report/value_text.h"

namespace stellwerk::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Figures, HaveKeysThatStayStable) {
  for (const char* key : {"join_p50",
                          "join_p95",
                          "join_p99",
                          "signalling_p95",
                          "ice_p95",
                          "dtls_p95",
                          "first_packet_p95",
                          "first_frame_p95",
                          "join_failed",
                          "reconnect_p95",
                          "sent_packets",
                          "received_packets",
                          "loss",
                          "loss_before_repair",
                          "duplicates",
                          "reordered",
                          "jitter_p95",
                          "transit_p50",
                          "transit_p99",
                          "transit_p999",
                          "receive_rate",
                          "send_rate",
                          "undecodable_frames",
                          "freezes",
                          "frozen_seconds",
                          "freezes_per_minute",
                          "layer_expected",
                          "layer_height_p50",
                          "switch_p95",
                          "keyframe_requests",
                          "frame_latency_p95",
                          "estimate_ratio",
                          "server_cpu",
                          "server_cpu_per_million_packets",
                          "server_memory_per_participant",
                          "generator_cpu",
                          "send_lag_p99",
                          "socket_drops",
                          "participants",
                          "participants_peak",
                          "errors"}) {
    EXPECT_NE(FindFigure(key), nullptr) << key;
  }
  EXPECT_EQ(FindFigure("join_p9"), nullptr);
  EXPECT_EQ(FindFigure(""), nullptr);
}

TEST(Figures, AreToldApartByKeyAndByLabel) {
  std::set<std::string> keys;
  std::set<std::string> labels;
  for (const FigureKind& kind : FigureKinds()) {
    EXPECT_TRUE(keys.emplace(kind.key).second) << kind.key;
    EXPECT_TRUE(labels
                    .emplace(std::string(GroupName(kind.group)) + "/" + std::string(kind.label) +
                             "/" + std::string(kind.percentile))
                    .second)
        << kind.key;
    EXPECT_TRUE(kind.definition.ends_with(".")) << kind.key;
    EXPECT_EQ(kind.key.find("_p") != std::string_view::npos &&
                  std::isdigit(static_cast<unsigned char>(kind.key.back())) != 0,
              !kind.percentile.empty())
        << kind.key;
  }
}

TEST(Figures, AllStandWithTheirDefinitionInTheReadme) {
  std::ifstream in(STELLWERK_SOURCE_DIR "/bench/load/README.md");
  std::stringstream text;
  text << in.rdbuf();
  const std::string readme = text.str();
  ASSERT_THAT(readme, HasSubstr("## Figures"));
  for (const FigureRow& row : FigureRows()) {
    std::string keys;
    for (const FigureKind* kind : row.kinds) {
      keys += (keys.empty() ? "`" : ", `") + std::string(kind->key) + "`";
    }
    const std::string line = "| " + keys + " | " + std::string(UnitName(row.kinds.front()->unit)) +
                             " | " + std::string(row.kinds.front()->definition) + " |\n";
    EXPECT_THAT(readme, HasSubstr(line)) << "bench/load/README.md lacks this line";
  }
}

TEST(Figures, PercentilesOfOneThingMakeOneRow) {
  const auto rows = FigureRows();
  ASSERT_EQ(rows.front().label, "join");
  EXPECT_EQ(rows.front().kinds.size(), 3U);
  std::size_t figures = 0;
  for (const FigureRow& row : rows) figures += row.kinds.size();
  EXPECT_EQ(figures, FigureKinds().size());
  EXPECT_THAT(PercentilesOf(FigureGroup::kNetwork), ElementsAre("p50", "p95", "p99", "p99.9"));
  EXPECT_THAT(PercentilesOf(FigureGroup::kServer), ElementsAre());
  EXPECT_EQ(FindPercentile(rows.front(), "p95")->key, "join_p95");
  EXPECT_EQ(FindPercentile(rows.front(), "p99.9"), nullptr);
}

TEST(Figures, AMistypedKeyFindsTheNearest) {
  EXPECT_EQ(NearestFigureKey("join_95"), "join_p95");
  EXPECT_EQ(NearestFigureKey("los"), "loss");
  EXPECT_EQ(NearestFigureKey("frezes"), "freezes");
  EXPECT_EQ(NearestFigureKey("xyzzyxyzzy"), "");
  EXPECT_EQ(NearestFigureKey(std::string(100'000, 'a')), "");
}

TEST(ValueText, ShowsThreeDigitsInAHandyUnit) {
  EXPECT_EQ(FormatValue(FigureUnit::kMilliseconds, 0.04213), "0.0421 ms");
  EXPECT_EQ(FormatValue(FigureUnit::kMilliseconds, 312.4), "312 ms");
  EXPECT_EQ(FormatValue(FigureUnit::kMilliseconds, 1312.4), "1,312 ms");
  EXPECT_EQ(FormatValue(FigureUnit::kMilliseconds, 12'340), "12.3 s");
  EXPECT_EQ(FormatValue(FigureUnit::kRatio, 0.00041), "0.041 %");
  EXPECT_EQ(FormatValue(FigureUnit::kRatio, 0), "0 %");
  EXPECT_EQ(FormatValue(FigureUnit::kRatio, 1), "100 %");
  EXPECT_EQ(FormatValue(FigureUnit::kBitRate, 241'300'000), "241 Mbit/s");
  EXPECT_EQ(FormatValue(FigureUnit::kBitRate, 999'999), "1 Mbit/s");
  EXPECT_EQ(FormatValue(FigureUnit::kBitRate, 320), "320 bit/s");
  EXPECT_EQ(FormatValue(FigureUnit::kBytes, 98'304), "98.3 kB");
  EXPECT_EQ(FormatValue(FigureUnit::kCount, 1'204'551), "1,204,551");
  EXPECT_EQ(FormatValue(FigureUnit::kCores, 1.256), "1.26 cores");
  EXPECT_EQ(FormatValue(FigureUnit::kPixels, 360), "360p");
  EXPECT_EQ(FormatValue(FigureUnit::kPerMinute, 1.5), "1.5 /min");
  EXPECT_EQ(FormatNumber(-1234), "-1,234");
  EXPECT_EQ(FormatNumber(-0.0000000001), "0");
  EXPECT_EQ(FormatNumber(1e300), "1e+300");
  EXPECT_EQ(FormatNumber(std::numeric_limits<double>::infinity()), "n/a");
  EXPECT_EQ(FormatNumber(std::numeric_limits<double>::quiet_NaN()), "n/a");
}

TEST(ValueText, ClocksCountHours) {
  EXPECT_EQ(FormatClock(5), "0:05");
  EXPECT_EQ(FormatClock(65.9), "1:05");
  EXPECT_EQ(FormatClock(7390), "2:03:10");
  EXPECT_EQ(FormatClock(-3), "0:00");
}

}  // namespace
}  // namespace stellwerk::load
