#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "transport/srtp/srtp_keys.h"

namespace stellwerk::bench {

// How the forwarder sends.
enum class SendPath : uint8_t {
  kSingle,     // one unconnected socket, sendmmsg, each packet a message
  kRuns,       // the same, each destination's burst one message (UDP_SEGMENT)
  kConnected,  // a connected socket for each destination, each burst one sendmsg (UDP_SEGMENT)
  kSocket,     // the server's own UdpSocket
};

// A publisher whose packets come in bursts, a forwarder that gives each to every destination.
struct FloorCase {
  std::string network = "loopback";
  SendPath path = SendPath::kRuns;
  int burst = 4;  // packets, back to back
  // The lengths of bursts in the order in which they come, again and again; empty: all are `burst`.
  std::vector<int> trace = {};
  int destinations = 200;
  int packets_per_second = 400;  // of the publisher
  std::size_t payload = 1100;    // bytes after the RTP header
  SrtpProfile profile = SrtpProfile::kAeadAes128Gcm;
  double seconds = 1;
  bool pin = false;  // forwarder and receivers each to a processor of its own
};

struct FloorResult {
  FloorCase what;
  uint64_t forwarded = 0;  // packets times destinations
  uint64_t messages = 0;   // in which the kernel got them: forwarded over messages is the mean run
  // CPU of the forwarder's process per forwarded packet.
  double user_ns = 0;
  double system_ns = 0;
  double lost = 0;      // the share that no receiver got; what is lost costs less than it should
  std::string invalid;  // why the figures are not to be used; empty: they are
};

}  // namespace stellwerk::bench
