#include <functional>
#include <utility>

#include "bench/load/report/comparison.h"
#include "bench/load/report/html_text.h"
#include "bench/load/report/page_parts.h"
#include "bench/load/report/svg_plot.h"
#include "bench/load/report/value_text.h"

namespace stellwerk::load {
namespace {

std::string ShortNameOf(const Report& report, std::size_t index) {
  std::string name = LetterOf(index);
  if (!report.software.empty()) name += ": " + report.software;
  return name;
}

std::string Runs(std::span<const Report> reports) {
  std::string out =
      "<div class=\"scroll\"><table><thead><tr><th></th><th>Run</th><th>Target</th>"
      "<th>Started</th><th>Verdict</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const Report& report = reports[i];
    out += "<tr><th>" + LetterOf(i) + "</th><td>" + EscapeHtml(TitleOf(report)) + "</td><td>" +
           EscapeHtml(report.target) + "<small>" + EscapeHtml(report.software) +
           "</small></td><td>" + EscapeHtml(report.started) + "</td><td>" + Verdict(report) +
           "</td></tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

// Whether a ratio is worth a colour, and which.
std::string_view ClassOf(const FigureKind& kind, double ratio) {
  constexpr double kWorthNoting = 0.05;
  if (kind.better == Better::kNeither || (ratio > 1 - kWorthNoting && ratio < 1 + kWorthNoting)) {
    return "quiet";
  }
  return (ratio < 1) == (kind.better == Better::kLower) ? "good" : "bad";
}

std::string Cell(const ComparedFigure& figure, std::size_t report) {
  const Value& value = figure.values[report];
  if (!value.value) {
    return "<td class=\"number none\" title=\"" + EscapeHtml(value.reason) + "\">n/a</td>";
  }
  std::string out =
      "<td class=\"number\">" + EscapeHtml(FormatValue(figure.kind->unit, *value.value));
  if (figure.ratios[report]) {
    const double ratio = *figure.ratios[report];
    out += "<br><span class=\"" + std::string(ClassOf(*figure.kind, ratio)) + "\">&times;" +
           EscapeHtml(FormatNumber(ratio)) + "</span>";
  }
  return out + "</td>";
}

std::string Table(std::span<const Report> reports) {
  std::string out;
  std::optional<FigureGroup> group;
  std::string_view defined;  // for all percentiles of one thing, once
  for (const ComparedFigure& figure : CompareFigures(reports)) {
    if (group != figure.kind->group) {
      if (group) out += "</tbody></table></div>\n";
      group = figure.kind->group;
      out += "<h3>" + Capitalised(GroupName(*group)) +
             "</h3>\n<div class=\"scroll\"><table class=\"compared\"><thead><tr><th></th>";
      for (std::size_t i = 0; i < reports.size(); ++i) {
        out += "<th class=\"number\">" + EscapeHtml(ShortNameOf(reports[i], i)) + "</th>";
      }
      out += "</tr></thead><tbody>\n";
    }
    const FigureKind& kind = *figure.kind;
    out += "<tr><th>" + EscapeHtml(kind.label);
    if (!kind.percentile.empty()) out += ", " + EscapeHtml(kind.percentile);
    if (kind.definition != defined) out += "<small>" + EscapeHtml(kind.definition) + "</small>";
    defined = kind.definition;
    out += "</th>";
    for (std::size_t i = 0; i < reports.size(); ++i) out += Cell(figure, i);
    out += "</tr>\n";
  }
  return group ? out + "</tbody></table></div>\n" : out;
}

// Of each kind of curve, all reports' in one plot.
std::string Curves(std::span<const Report> reports) {
  std::vector<std::pair<const Curve*, std::vector<LabelledCurve>>> plots;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    for (const Curve& curve : reports[i].curves) {
      auto plot = plots.begin();
      while (plot != plots.end() && plot->first->key != curve.key) ++plot;
      if (plot == plots.end()) plot = plots.insert(plot, {&curve, {}});
      plot->second.push_back({ShortNameOf(reports[i], i), &curve});
    }
  }
  std::string out;
  for (const auto& [first, curves] : plots) out += DrawCurves(first->label, curves);
  return out;
}

std::string Timeline(std::span<const Report> reports, const std::string& title, FigureUnit unit,
                     const std::function<std::optional<double>(const TimelineSample&)>& get) {
  Plot plot{.title = title, .y_unit = unit};
  for (std::size_t i = 0; i < reports.size(); ++i) {
    PlotLine line{.label = ShortNameOf(reports[i], i)};
    for (const TimelineSample& sample : reports[i].timeline) {
      line.points.push_back({sample.seconds, get(sample)});
    }
    plot.lines.push_back(std::move(line));
  }
  return DrawPlot(plot);
}

}  // namespace

std::string WriteComparisonHtml(std::span<const Report> reports) {
  using Sample = TimelineSample;
  std::string title = "Comparison of " + std::to_string(reports.size()) + " runs";
  std::string body = "<p class=\"kicker\">Load test</p>\n<h1>" + title + "</h1>\n";
  body += Runs(reports);
  body += ListInBox("What lessens the comparison", Reservations(reports));
  body +=
      "<h2>Distributions</h2>\n<p class=\"quiet\">The share of all that took at most so "
      "long.</p>\n<div class=\"plots\">\n" +
      Curves(reports) + "</div>\n<h2>Over time</h2>\n<div class=\"plots\">\n";
  body += Timeline(reports, "Rate received", FigureUnit::kBitRate,
                   [](const Sample& sample) { return sample.receive_rate; });
  body += Timeline(reports, "One-way transit, p99", FigureUnit::kMilliseconds,
                   [](const Sample& sample) { return sample.transit_p99; });
  body += Timeline(reports, "CPU of the server", FigureUnit::kCores,
                   [](const Sample& sample) { return sample.server_cpu; });
  body +=
      "</div>\n<h2>Figures</h2>\n<p class=\"quiet\">With ratios to A; coloured where they "
      "are better or worse by more than 5 %.</p>\n" +
      Table(reports);
  body += "<footer>pNN: NN per cent of all stay at or below it.</footer>\n";
  return HtmlPage(title, body);
}

}  // namespace stellwerk::load
