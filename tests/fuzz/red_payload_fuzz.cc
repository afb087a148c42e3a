#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/check.h"
#include "rtc/rtp/red_payload.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stellwerk;
  const std::span payload(data, size);
  const auto red = RedPayload::Parse(payload);
  const auto primary = FindRedPrimary(payload);
  STELLWERK_CHECK(red.has_value() == primary.has_value());
  if (!red) return 0;
  // All that was announced is there, and nothing twice.
  std::size_t total = 1 + 4 * red->redundant().size() + red->primary.data.size();
  for (const RedBlock& block : red->redundant()) total += block.data.size();
  STELLWERK_CHECK(total == size);
  STELLWERK_CHECK(primary->data.data() + primary->data.size() == data + size);
  return 0;
}
