#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/check.h"
#include "rtc/base/packet_pool.h"
#include "transport/ice/check_response.h"
#include "transport/ice/ice_agent.h"
#include "transport/stun/stun_message.h"

using namespace stellwerk;

// Reads a message in every way there is, and answers it: an error must not be larger than the
// message.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto message = StunMessage::Parse(std::span(data, size));
  if (!message) return 0;
  static_cast<void>(message->VerifyIntegrity("VOkJxbRl1RmTxUk/WvJxBt"));
  static_cast<void>(ReceiverUfragOf(message->username().value_or("")));
  STELLWERK_CHECK(message->unknown_required().size() <= StunMessage::kMaxUnknown);
  PacketPool pool;
  for (const uint16_t code :
       {kStunBadRequest, kStunUnauthenticated, kStunUnknownAttribute, kStunRoleConflict}) {
    const PacketRef error =
        MakeCheckError(pool, *message, code, code < 420 ? "" : "a password of 22 chars");
    if (!error) continue;
    STELLWERK_CHECK(error.size() <= size);
    const auto again = StunMessage::Parse(error.bytes());
    STELLWERK_CHECK(again.has_value() && again->error_code() == code);
  }
  return 0;
}
