#include <cstdint>
#include <cstdlib>
#include <variant>

#include "transport/sctp/dcep.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stellwerk;
  const auto message = ParseDcep({data, size});
  if (!message) return 0;
  const auto again = ParseDcep(SerializeDcep(*message));
  if (!again || again->index() != message->index()) std::abort();
  if (const auto* open = std::get_if<DcepOpen>(&message.value())) {
    if (std::get<DcepOpen>(*again).parameters != open->parameters) std::abort();
  }
  return 0;
}
