#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/drop_reason.h"

namespace stellwerk {

// Looks through an SCTP packet before usrsctp does: every length field adds up, and there are only
// chunks of extensions that we negotiate. usrsctp 0.9.5 trusts some of it (a parameter of length
// zero in an INIT makes it loop for ever), and the peer of a conference is nobody to trust.
// nullopt: fit for usrsctp. `is_up`: the association is established, so no INIT is expected.
std::optional<DropReason> CheckSctpPacket(std::span<const uint8_t> packet, bool is_up);

}  // namespace stellwerk
