#include "bench/load/report/report_csv.h"

#include <array>
#include <charconv>
#include <string_view>

#include "bench/load/report/figure.h"
#include "bench/load/report/value_text.h"

namespace stellwerk::load {
namespace {

std::string Quoted(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(field);
  std::string quoted = "\"";
  for (const char c : field) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

// The shortest text that reads back as the same number, whatever the locale.
std::string Exact(double value) {
  std::array<char, 64> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), written.ptr};
}

}  // namespace

std::string WriteCsv(const Report& report) {
  std::string out = "key,label,percentile,group,unit,value,reason\n";
  for (const FigureKind& kind : FigureKinds()) {
    const Value value = report.Get(kind.key);
    for (const std::string_view field :
         {kind.key, kind.label, kind.percentile, GroupName(kind.group), UnitName(kind.unit)}) {
      out += Quoted(field) + ",";
    }
    out += (value.value ? Exact(*value.value) : "") + "," + Quoted(value.reason) + "\n";
  }
  return out;
}

}  // namespace stellwerk::load
