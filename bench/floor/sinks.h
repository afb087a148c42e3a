#pragma once

#include <netinet/in.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/floor/floor_case.h"

namespace stellwerk::bench {

// The publisher and the receivers, in a process of their own: what they cost is not the
// forwarder's. A receiver takes datagrams one by one (no UDP_GRO), as clients do.
class Sinks {
 public:
  struct Totals {
    uint64_t published = 0;
    uint64_t received = 0;
  };
  // `enter` is run by the new process before it opens its sockets on `address`; `entered` by this
  // one, with the other's id, when that is done.
  struct Place {
    in_addr address{};
    std::function<void()> enter = [] {};
    std::function<absl::Status(pid_t)> entered = [](pid_t) { return absl::OkStatus(); };
  };
  static absl::StatusOr<std::unique_ptr<Sinks>> Start(const FloorCase& what, const Place& place);
  ~Sinks();
  Sinks(const Sinks&) = delete;
  Sinks& operator=(const Sinks&) = delete;

  // Where they receive, in the order of the destinations.
  [[nodiscard]] const std::vector<sockaddr_in>& addresses() const { return addresses_; }
  // Begins to publish.
  void PublishTo(const sockaddr_in& forwarder);
  // Ends publishing, waits for what is on its way, and ends the process.
  absl::StatusOr<Totals> Stop();

 private:
  Sinks(pid_t pid, int channel) : pid_(pid), channel_(channel) {}

  const pid_t pid_;
  const int channel_;
  std::vector<sockaddr_in> addresses_;
};

}  // namespace stellwerk::bench
