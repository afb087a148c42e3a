#include "tests/transport/srtp/allocation_count.h"

#include <openssl/crypto.h>

#include <cstdlib>
#include <new>

namespace {

std::size_t allocations = 0;

void* Count(std::size_t size, const char* /*file*/, int /*line*/) {
  ++allocations;
  return std::malloc(size);
}
void* Recount(void* old, std::size_t size, const char* /*file*/, int /*line*/) {
  ++allocations;
  return std::realloc(old, size);
}
void Free(void* memory, const char* /*file*/, int /*line*/) { std::free(memory); }

// Before anything of OpenSSL runs.
const bool kOpensslIsCounted = CRYPTO_set_mem_functions(&Count, &Recount, &Free) == 1;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

namespace stellwerk {

bool AreAllocationsCounted() { return kOpensslIsCounted; }
std::size_t AllocationsSoFar() { return allocations; }

}  // namespace stellwerk
