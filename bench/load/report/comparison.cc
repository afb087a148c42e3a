#include "bench/load/report/comparison.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "bench/load/report/page_parts.h"
#include "bench/load/report/text_columns.h"
#include "bench/load/report/value_text.h"

namespace stellwerk::load {
namespace {

constexpr std::size_t kLabel = 26;
constexpr std::size_t kValue = 14;
constexpr std::size_t kRatio = 9;

std::string RatioText(const std::optional<double>& ratio) {
  return ratio ? "x" + FormatNumber(*ratio) : "";
}

}  // namespace

std::vector<ComparedFigure> CompareFigures(std::span<const Report> reports) {
  std::vector<ComparedFigure> compared;
  for (const FigureKind& kind : FigureKinds()) {
    ComparedFigure figure{.kind = &kind};
    for (const Report& report : reports) {
      Value value = report.Get(kind.key);
      std::optional<double> ratio;
      if (!figure.values.empty() && value.value && figure.values.front().value) {
        const double quotient = *value.value / *figure.values.front().value;
        if (std::isfinite(quotient)) ratio = quotient;
      }
      figure.values.push_back(std::move(value));
      figure.ratios.push_back(ratio);
    }
    const bool any = std::ranges::any_of(
        figure.values, [](const Value& value) { return value.value.has_value(); });
    if (any) compared.push_back(std::move(figure));
  }
  return compared;
}

std::string LetterOf(std::size_t report) {
  return report < 26 ? std::string(1, static_cast<char>('A' + report)) : std::to_string(report + 1);
}

std::vector<std::string> Reservations(std::span<const Report> reports) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const Report& report = reports[i];
    if (!report.valid()) {
      lines.push_back(LetterOf(i) + " is invalid: " + report.invalid.front());
    }
    if (report.interrupted) lines.push_back(LetterOf(i) + " was interrupted");
    if (report.scenario_yaml != reports.front().scenario_yaml) {
      lines.push_back(LetterOf(i) + " had another scenario than A");
    }
  }
  return lines;
}

std::string WriteComparison(std::span<const Report> reports) {
  std::string out;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const Report& report = reports[i];
    std::string line = PadRight(LetterOf(i), 4) + TitleOf(report);
    if (!report.software.empty()) line += ", " + report.software;
    if (!report.target.empty()) line += ", " + report.target;
    if (!report.started.empty()) line += ", " + report.started;
    out += Printable(line) + "\n";
  }
  for (const auto& line : Reservations(reports)) out += "    " + Printable(line) + "\n";

  std::optional<FigureGroup> group;
  for (const ComparedFigure& figure : CompareFigures(reports)) {
    if (group != figure.kind->group) {
      group = figure.kind->group;
      std::string head = PadRight(Capitalised(GroupName(*group)), 2 + kLabel);
      for (std::size_t i = 0; i < reports.size(); ++i) {
        head += PadLeft(LetterOf(i), kValue);
        if (i > 0 && i + 1 < reports.size()) head += PadRight("", kRatio);
      }
      out += "\n" + head + "\n";
    }
    std::string label(figure.kind->label);
    if (!figure.kind->percentile.empty()) label += " " + std::string(figure.kind->percentile);
    std::string line = "  " + PadRight(label, kLabel);
    for (std::size_t i = 0; i < reports.size(); ++i) {
      const Value& value = figure.values[i];
      line += PadLeft(value.value ? FormatValue(figure.kind->unit, *value.value) : "n/a", kValue);
      if (i > 0) line += PadRight("  " + RatioText(figure.ratios[i]), kRatio);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace stellwerk::load
