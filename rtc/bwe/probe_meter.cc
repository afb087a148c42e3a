#include "rtc/bwe/probe_meter.h"

#include <algorithm>

#include "rtc/bwe/scaled_rate.h"

namespace stellwerk {
namespace {

// Of a probe's packets and bytes.
constexpr double kEnough = 0.65;
constexpr TimeDelta kMaxSpan = std::chrono::seconds(1);
// What arrives faster than it was sent came in a lump; this much faster, it tells nothing.
constexpr double kMaxGain = 2.0;
constexpr double kSaturated = 0.9;
// A full link's rate is not to be used to the last bit.
constexpr double kOfSaturated = 0.95;

}  // namespace

DataRate ProbeResult::rate() const {
  return saturated ? Scaled(arrived, kOfSaturated) : std::min(sent, arrived);
}

void ProbeMeter::OnProbeSent(const ProbeCluster& probe) {
  probes_[next_].emplace();
  probes_[next_]->cluster = probe;
  next_ = (next_ + 1) % kProbes;
}

std::optional<ProbeResult> ProbeMeter::OnPacket(ProbeClusterId id, Timestamp sent,
                                                TimeDelta arrival, DataSize size) {
  const auto found = std::find_if(probes_.begin(), probes_.end(), [&](const auto& probe) {
    return probe && probe->cluster.id == id;
  });
  if (found == probes_.end()) return std::nullopt;
  Probe& probe = **found;
  if (probe.packets == 0 || sent < probe.first_sent) probe.first_sent = sent;
  if (probe.packets == 0 || sent > probe.last_sent) {
    probe.last_sent = sent;
    probe.last_sent_size = size;
  }
  if (probe.packets == 0 || arrival < probe.first_arrival) {
    probe.first_arrival = arrival;
    probe.first_arrival_size = size;
  }
  if (probe.packets == 0 || arrival > probe.last_arrival) probe.last_arrival = arrival;
  ++probe.packets;
  probe.bytes += size;
  return Judge(probe);
}

std::optional<ProbeResult> ProbeMeter::Judge(const Probe& probe) {
  const ProbeCluster& cluster = probe.cluster;
  if (probe.packets < 3 || probe.packets < kEnough * cluster.min_packets ||
      static_cast<double>(probe.bytes.bytes()) <
          kEnough * static_cast<double>(cluster.size().bytes())) {
    return std::nullopt;
  }
  const TimeDelta sending = probe.last_sent - probe.first_sent;
  const TimeDelta arriving = probe.last_arrival - probe.first_arrival;
  if (sending <= TimeDelta{} || sending > kMaxSpan || arriving <= TimeDelta{} ||
      arriving > kMaxSpan) {
    return std::nullopt;
  }
  // Packets differ in size, but are the same here and there: what counts is how much longer they
  // took to arrive than to be sent.
  const double stretched = ToSeconds(arriving) / ToSeconds(sending);
  if (stretched * kMaxGain < 1) return std::nullopt;
  ProbeResult result{
      .id = cluster.id, .sent = (probe.bytes - probe.last_sent_size) / sending, .arrived = {}};
  result.saturated = stretched * kSaturated > 1;
  // On a full link each packet takes its own time; else it follows the one before it as when they
  // were sent.
  result.arrived = result.saturated
                       ? std::min((probe.bytes - probe.first_arrival_size) / arriving, result.sent)
                       : Scaled(result.sent, 1 / stretched);
  return result;
}

}  // namespace stellwerk
