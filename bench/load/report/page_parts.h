#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/load/report/report.h"

// What the page of one report and that of several have in common.
namespace stellwerk::load {

// Never empty.
std::string TitleOf(const Report& report);
std::string Capitalised(std::string_view word);
// Badges: valid or not, passed or not.
std::string Verdict(const Report& report);
// "<li>...</li>" each, escaped.
std::string ListItems(const std::vector<std::string>& lines);
// Nothing if there are no lines.
std::string ListInBox(std::string_view head, const std::vector<std::string>& lines);

struct LabelledCurve {
  std::string label;
  const Curve* curve = nullptr;
};
// Cumulative distributions over a logarithmic axis of times.
std::string DrawCurves(const std::string& title, const std::vector<LabelledCurve>& curves);

}  // namespace stellwerk::load
