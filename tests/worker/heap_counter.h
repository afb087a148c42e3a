#pragma once

#include <cstdint>

namespace stellwerk {

// Counts every operator new of the process, which its source file replaces: link it into an
// executable of its own.
void StartCountingAllocations();
void StopCountingAllocations();
// All that were counted so far.
uint64_t CountedAllocations();

}  // namespace stellwerk
