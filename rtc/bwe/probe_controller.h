#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/units.h"
#include "rtc/bwe/probe_cluster.h"
#include "rtc/bwe/probe_meter.h"

namespace stellwerk {

// Decides when to probe, and how high: at the start, when more is wanted than the estimate allows
// (at once when that begins, then again and again), and further as long as probes succeed.
class ProbeController {
 public:
  struct State {
    DataRate estimate;
    DataRate max;
    bool congested = false;  // now is no time to send more
    bool lossy = false;      // a policer's bucket lets through what it would not for long
    TimeDelta jitter{};
    Timestamp now;
  };

  // Something is sent for the first time.
  void OnFirstPacket(Timestamp now);
  void SetDemand(DataRate wanted, const State& state);
  // A probe's latest result; `state.estimate` already knows of it.
  void OnResult(const ProbeResult& result, const State& state);
  // The estimate may have changed: whether more is wanted, too.
  void OnEstimate(const State& state);
  // The link was found to be slower than thought: it will not stay so for ever.
  void OnDrop(Timestamp now);

  [[nodiscard]] std::optional<ProbeCluster> Take(const State& state);
  [[nodiscard]] Timestamp NextTimeout() const { return next_; }

 private:
  [[nodiscard]] bool WantsMore(DataRate estimate) const;
  [[nodiscard]] ProbeCluster Make(DataRate rate, const State& state);

  std::optional<DataRate> demand_;
  int start_probes_ = 0;  // of the first two, sent so far
  bool started_ = false;
  // The first two are under way until then, or lost; less was wanted then than they might find.
  Timestamp starts_until_{};
  bool start_limited_ = false;
  bool further_ = false;       // the last probe did not find the limit
  ProbeClusterId judged_{-1};  // the last one with a result
  DataRate judged_rate_;       // that it was sent with
  Timestamp next_ = kNever;
  TimeDelta interval_{};
  int32_t next_id_ = 0;
  ProbeClusterId last_taken_{-1};
  DataRate last_rate_;
};

}  // namespace stellwerk
