#include "bench/load/report/report_html.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/load/report/figure_rows.h"
#include "bench/load/report/html_text.h"
#include "bench/load/report/page_parts.h"
#include "bench/load/report/svg_plot.h"
#include "bench/load/report/value_text.h"

namespace stellwerk::load {
namespace {

std::string Facts(const Report& report) {
  std::string out = "<dl class=\"facts\">";
  const auto fact = [&out](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    out += "<dt>" + std::string(name) + "</dt><dd>" + EscapeHtml(value) + "</dd>";
  };
  fact("Target", report.target);
  fact("Software", report.software);
  fact("Scenario", report.scenario);
  fact("Participants", report.participants > 0 ? FormatNumber(report.participants) : "");
  fact("Started", report.started);
  fact("Ran for", FormatClock(report.duration) + (report.interrupted ? ", interrupted" : ""));
  return out + "</dl>\n";
}

// What one looks at first.
std::string Tiles(const Report& report) {
  constexpr std::array<std::string_view, 8> kKeys = {
      "participants_peak", "join_p95",       "transit_p99",  "loss",
      "freezes",           "layer_expected", "receive_rate", "server_cpu_per_million_packets"};
  std::string out = "<ul class=\"tiles\">";
  for (const auto key : kKeys) {
    const FigureKind& kind = *FindFigure(key);
    const Value value = report.Get(key);
    out += "<li><span>";
    if (kind.group == FigureGroup::kServer) out += "server ";
    out += EscapeHtml(kind.label);
    if (!kind.percentile.empty()) out += ", " + EscapeHtml(kind.percentile);
    out += "</span>";
    out += value.value ? "<b>" + EscapeHtml(FormatValue(kind.unit, *value.value)) + "</b>"
                       : "<b class=\"none\">n/a</b><small>" + EscapeHtml(value.reason) + "</small>";
    out += "</li>\n";
  }
  return out + "</ul>\n";
}

std::string Expectations(const Report& report) {
  if (report.expectations.empty()) return {};
  std::string out =
      "<h2>Expectations</h2>\n<div class=\"scroll\"><table><thead><tr><th>Expected</th>"
      "<th>Found</th><th></th></tr></thead><tbody>\n";
  for (const auto& result : report.expectations) {
    out += "<tr><td><code>" + EscapeHtml(result.expectation.text) + "</code></td><td>" +
           EscapeHtml(result.found) + "</td><td>" +
           (result.passed ? "<span class=\"good\">&#10003; met</span>"
                          : "<span class=\"bad\">&#10007; not met</span>") +
           "</td></tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string Ramp(const Report& report) {
  if (report.ramp.empty()) return {};
  std::string out = "<h2>Ramp</h2>\n<p>";
  out += report.ramp_limit ? "All expectations held up to <b>" +
                                 EscapeHtml(FormatNumber(*report.ramp_limit)) + " participants</b>."
                           : "Not even the first step met all expectations.";
  out +=
      "</p>\n<div class=\"scroll\"><table><thead><tr><th class=\"number\">Participants</th>"
      "<th>Verdict</th><th>Why</th></tr></thead><tbody>\n";
  for (const RampStep& step : report.ramp) {
    const std::string_view verdict = !step.valid   ? "<span class=\"warn\">invalid</span>"
                                     : step.passed ? "<span class=\"good\">&#10003; passed</span>"
                                                   : "<span class=\"bad\">&#10007; failed</span>";
    out += "<tr><td class=\"number\">" + EscapeHtml(FormatNumber(step.participants)) + "</td><td>" +
           std::string(verdict) + "</td><td>" + EscapeHtml(step.why) + "</td></tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

// The medians of a join's parts side by side.
std::string JoinParts(const Report& report) {
  constexpr std::array<std::string_view, 5> kParts = {"signalling_p50", "ice_p50", "dtls_p50",
                                                      "first_packet_p50", "first_frame_p50"};
  std::string bar;
  std::string legend;
  int number = 0;
  double sum = 0;
  for (const auto key : kParts) {
    const Value value = report.Get(key);
    ++number;
    if (!value.value || *value.value < 0) continue;
    sum += *value.value;
    const std::string part = "class=\"line" + std::to_string(number) + "\"";
    std::array<char, 64> grow{};
    std::snprintf(grow.data(), grow.size(), "%.4g", std::min(*value.value, 1e6));
    bar += "<span " + part + " style=\"flex-grow:" + grow.data() + "\"></span>";
    legend += "<li " + part + ">" + EscapeHtml(FindFigure(key)->label) + " " +
              EscapeHtml(FormatValue(FigureUnit::kMilliseconds, *value.value)) + "</li>";
  }
  if (!(sum > 0)) return {};
  return "<h2>Where the time of a join goes</h2>\n<div class=\"card\"><p class=\"quiet\">The "
         "median of each part.</p><div class=\"bar\">" +
         bar + "</div><ul class=\"legend\">" + legend + "</ul></div>\n";
}

using Get = std::function<std::optional<double>(const TimelineSample&)>;

PlotLine Series(const Report& report, std::string label, const Get& get) {
  PlotLine line{.label = std::move(label)};
  for (const TimelineSample& sample : report.timeline) {
    line.points.push_back({sample.seconds, get(sample)});
  }
  return line;
}

std::string Timeline(const Report& report) {
  if (report.timeline.empty()) return {};
  const auto series = [&report](std::string label, const Get& get) {
    return Series(report, std::move(label), get);
  };
  using Sample = TimelineSample;
  std::string out = "<h2>Over time</h2>\n<div class=\"plots\">\n";
  out += DrawPlot({.title = "Participants connected",
                   .lines = {series("", [](const Sample& s) { return s.participants; })}});
  out += DrawPlot({.title = "Rates of all participants",
                   .y_unit = FigureUnit::kBitRate,
                   .lines = {series("received", [](const Sample& s) { return s.receive_rate; }),
                             series("sent", [](const Sample& s) { return s.send_rate; })}});
  out += DrawPlot({.title = "Loss after repair",
                   .y_unit = FigureUnit::kRatio,
                   .y_least = 0.001,
                   .lines = {series("", [](const Sample& s) { return s.loss; })}});
  out += DrawPlot({.title = "One-way transit, p99",
                   .y_unit = FigureUnit::kMilliseconds,
                   .lines = {series("", [](const Sample& s) { return s.transit_p99; })}});
  out += DrawPlot({.title = "Freezes that began",
                   .y_least = 4,
                   .lines = {series("", [](const Sample& s) { return s.freezes; })}});
  std::vector<PlotLine> cpu = {
      series("generator", [](const Sample& s) { return s.generator_cpu; })};
  const bool server = std::ranges::any_of(
      report.timeline, [](const Sample& sample) { return sample.server_cpu.has_value(); });
  if (server) cpu.push_back(series("server", [](const Sample& s) { return s.server_cpu; }));
  out += DrawPlot({.title = server ? "CPU" : "CPU of the generator",
                   .y_unit = FigureUnit::kCores,
                   .y_least = 1,
                   .lines = std::move(cpu)});
  return out + "</div>\n";
}

std::string Curves(const Report& report) {
  if (report.curves.empty()) return {};
  std::string out =
      "<h2>Distributions</h2>\n<p class=\"quiet\">The share of all that took at most so "
      "long.</p>\n<div class=\"plots\">\n";
  for (const Curve& curve : report.curves) {
    out += DrawCurves(curve.label, {{.label = {}, .curve = &curve}});
  }
  return out + "</div>\n";
}

std::string GroupTable(const Report& report, FigureGroup group) {
  const auto percentiles = PercentilesOf(group);
  std::string out = "<h3>" + Capitalised(GroupName(group)) +
                    "</h3>\n<div class=\"scroll\"><table class=\"figures\"><thead><tr><th></th>"
                    "<th class=\"number\"></th>";
  for (const auto percentile : percentiles) {
    out += "<th class=\"number\">" + EscapeHtml(percentile) + "</th>";
  }
  out += "</tr></thead><tbody>\n";
  for (const FigureRow& row : FigureRows()) {
    if (row.group != group) continue;
    out += "<tr><th>" + EscapeHtml(row.label) + "<small>" +
           EscapeHtml(row.kinds.front()->definition) + "</small></th>";
    const bool none = std::ranges::none_of(row.kinds, [&report](const FigureKind* kind) {
      return report.Get(kind->key).value.has_value();
    });
    if (none) {
      out += "<td class=\"none\" colspan=\"" + std::to_string(percentiles.size() + 1) +
             "\">n/a: " + EscapeHtml(report.Get(row.kinds.front()->key).reason) + "</td></tr>\n";
      continue;
    }
    const auto cell = [&report](const FigureKind* kind) -> std::string {
      if (kind == nullptr) return "<td class=\"number\"></td>";
      const Value value = report.Get(kind->key);
      const std::string head =
          kind->percentile.empty() ? "" : " data-head=\"" + EscapeHtml(kind->percentile) + "\"";
      return "<td class=\"number\"" + head + ">" +
             (value.value ? EscapeHtml(FormatValue(kind->unit, *value.value)) : "n/a") + "</td>";
    };
    out += cell(row.percentiles() ? nullptr : row.kinds.front());
    for (const auto percentile : percentiles) {
      out += cell(row.percentiles() ? FindPercentile(row, percentile) : nullptr);
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string Figures(const Report& report) {
  std::string out = "<h2>Figures</h2>\n";
  std::optional<FigureGroup> group;
  for (const FigureKind& kind : FigureKinds()) {
    if (group == kind.group) continue;
    group = kind.group;
    out += GroupTable(report, kind.group);
  }
  return out;
}

}  // namespace

std::string WriteHtml(const Report& report) {
  const std::string title = TitleOf(report);
  std::string body = "<p class=\"kicker\">Load test</p>\n<h1>" + EscapeHtml(title) + "</h1>\n";
  body += Verdict(report) + Facts(report);
  body += ListInBox("Nothing is to be concluded from this run.", report.invalid);
  body += Tiles(report) + Expectations(report) + Ramp(report) + JoinParts(report);
  body += Timeline(report) + Curves(report);
  if (!report.problems.empty()) {
    body += "<h2>Problems</h2>\n<ul class=\"problems\">" + ListItems(report.problems) + "</ul>\n";
  }
  body += Figures(report);
  if (!report.scenario_yaml.empty()) {
    body += "<details><summary>Scenario</summary><pre>" + EscapeHtml(report.scenario_yaml) +
            "</pre></details>\n";
  }
  body += "<footer>pNN: NN per cent of all stay at or below it.</footer>\n";
  return HtmlPage(title, body);
}

}  // namespace stellwerk::load
