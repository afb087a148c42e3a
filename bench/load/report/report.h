#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/report/expectation.h"
#include "bench/synthetic/distribution.h"

namespace stellwerk::load {

// A figure's value in its unit, or why there is none.
struct Value {
  std::optional<double> value = {};
  std::string reason = {};
};

// The run within one interval; `seconds` is its end, since the run's start. Counts are of the
// interval, not since the start.
struct TimelineSample {
  double seconds = 0;
  double participants = 0;                 // connected
  double send_rate = 0;                    // bit/s, of all participants together
  double receive_rate = 0;                 // bit/s
  double received_packets = 0;             // RTP, retransmissions included
  std::optional<double> loss = {};         // ratio 0..1, after repair
  std::optional<double> transit_p50 = {};  // ms
  std::optional<double> transit_p99 = {};  // ms
  double freezes = 0;                      // that began in it
  double generator_cpu = 0;                // cores
  std::optional<double> server_cpu = {};   // cores
};

// A cumulative distribution for a plot.
struct Curve {
  struct Point {
    double value = 0;  // ms
    double share = 0;  // 0..1 of all were this or less
  };
  std::string key;    // "join", "transit", ...
  std::string label;  // "one-way transit"
  std::vector<Point> points = {};
};

// How long packets of frames of one size were under way, in the steady state; an audio packet is a
// frame of one.
struct FrameTransit {
  int packets = 1;   // in the frame; the largest value stands for more, too
  double count = 0;  // packets that arrived
  std::vector<Curve::Point> points = {};
};

// One step of a search for the limit (--ramp).
struct RampStep {
  int participants = 0;
  bool valid = true;     // the generator kept up
  bool passed = true;    // all expectations were met
  std::string why = {};  // not: the first that was not met, or why it is invalid
};

// What a run found. Plain data: whoever ran it fills it in.
struct Report {
  std::string title = {};          // "20 rooms x 10 people"
  std::string target = {};         // "stellwerk ws://127.0.0.1:8080/signal"; no secrets
  std::string software = {};       // "Janus 1.1.2"; empty if the target does not tell
  std::string scenario = {};       // its name
  std::string scenario_yaml = {};  // all settings, so that the run can be repeated
  std::string started = {};        // UTC, "2024-05-01T12:00:00Z"
  double duration = 0;             // seconds
  int participants = 0;            // as asked for
  bool interrupted = false;        // ended before its time (Ctrl-C)

  // Keys are those of FigureKinds().
  std::map<std::string, Value, std::less<>> values = {};
  std::vector<TimelineSample> timeline = {};
  std::vector<Curve> curves = {};
  std::vector<FrameTransit> transit_by_packets = {};
  // Why nothing is to be concluded from the run; empty: it is valid.
  std::vector<std::string> invalid = {};
  std::vector<std::string> problems = {};  // the first few that participants met, in words
  std::vector<ExpectationResult> expectations = {};
  std::vector<RampStep> ramp = {};  // only of a ramp; the report then is that of the largest step
  std::optional<int> ramp_limit = {};  // participants of the largest step that passed

  // A key that the catalogue lacks is our bug.
  void Set(std::string_view key, double value);
  void SetNotAvailable(std::string_view key, std::string reason);
  // Sets `stem`_p50, _p95, _p99, _p999 in ms, those that the catalogue has; n/a for `reason` if
  // `distribution` is empty.
  void SetPercentiles(std::string_view stem, const synthetic::Distribution& distribution,
                      std::string_view reason);
  // Of what was never set: n/a, "not measured".
  [[nodiscard]] Value Get(std::string_view key) const;
  void AddCurve(std::string key, std::string label, const synthetic::Distribution& distribution);
  // Nothing if `distribution` is empty.
  void AddTransit(int packets, const synthetic::Distribution& distribution);

  [[nodiscard]] bool valid() const { return invalid.empty(); }
  // Valid, and every expectation was met.
  [[nodiscard]] bool passed() const;
};

}  // namespace stellwerk::load
