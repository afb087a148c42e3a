#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "controller/signaling/client_message.h"
#include "rtc/base/check.h"

// What a client says over its WebSocket, before anything is known about it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto message = stellwerk::ParseClientMessage(text);
  if (!message) {
    STELLWERK_CHECK(!message.error().text.empty());
    return 0;
  }
  if (const auto* hello = std::get_if<stellwerk::HelloMessage>(&*message)) {
    STELLWERK_CHECK(hello->version != stellwerk::kSignalingVersion ||
                    stellwerk::IsGoodName(hello->room.Reveal()));
  }
  return 0;
}
