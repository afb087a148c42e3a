#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "bench/load/report/report.h"

namespace stellwerk::load {

// Everything of the report, to be read by others' tools and by ReadJson. Values are in the units of
// the catalogue; null with a reason where there is none.
std::string WriteJson(const Report& report);

// What WriteJson wrote, of this version or an earlier one; figures that the catalogue does not know
// are left out. For anything else one line that says what is wrong where: "values.loss.value: not a
// number".
absl::StatusOr<Report> ReadJson(std::string_view text);

}  // namespace stellwerk::load
