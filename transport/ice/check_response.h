#pragma once

#include <cstdint>
#include <string_view>

#include "rtc/base/packet_pool.h"
#include "transport/base/socket_address.h"
#include "transport/stun/stun_message.h"

namespace stellwerk {

// RFC 8445 §7.3.1.2: success, with the address that the check came from.
[[nodiscard]] PacketRef MakeCheckSuccess(PacketPool& pool, const StunMessage& request,
                                         const SocketAddress& from, std::string_view password);

// An error response, with integrity if `password` is not empty: RFC 8489 §9.1.3 forbids it for 400
// and 401. Empty if it would be larger than the request, so that nobody can be made to receive more
// than the sender has spent.
[[nodiscard]] PacketRef MakeCheckError(PacketPool& pool, const StunMessage& request, uint16_t code,
                                       std::string_view password = {});

}  // namespace stellwerk
