// Any text as a scenario file: whatever is read must survive being written and read again, and what
// is refused is refused in one line.
#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/load/scenario/scenario_file.h"
#include "rtc/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(data, data + size);
  const auto scenario = stellwerk::load::ReadScenario(text, "fuzz.yaml");
  if (!scenario.ok()) {
    const std::string message(scenario.status().message());
    STELLWERK_CHECK(message.starts_with("fuzz.yaml:"));
    STELLWERK_CHECK(message.find('\n') == std::string::npos);
    return 0;
  }
  const auto again = stellwerk::load::ReadScenario(stellwerk::load::WriteScenario(*scenario), "");
  STELLWERK_CHECK(again.ok());
  STELLWERK_CHECK(*again == *scenario);
  return 0;
}
