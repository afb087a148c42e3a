#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/link/payload_link.h"

namespace stellwerk {

// Two TUN devices and a link in each direction between them: `near` is where the pump was started,
// `far` where its command runs; `down` leads to the command, `up` comes from it.
class TunPump {
 public:
  TunPump(int near_fd, int far_fd, LinkConfig up, LinkConfig down, uint64_t seed);

  // Takes what the devices have, and gives them what has arrived.
  void Run();
  // How long poll may wait, in nanoseconds; -1: for ever.
  [[nodiscard]] int64_t TimeToWait() const;
  // "down rate_kbps=500 ...", "up ..." change a link, "stats" asks. Answers a line.
  std::string Execute(std::string_view line);

 private:
  struct Direction {
    int from = -1;
    int to = -1;
    PayloadLink<std::vector<uint8_t>> link;
  };
  static Timestamp Now();
  void Receive(Direction& direction);
  void Deliver(Direction& direction);

  Direction up_;
  Direction down_;
  std::vector<uint8_t> buffer_;
};

}  // namespace stellwerk
