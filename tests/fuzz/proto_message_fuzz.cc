// Bytes from the other end of the control channel, and the controller's data that a worker gives
// back.
#include <cstddef>
#include <cstdint>
#include <span>

#include "proto/app_data.h"
#include "proto/message.h"
#include "rtc/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stellwerk::proto;
  const std::span bytes(data, size);
  if (const auto message = Decode(bytes); message.ok()) {
    // What has been understood can be said, and means the same.
    const auto again = Decode(Encode(*message));
    STELLWERK_CHECK(again.ok() && *again == *message);
  }
  if (const auto app_data = DecodeAppData(bytes); app_data.ok()) {
    const auto again = DecodeAppData(EncodeAppData(*app_data));
    STELLWERK_CHECK(again.ok() && *again == *app_data);
  }
  return 0;
}
