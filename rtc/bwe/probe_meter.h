#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/base/units.h"
#include "rtc/bwe/probe_cluster.h"

namespace stellwerk {

// What a probe has found.
struct ProbeResult {
  ProbeClusterId id;
  DataRate sent;
  DataRate arrived;
  bool saturated = false;  // clearly less arrived than was sent: the link is full
  // What the link carries at least.
  [[nodiscard]] DataRate rate() const;
};

// Measures the rate at which the packets of a probe arrive. Remembers the last few probes.
class ProbeMeter {
 public:
  void OnProbeSent(const ProbeCluster& probe);
  // In order of arrival. A result as soon as enough of the probe has arrived, and a better one with
  // each further packet.
  std::optional<ProbeResult> OnPacket(ProbeClusterId id, Timestamp sent, TimeDelta arrival,
                                      DataSize size);

 private:
  static constexpr std::size_t kProbes = 4;
  struct Probe {
    ProbeCluster cluster;
    uint32_t packets = 0;
    DataSize bytes;
    Timestamp first_sent;
    Timestamp last_sent;
    DataSize last_sent_size;
    TimeDelta first_arrival{};
    TimeDelta last_arrival{};
    DataSize first_arrival_size;
  };
  [[nodiscard]] static std::optional<ProbeResult> Judge(const Probe& probe);

  std::array<std::optional<Probe>, kProbes> probes_;
  std::size_t next_ = 0;
};

}  // namespace stellwerk
