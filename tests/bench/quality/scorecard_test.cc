#include "bench/quality/scorecard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

ScoredScenario Scored() {
  ScoredScenario scored;
  scored.scenario.name = "made_up";
  scored.scenario.seed = 12;
  ViewerFigures good;
  good.name = "viewer 1";
  good.estimate_ratio = 0.9;
  good.p95_queueing = 40ms;
  ViewerFigures bad = good;
  bad.name = "viewer 2";
  bad.estimate_ratio = 0.7;
  bad.p95_queueing = 250ms;
  bad.decodable_in_400ms = 0.9875;
  Figures& figures = scored.calls.emplace_back();
  figures.viewers = {good, bad};
  figures.most_keyframe_requests = 3;
  return scored;
}

std::vector<std::string> Words(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

TEST(Scorecard, ALineTakesMeansOfRatiosAndTheWorstOfAllElse) {
  std::istringstream table(ScorecardTable({Scored()}));
  std::string line;
  while (std::getline(table, line) && line.rfind("made_up", 0) != 0) {
  }
  const auto words = Words(line);
  ASSERT_EQ(words.size(), 21U) << line;
  EXPECT_EQ(words[1], "2");
  EXPECT_EQ(words[2], "0.80");
  EXPECT_EQ(words[4], "-") << "no bottleneck, no utilisation";
  EXPECT_EQ(words[6], "250");
  EXPECT_EQ(words[11], "98.75");
  EXPECT_EQ(words[17], "3");
  EXPECT_EQ(words.back(), "yes");
}

TEST(Scorecard, MissedBarsAreNamedBelowTheTable) {
  ScoredScenario scored = Scored();
  EXPECT_THAT(ScorecardTable({scored}), Not(HasSubstr("missed:")));
  scored.missed = {"made_up: too slow"};
  EXPECT_THAT(ScorecardTable({scored}), HasSubstr("missed: made_up: too slow"));
}

TEST(Scorecard, JsonHasEveryViewerAndNullForWhatWasNotMeasured) {
  const auto json = nlohmann::json::parse(ScorecardJson({Scored()}));
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0]["scenario"], "made_up");
  EXPECT_EQ(json[0]["seed"], 12);
  ASSERT_EQ(json[0]["viewers"].size(), 2U);
  EXPECT_EQ(json[0]["viewers"][1]["estimate_ratio"], 0.7);
  EXPECT_EQ(json[0]["viewers"][1]["p95_queueing"], 0.25);
  EXPECT_TRUE(json[0]["viewers"][0]["full_again"].is_null());
}

}  // namespace
}  // namespace stellwerk::synthetic
