#pragma once

#include <cstddef>

namespace stellwerk {

// Of this process, by operator new and by OpenSSL.
std::size_t AllocationsSoFar();
// False if OpenSSL had allocated something before the count began; then it counts none of it.
bool AreAllocationsCounted();

}  // namespace stellwerk
