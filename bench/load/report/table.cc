#include "bench/load/report/table.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "bench/load/report/figure_rows.h"
#include "bench/load/report/page_parts.h"
#include "bench/load/report/text_columns.h"
#include "bench/load/report/value_text.h"

namespace stellwerk::load {
namespace {

// Label, a single figure's value, up to four percentiles: 78 columns.
constexpr std::size_t kLabel = 24;
constexpr std::size_t kValue = 12;
constexpr std::size_t kPercentile = 10;

class Table {
 public:
  Table(const Report& report, bool colour) : report_(report), colour_(colour) {}

  std::string Write() {
    Head();
    Figures();
    List("Problems", report_.problems);
    Ramp();
    Expectations();
    List("Nothing is to be concluded from this run", report_.invalid);
    Verdict();
    return out_;
  }

 private:
  void Line(const std::string& text) { out_ += text + "\n"; }
  [[nodiscard]] std::string Painted(const std::string& text, const char* code) const {
    return colour_ ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text;
  }
  [[nodiscard]] std::string Bold(const std::string& text) const { return Painted(text, "1"); }

  void Head() {
    Line(Bold(Printable(TitleOf(report_))));
    std::string target = Printable(report_.target);
    if (!report_.software.empty()) target += " (" + Printable(report_.software) + ")";
    if (!target.empty()) Line("  " + PadRight("target", kLabel) + target);
    std::string run = FormatClock(report_.duration);
    if (report_.interrupted) run += ", interrupted";
    if (!report_.started.empty()) run += ", started " + Printable(report_.started);
    Line("  " + PadRight("ran for", kLabel) + run);
  }

  void Figures() {
    std::optional<FigureGroup> group;
    bool measured = true;
    for (const FigureRow& row : FigureRows()) {
      if (group != row.group) {
        group = row.group;
        measured = Group(row.group);
      }
      if (measured) Row(row);
    }
  }

  // Its head; false if there is nothing below it.
  bool Group(FigureGroup group) {
    std::string name(GroupName(group));
    name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.front())));
    Line("");
    bool any = false;
    std::string reason;
    for (const FigureKind& kind : FigureKinds()) {
      if (kind.group != group) continue;
      const Value value = report_.Get(kind.key);
      any = any || value.value.has_value();
      if (reason.empty()) reason = value.reason;
    }
    if (!any) {
      Line(Bold(PadRight(name, 2 + kLabel)) + "n/a: " + Printable(reason));
      return false;
    }
    const auto percentiles = PercentilesOf(group);
    if (!percentiles.empty()) name = PadRight(name, 2 + kLabel + kValue);
    for (const auto percentile : percentiles) name += PadLeft(percentile, kPercentile);
    Line(Bold(name));
    return true;
  }

  void Row(const FigureRow& row) {
    std::string line = "  " + PadRight(row.label, kLabel);
    const bool none = std::ranges::none_of(row.kinds, [this](const FigureKind* kind) {
      return report_.Get(kind->key).value.has_value();
    });
    if (none) {
      Line(line + "n/a: " + Printable(report_.Get(row.kinds.front()->key).reason));
      return;
    }
    if (!row.percentiles()) {
      Line(line + PadLeft(Shown(*row.kinds.front()), kValue));
      return;
    }
    line += PadLeft("", kValue);
    for (const auto percentile : PercentilesOf(row.group)) {
      const FigureKind* const kind = FindPercentile(row, percentile);
      line += PadLeft(kind == nullptr ? "" : Shown(*kind), kPercentile);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    Line(line);
  }

  [[nodiscard]] std::string Shown(const FigureKind& kind) const {
    const Value value = report_.Get(kind.key);
    return value.value ? FormatValue(kind.unit, *value.value) : "n/a";
  }

  void List(const std::string& head, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    Line("");
    Line(Bold(head));
    for (const auto& line : lines) Line("  " + Printable(line));
  }

  void Ramp() {
    if (report_.ramp.empty()) return;
    Line("");
    Line(Bold("Ramp"));
    for (const RampStep& step : report_.ramp) {
      std::string line = "  " +
                         PadRight(FormatNumber(step.participants) + " participants", kLabel) +
                         (!step.valid   ? Painted("INVALID", "33")
                          : step.passed ? Painted("passed", "32")
                                        : Painted("FAILED", "31"));
      if (!step.why.empty()) line += "  " + Printable(step.why);
      Line(line);
    }
    Line("  " + PadRight("limit", kLabel) +
         (report_.ramp_limit ? FormatNumber(*report_.ramp_limit) + " participants"
                             : "none: not even the first step passed"));
  }

  void Expectations() {
    if (report_.expectations.empty()) return;
    Line("");
    Line(Bold("Expectations"));
    std::size_t width = kLabel;
    for (const auto& result : report_.expectations) {
      width = std::max(width, ColumnsOf(result.expectation.text) + 2);
    }
    for (const auto& result : report_.expectations) {
      Line("  " + PadRight(Printable(result.expectation.text), width) +
           (result.passed ? Painted("met   ", "32") : Painted("FAILED", "31")) + "  " +
           Printable(result.found));
    }
  }

  void Verdict() {
    Line("");
    const auto failed = std::ranges::count(report_.expectations, false, &ExpectationResult::passed);
    if (!report_.valid()) {
      Line(Painted("INVALID", "1;33") + ": see above");
    } else if (report_.expectations.empty()) {
      Line(Painted("VALID", "1;32"));
    } else if (failed == 0) {
      Line(Painted("VALID, PASSED", "1;32"));
    } else {
      Line("VALID, " + Painted("FAILED", "1;31") + ": " + std::to_string(failed) + " of " +
           std::to_string(report_.expectations.size()) + " expectations not met");
    }
  }

  const Report& report_;
  const bool colour_;
  std::string out_;
};

}  // namespace

std::string WriteTable(const Report& report, const TableOptions& options) {
  return Table(report, options.colour).Write();
}

}  // namespace stellwerk::load
