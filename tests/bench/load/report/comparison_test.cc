#include "bench/load/report/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/bench/load/report/example_report.h"

namespace stellwerk::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<Report> TwoReports() {
  std::vector<Report> reports(2);
  for (Report& report : reports) {
    report.title = "4 people";
    report.scenario_yaml = "rooms: 1\n";
  }
  reports[0].software = "stellwerk 0.5.0";
  reports[1].software = "Janus 1.1.2";
  reports[0].Set("join_p95", 200);
  reports[1].Set("join_p95", 412);
  reports[0].Set("freezes", 0);
  reports[1].Set("freezes", 7);
  reports[0].Set("server_cpu", 1.5);
  return reports;
}

TEST(Comparison, PutsFiguresSideBySideWithRatiosToTheFirst) {
  EXPECT_EQ(WriteComparison(TwoReports()),
            R"(A   4 people, stellwerk 0.5.0
B   4 people, Janus 1.1.2

Join                                     A             B
  join p95                          200 ms        412 ms  x2.06

Picture                                  A             B
  freezes                                0             7

Server                                   A             B
  CPU                            1.5 cores           n/a
)");
}

TEST(Comparison, OfNothingThereIsNoRatio) {
  const auto figures = CompareFigures(TwoReports());
  ASSERT_EQ(figures.size(), 3U);
  EXPECT_THAT(figures[0].ratios, ElementsAre(std::nullopt, 2.06));
  EXPECT_THAT(figures[1].ratios, ElementsAre(std::nullopt, std::nullopt));
  EXPECT_THAT(figures[2].ratios, ElementsAre(std::nullopt, std::nullopt));
  EXPECT_THAT(CompareFigures({}), IsEmpty());
}

TEST(Comparison, SaysWhatLessensIt) {
  std::vector<Report> reports = TwoReports();
  EXPECT_THAT(Reservations(reports), IsEmpty());
  reports[0].interrupted = true;
  reports[1].invalid = {"the generator was saturated"};
  reports[1].scenario_yaml = "rooms: 2\n";
  EXPECT_THAT(Reservations(reports),
              ElementsAre("A was interrupted", "B is invalid: the generator was saturated",
                          "B had another scenario than A"));
  EXPECT_THAT(WriteComparison(reports), HasSubstr("\n    B had another scenario than A\n"));
  EXPECT_THAT(WriteComparisonHtml(reports), HasSubstr("<li>B had another scenario than A</li>"));
}

TEST(Comparison, PageDrawsAllRunsInOnePlotAndColoursWhatIsWorse) {
  std::vector<Report> reports = {ExampleReport(), ExampleReport()};
  reports[1].software = "<b>Janus</b>";
  reports[1].Set("loss", 0.01);
  const std::string page = WriteComparisonHtml(reports);
  EXPECT_THAT(page, HasSubstr("<li class=\"line1\">A: stellwerk 0.5.0</li>"
                              "<li class=\"line2\">B: &lt;b&gt;Janus&lt;/b&gt;</li>"));
  EXPECT_THAT(page, HasSubstr("1 %<br><span class=\"bad\">&times;24.4</span>"));
  EXPECT_THAT(page, HasSubstr("<figcaption>One-way transit</figcaption>"));
  EXPECT_THAT(page, Not(HasSubstr("<b>Janus")));
}

}  // namespace
}  // namespace stellwerk::load
