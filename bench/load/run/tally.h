#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/report/report.h"
#include "bench/load/run/demand_log.h"
#include "bench/synthetic/distribution.h"
#include "bench/synthetic/latency_histogram.h"
#include "bench/synthetic/reception.h"
#include "bench/synthetic/transit_times.h"
#include "rtc/base/units.h"

namespace stellwerk::load {

// When the steps of one join were done; what is absent did not come.
struct JoinSteps {
  std::optional<Timestamp> started = {};
  std::optional<Timestamp> signalled = {};
  std::optional<Timestamp> ice = {};
  std::optional<Timestamp> dtls = {};
  // Of media, on any of the connections.
  std::optional<Timestamp> first_packet = {};
  std::optional<Timestamp> first_frame = {};  // decodable
};

// RTP with headers; no retransmissions.
struct SentTotals {
  uint64_t packets = 0;
  uint64_t bytes = 0;
};

// Everything that is summed over the people of a run.
struct Tally {
  // From one step to the next, and from the start to the first decodable frame.
  synthetic::Distribution signalling, ice, dtls, first_packet, first_frame, join;
  uint64_t join_failed = 0;
  synthetic::Distribution reconnect;  // from the network's loss to the next decodable frame

  synthetic::ReceptionStats reception = {};
  synthetic::TransitTimes transit = {};
  synthetic::Distribution jitter;  // one value for each stream

  uint64_t frames = 0;  // that came, wholly or in part, or are known to be lost
  uint64_t undecodable = 0;
  uint64_t freezes = 0;
  TimeDelta frozen{};
  TimeDelta viewed{};  // how long video streams were watched, summed over all
  synthetic::LatencyHistogram frame_latency = {};
  LayerTally layers = {};
  uint64_t errors = 0;                     // what no network excuses
  std::vector<std::string> problems = {};  // the first few

  SentTotals sent = {};
  TimeDelta published{};  // how long cameras were there, summed over all
  uint64_t keyframe_requests = 0;
  synthetic::Distribution send_lag;
  double estimate_ratios = 0;  // summed over publishers behind a bottleneck
  uint64_t estimates = 0;

  void AddJoin(const JoinSteps& steps);
  void AddProblem(const std::string& problem);
  // Writes the figures that follow from it, and their curves.
  void Fill(Report& report) const;

 private:
  void FillPicture(Report& report) const;
};

}  // namespace stellwerk::load
