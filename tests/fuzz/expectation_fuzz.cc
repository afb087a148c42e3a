// Any text as expectations: what is read names figures that there are, and can be evaluated.
#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/load/report/expectation.h"
#include "bench/load/report/report.h"
#include "rtc/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace load = stellwerk::load;
  const auto expectations = load::ParseExpectations(std::string(data, data + size));
  if (!expectations.ok()) return 0;
  load::Report report;
  for (const auto& expectation : *expectations) report.Set(expectation.key, expectation.limit);
  STELLWERK_CHECK(load::Evaluate(*expectations, report).size() == expectations->size());
  return 0;
}
