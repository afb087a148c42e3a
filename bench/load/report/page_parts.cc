#include "bench/load/report/page_parts.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "bench/load/report/html_text.h"
#include "bench/load/report/svg_plot.h"

namespace stellwerk::load {
namespace {

std::string Badge(std::string_view kind, const std::string& text) {
  return "<span class=\"badge " + std::string(kind) + "\">" + text + "</span>";
}

}  // namespace

std::string TitleOf(const Report& report) {
  if (!report.title.empty()) return report.title;
  return report.scenario.empty() ? "Load test" : report.scenario;
}

std::string Capitalised(std::string_view word) {
  std::string text(word);
  if (!text.empty()) {
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  }
  return text;
}

std::string Verdict(const Report& report) {
  if (!report.valid()) return "<p>" + Badge("warn", "INVALID") + "</p>\n";
  std::string out = "<p>" + Badge("good", "VALID");
  const auto all = report.expectations.size();
  const auto failed = std::ranges::count(report.expectations, false, &ExpectationResult::passed);
  if (failed > 0) {
    out += Badge("bad", "FAILED: " + std::to_string(failed) + " of " + std::to_string(all) +
                            " expectations not met");
  } else if (all > 0) {
    out += Badge("good", "PASSED");
  }
  return out + "</p>\n";
}

std::string ListItems(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += "<li>" + EscapeHtml(line) + "</li>\n";
  return out;
}

std::string ListInBox(std::string_view head, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  return "<div class=\"note\"><b>" + EscapeHtml(head) + "</b><ul>" + ListItems(lines) +
         "</ul></div>\n";
}

std::string DrawCurves(const std::string& title, const std::vector<LabelledCurve>& curves) {
  Plot plot{.title = Capitalised(title),
            .y_unit = FigureUnit::kRatio,
            .x_unit = FigureUnit::kMilliseconds,
            .x_logarithmic = true,
            .y_least = 1,
            .y_greatest = 1};
  for (const LabelledCurve& labelled : curves) {
    PlotLine line{.label = labelled.label};
    for (const auto& point : labelled.curve->points) {
      line.points.push_back({point.value, point.share});
    }
    plot.lines.push_back(std::move(line));
  }
  return DrawPlot(plot);
}

}  // namespace stellwerk::load
