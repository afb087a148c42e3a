#pragma once

#include <memory>

#include "transport/srtp/protector.h"
#include "transport/srtp/srtp_keys.h"

namespace stellwerk {

// On OpenSSL's ciphers, which use what the CPU has on every architecture.
std::unique_ptr<Protector> MakeOpensslProtector(const SrtpKeys& keys, SrtpDirection direction);

}  // namespace stellwerk
