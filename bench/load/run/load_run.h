#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/load/report/expectation.h"
#include "bench/load/report/live_view.h"
#include "bench/load/report/report.h"
#include "bench/load/run/process_meter.h"
#include "bench/load/scenario/scenario.h"
#include "bench/load/scenario/timeline.h"
#include "bench/load/target/target.h"
#include "bench/synthetic/runner/swarm.h"

namespace stellwerk::load {

struct RunOptions {
  // Of the server, its children included; not said: its figures are n/a.
  std::optional<pid_t> server_pid = {};
  std::vector<Expectation> expectations = {};
  std::string room_prefix = "load";
  // What is said of the steady state begins so long after the last join.
  TimeDelta settle{};
  // Once a second.
  std::function<void(const LiveStatus&)> on_progress = {};
  // Asked often; true: the run ends in order, now.
  std::function<bool()> interrupted = [] { return false; };
};

// Lets the people of a timeline into a server, does with them what it says, and reports. One line
// if the server does not take anybody at all.
absl::StatusOr<Report> RunLoad(const Scenario& scenario, const Timeline& timeline, Target& target,
                               synthetic::Swarm& swarm, const RunOptions& options);

// Why nothing is to be concluded from figures of a generator that did not keep up: nothing if it
// did. CPU in cores; lag in ms; what was lost in its own sockets.
std::vector<std::string> FindSaturation(std::optional<double> cpu, double send_lag_p99,
                                        uint64_t socket_drops);

}  // namespace stellwerk::load
