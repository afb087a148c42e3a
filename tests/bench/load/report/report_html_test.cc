#include "bench/load/report/report_html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "bench/load/report/figure.h"
#include "bench/load/report/html_text.h"
#include "bench/load/report/plot_axis.h"
#include "bench/load/report/svg_plot.h"
#include "tests/bench/load/report/example_report.h"

namespace stellwerk::load {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(ReportHtml, NeedsNothingFromElsewhere) {
  const std::string page = WriteHtml(ExampleReport());
  for (const char* reference : {"<script", "<link", "<img", "src=", "href=", "url(", "@import",
                                "http://", "https://", "onload="}) {
    EXPECT_THAT(page, Not(HasSubstr(reference)));
  }
}

TEST(ReportHtml, HasVerdictExpectationsPlotsAndEveryDefinition) {
  const std::string page = WriteHtml(ExampleReport());
  EXPECT_THAT(page, HasSubstr("<h1>20 rooms x 10 people</h1>"));
  EXPECT_THAT(page, HasSubstr(">VALID<"));
  EXPECT_THAT(page, HasSubstr("FAILED: 2 of 3 expectations not met"));
  EXPECT_THAT(page, HasSubstr("<code>join_p95&lt;300ms</code></td><td>292 ms</td>"));
  EXPECT_EQ(CountOf(page, "<svg "), 8U);  // six over time, two distributions
  for (const FigureKind& kind : FigureKinds()) {
    EXPECT_THAT(page, HasSubstr(EscapeHtml(kind.definition))) << kind.key;
  }
  EXPECT_THAT(page, HasSubstr("rooms: 20\n"));
  EXPECT_EQ(CountOf(page, "<svg "), CountOf(page, "</svg>"));
  EXPECT_EQ(CountOf(page, "<table"), CountOf(page, "</table>"));
  EXPECT_EQ(CountOf(page, "<tr>"), CountOf(page, "</tr>"));
  EXPECT_EQ(CountOf(page, "<div"), CountOf(page, "</div>"));
}

TEST(ReportHtml, OfAnInvalidRunSaysSoFirst) {
  Report report = ExampleReport();
  report.invalid = {"the generator was saturated"};
  const std::string page = WriteHtml(report);
  EXPECT_THAT(page, HasSubstr(">INVALID<"));
  EXPECT_LT(page.find("<li>the generator was saturated</li>"), page.find("<svg "));
}

TEST(ReportHtml, OfAnEmptyReportIsStillAPage) {
  const std::string page = WriteHtml(Report{});
  EXPECT_THAT(page, HasSubstr("<h1>Load test</h1>"));
  EXPECT_THAT(page, HasSubstr("n/a: not measured"));
  EXPECT_THAT(page, Not(HasSubstr("<svg ")));
}

TEST(ReportHtml, LetsNoStrangersTextBecomeMarkup) {
  Report report = ExampleReport();
  const std::string evil = "<script>alert(1)</script>\"'&";
  report.title = report.target = report.software = report.scenario = report.started = evil;
  report.scenario_yaml = evil;
  report.problems = report.invalid = {evil};
  report.SetNotAvailable("loss", evil);
  report.curves[0].label = evil;
  report.ramp = {{.why = evil}};
  EXPECT_THAT(WriteHtml(report), Not(HasSubstr("<script")));
  EXPECT_EQ(EscapeHtml("a\x01\xFFz\xED\xA0\x80\xC3\xBC"),
            "a\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xC3\xBC");
}

TEST(SvgPlot, BreaksALineWhereAValueIsMissing) {
  const std::string svg = DrawPlot(
      {.lines = {{.label = "a", .points = {{0, 1.0}, {1, 2.0}, {2, {}}, {3, 4.0}, {4, NAN}}}}});
  EXPECT_THAT(svg, ContainsRegex("d=\"M[0-9. ]+h0L[0-9. ]+M[0-9. ]+h0\""));
}

TEST(SvgPlot, DrawsToScale) {
  // The axis ends at 1: the line runs from the bottom left to the top right corner.
  const std::string svg = DrawPlot(
      {.y_least = 1, .y_greatest = 1, .lines = {{.label = "a", .points = {{0, 0.0}, {9, 1.0}}}}});
  EXPECT_THAT(svg, HasSubstr("d=\"M64.0 176.0h0L392.0 8.0\""));
}

TEST(SvgPlot, ThinsLongLinesButKeepsTheirPeaks) {
  PlotLine line{.label = "a"};
  for (int i = 0; i < 100'000; ++i) line.points.push_back({i * 1.0, i == 77'777 ? 50.0 : 1.0});
  const std::string svg = DrawPlot({.y_least = 50, .y_greatest = 50, .lines = {line}});
  EXPECT_LT(svg.size(), 20'000U);
  EXPECT_THAT(svg, HasSubstr(" 8.0L"));
}

TEST(SvgPlot, StandsExtremes) {
  constexpr double kHuge = std::numeric_limits<double>::max();
  for (const bool logarithmic : {false, true}) {
    Plot plot{.x_logarithmic = logarithmic,
              .lines = {{.label = "a",
                         .points = {{-kHuge, kHuge}, {1e-300, -kHuge}, {1, 5.0}, {kHuge, kHuge}}}}};
    EXPECT_THAT(DrawPlot(plot), AllOf(HasSubstr("</svg>"), Not(HasSubstr("nan"))));
    plot.lines[0].points = {{3, 7.0}};
    EXPECT_THAT(DrawPlot(plot), HasSubstr("h0"));
    plot.lines[0].points = {};
    EXPECT_THAT(DrawPlot(plot), HasSubstr("no data"));
  }
}

TEST(PlotAxis, MarksRoundValues) {
  EXPECT_THAT(Ticks(0, 250, 4), ElementsAre(0, 100, 200));
  EXPECT_THAT(Ticks(0, 1, 4), SizeIs(3));
  EXPECT_THAT(TimeTicks(0, 64, 5), ElementsAre(0, 15, 30, 45, 60));
  EXPECT_THAT(TimeTicks(0, 3600, 5), ElementsAre(0, 1200, 2400, 3600));
  EXPECT_THAT(LogarithmicTicks(0.5, 20), SizeIs(6));
  EXPECT_THAT(LogarithmicTicks(0.01, 10'000), SizeIs(7));
  EXPECT_THAT(LogarithmicTicks(100, 450), ElementsAre(100, 200, 300, 400));
  EXPECT_THAT(Ticks(1, 1, 4), IsEmpty());
  EXPECT_THAT(LogarithmicTicks(0, 1), IsEmpty());
  EXPECT_EQ(TickText(FigureUnit::kMilliseconds, 2000), "2 s");
  EXPECT_EQ(TickText(FigureUnit::kBitRate, 0), "0");
}

}  // namespace
}  // namespace stellwerk::load
