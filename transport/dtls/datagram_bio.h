#pragma once

#include <openssl/bio.h>

#include <cstdint>
#include <span>
#include <vector>

namespace stellwerk {

// The two ends of a memory BIO that keeps datagrams apart (OpenSSL's own runs them together).
struct DatagramBioState {
  std::span<const uint8_t> incoming;                      // the datagram to be read; empty = none
  std::vector<std::vector<uint8_t>>* outgoing = nullptr;  // where writes go; null = dropped
};

// `state` must outlive the BIO. Null if memory ran out.
BIO* NewDatagramBio(DatagramBioState* state);

}  // namespace stellwerk
