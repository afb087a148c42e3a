#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "transport/srtp/protector.h"
#include "transport/srtp/srtp_keys.h"

namespace stellwerk {

// The reference backend. libsrtp2 counts indices itself, per SSRC; this class knows what it will
// count next and, where that differs from the index given, makes it follow (see the .cc).
std::unique_ptr<Protector> MakeLibsrtp2Protector(const SrtpKeys& keys, SrtpDirection direction);

}  // namespace stellwerk
