// Any file as a report to compare with: what is read can be written in every form, and the JSON of
// it reads back as the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/report/comparison.h"
#include "bench/load/report/report_csv.h"
#include "bench/load/report/report_html.h"
#include "bench/load/report/report_json.h"
#include "bench/load/report/table.h"
#include "rtc/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace load = stellwerk::load;
  const std::string text(data, data + size);
  auto report = load::ReadJson(text);
  if (!report.ok()) {
    STELLWERK_CHECK(!report.status().message().empty());
    return 0;
  }
  const std::string written = load::WriteJson(*report);
  const auto again = load::ReadJson(written);
  STELLWERK_CHECK(again.ok());
  STELLWERK_CHECK(load::WriteJson(*again) == written);

  STELLWERK_CHECK(load::WriteTable(*report).find('\x1b') == std::string::npos);
  STELLWERK_CHECK(!load::WriteCsv(*report).empty());
  STELLWERK_CHECK(load::WriteHtml(*report).find("<script") == std::string::npos);
  const std::vector<load::Report> two = {*report, *again};
  STELLWERK_CHECK(load::WriteComparison(two).find('\x1b') == std::string::npos);
  STELLWERK_CHECK(load::WriteComparisonHtml(two).find("<script") == std::string::npos);
  return 0;
}
