#include <cstdint>
#include <variant>
#include <vector>

#include "rtc/base/check.h"
#include "rtc/rtcp/compound.h"

// What was understood can be written and is understood the same way again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stellwerk;
  const auto compound = ParseRtcp(std::span(data, size));
  if (!compound.has_value()) return 0;
  for (const RtcpMessage& message : compound->messages) {
    if (const auto* nack = std::get_if<Nack>(&message)) nack->ForEachLost([](SeqNum) {});
    const auto bytes = SerializeRtcp(std::span(&message, 1), 1 << 20);
    STELLWERK_CHECK(!bytes.empty());
    const auto again = ParseRtcp(bytes);
    STELLWERK_CHECK(again.has_value() && again->messages.size() == 1);
    STELLWERK_CHECK(again->messages[0] == message);
  }
  return 0;
}
