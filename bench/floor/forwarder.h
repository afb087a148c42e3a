#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/floor/floor_case.h"

namespace stellwerk::bench {

// Receives, decrypts, encrypts for each destination, sends; nothing else that a server does.
class Forwarder {
 public:
  virtual ~Forwarder() = default;
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  [[nodiscard]] virtual sockaddr_in address() const = 0;
  virtual void RunFor(std::chrono::nanoseconds duration) = 0;
  // Packets times destinations, since it was made.
  [[nodiscard]] virtual uint64_t forwarded() const = 0;
  // In which they were handed to the kernel.
  [[nodiscard]] virtual uint64_t messages() const = 0;

 protected:
  Forwarder() = default;
};

// The fewest instructions that do it.
std::unique_ptr<Forwarder> MakeBareForwarder(const FloorCase& what, in_addr address,
                                             std::vector<sockaddr_in> destinations);
// On libuv, the packet pool and UdpSocket, as the server has it: what these add to the floor.
std::unique_ptr<Forwarder> MakeSocketForwarder(const FloorCase& what, in_addr address,
                                               const std::vector<sockaddr_in>& destinations);

}  // namespace stellwerk::bench
