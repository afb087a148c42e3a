#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/report/report.h"

namespace stellwerk::load {

// What is known while a test runs; everything since its start but `now`.
struct LiveStatus {
  double seconds = 0;        // since the start
  double total_seconds = 0;  // of the whole run; 0 if that is not known
  std::string phase = {};    // "joining", "running", "ramp 3: 400 participants"
  int participants = 0;      // to be connected in the end
  TimelineSample now = {};   // the latest interval
  int joined = 0;            // joins that succeeded
  int join_failed = 0;
  std::optional<double> join_p50 = {};  // ms
  std::optional<double> join_p95 = {};  // ms
  std::optional<double> loss = {};      // ratio, after repair
  double freezes = 0;
  double errors = 0;
  std::string problem = {};  // the latest, in words; empty if there was none
};

struct LiveOptions {
  bool terminal = false;    // ANSI escapes are understood: one table in place, refreshed
  bool colour = false;      // only with `terminal`
  std::size_t width = 100;  // columns of the terminal
};

// What to write to the terminal, or the log, as a test goes on. Makes text only; the caller writes
// it. On a terminal each Update goes over the one before; elsewhere it is a line of its own.
class LiveView {
 public:
  explicit LiveView(LiveOptions options) : options_(options) {}

  [[nodiscard]] std::string Update(const LiveStatus& status);
  // A line that stays, above the table.
  [[nodiscard]] std::string Note(const std::string& line);
  // Removes the table from a terminal, so that the end table takes its place.
  [[nodiscard]] std::string Finish();

 private:
  [[nodiscard]] std::string Table(const LiveStatus& status);
  [[nodiscard]] std::string Line(const LiveStatus& status) const;
  [[nodiscard]] std::string Erase() const;

  LiveOptions options_;
  std::string table_;                  // as it stands on the terminal
  std::size_t lines_ = 0;              // of it
  std::vector<double> receive_rates_;  // recent ones, for the sparkline
};

// "[#####.....]" of `width` columns for `done`, 0..1.
std::string ProgressBar(double done, std::size_t width);
// The last `width` of `values` in eight heights, from 0 to their greatest.
std::string Sparkline(const std::vector<double>& values, std::size_t width);
// The columns and abilities of the terminal at `file_descriptor`; not a terminal if it is none, or
// TERM is "dumb". Without colour if NO_COLOR is set.
LiveOptions OptionsOf(int file_descriptor);

}  // namespace stellwerk::load
