// What a server under test sends over LiveKit's signalling.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bench/load/target/livekit_messages.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(stellwerk::load::livekit::ReadResponse(bytes));
  return 0;
}
