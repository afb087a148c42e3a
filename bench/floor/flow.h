#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "transport/srtp/protector.h"

namespace stellwerk::bench {

// One encrypted RTP stream: what the publisher writes, and what the forwarder makes of it for one
// destination. All of a case use one secret; it is no secret.
class Flow {
 public:
  explicit Flow(SrtpProfile profile, uint64_t seed = 0);

  // The next packet, protected; its size.
  std::size_t Write(std::span<uint8_t> buffer, std::size_t payload);
  // What protects the plaintext packet in place, as the stream's next, with the backend's others
  // (ProtectBatch).
  ProtectJob Prepare(std::span<uint8_t> buffer, std::size_t size);
  // The same at once; its new size.
  std::size_t Protect(std::span<uint8_t> buffer, std::size_t size);
  // The plaintext's size, 0 if it is not the stream's next packet.
  std::size_t Unprotect(std::span<uint8_t> buffer);

 private:
  std::unique_ptr<Protector> send_;
  std::unique_ptr<Protector> receive_;
  uint64_t next_ = 0;
};

}  // namespace stellwerk::bench
