#pragma once

#include <cstdint>

#include "bench/synthetic/distribution.h"

namespace stellwerk::synthetic {

// Everything about a swarm's sockets since it was created, those that are closed included: whether
// what was measured is the server's doing or the generator's.
struct SwarmStats {
  uint64_t datagrams_received = 0;
  uint64_t bytes_received = 0;  // UDP payload
  uint64_t datagrams_sent = 0;
  uint64_t bytes_sent = 0;
  // Datagrams that found a socket's receive buffer full: the generator was too slow.
  uint64_t socket_drops = 0;
  // Datagrams that the kernel did not take, or that waited for it too long.
  uint64_t send_drops = 0;
  // Lost on purpose: SetLink, SetImpairment.
  uint64_t link_drops = 0;
  // How long after its time each timer ran. Timers have a granularity of 1 ms.
  Distribution timer_lag = {};
};

}  // namespace stellwerk::synthetic
