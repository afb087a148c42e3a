#pragma once

#include <memory>

#include "transport/srtp/protector.h"
#include "transport/srtp/srtp_keys.h"

namespace stellwerk {

// Whether intel-ipsec-mb works here: an x86-64 CPU with AES and carry-less multiplication, and the
// library's own self-test passed.
bool HasIpsecMb();
// GCM packet by packet; AES_CM of up to 32 packets side by side (ProtectBatch), which is where its
// SHA-1 gains. Needs HasIpsecMb().
std::unique_ptr<Protector> MakeIpsecMbProtector(const SrtpKeys& keys, SrtpDirection direction);

}  // namespace stellwerk
