#include <cstdio>
#include <string>

#include "bench/sim/figures.h"

namespace stellwerk::synthetic {
namespace {

double Seconds(TimeDelta time) { return static_cast<double>(time.count()) / 1e9; }
std::optional<double> Seconds(const std::optional<TimeDelta>& time) {
  return time ? std::optional(Seconds(*time)) : std::nullopt;
}
std::optional<double> Number(const std::optional<uint64_t>& count) {
  return count ? std::optional(static_cast<double>(*count)) : std::nullopt;
}
std::string Text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

// Collects what is out of its range. A figure that is not there misses its bar.
class Checker {
 public:
  explicit Checker(const Scenario& scenario) : scenario_(scenario) {}

  void NotBelow(const std::string& who, const char* what, std::optional<double> value,
                std::optional<double> bar) {
    if (bar && (!value || *value < *bar)) Miss(who, what, value, " is below ", *bar);
  }
  void NotAbove(const std::string& who, const char* what, std::optional<double> value,
                std::optional<double> bar) {
    if (bar && (!value || *value > *bar)) Miss(who, what, value, " is above ", *bar);
  }
  std::vector<std::string> missed;

 private:
  void Miss(const std::string& who, const char* what, std::optional<double> value,
            const char* relation, double bar) {
    missed.push_back(scenario_.name + " (seed " + std::to_string(scenario_.seed) + "), " + who +
                     ": " + what + " " + (value ? Text(*value) : "that was not measured") +
                     relation + Text(bar));
  }
  const Scenario& scenario_;
};

}  // namespace

std::vector<std::string> MissedBars(const Scenario& scenario, const Figures& figures) {
  const Bars& bars = scenario.bars;
  Checker checker(scenario);
  for (const ViewerFigures& viewer : figures.viewers) {
    const std::string& who = viewer.name;
    checker.NotBelow(who, "estimate / capacity", viewer.estimate_ratio, bars.min_estimate_ratio);
    checker.NotAbove(who, "estimate / capacity", viewer.estimate_ratio, bars.max_estimate_ratio);
    checker.NotBelow(who, "utilisation", viewer.utilisation, bars.min_utilisation);
    checker.NotAbove(who, "p95 queueing (s)", Seconds(viewer.p95_queueing),
                     Seconds(bars.max_p95_queueing));
    checker.NotAbove(who, "overshoot (s)", Seconds(viewer.overshoot), Seconds(bars.max_overshoot));
    checker.NotAbove(who, "audio loss after the drop", viewer.audio_loss_after_drop,
                     bars.max_audio_loss_after_drop);
    checker.NotAbove(who, "full layer again (s)", Seconds(viewer.full_again),
                     Seconds(bars.max_full_again));
    checker.NotBelow(who, "frames decodable in 400 ms", viewer.decodable_in_400ms,
                     bars.min_decodable_in_400ms);
    checker.NotAbove(who, "freezes", static_cast<double>(viewer.freezes), Number(bars.max_freezes));
    checker.NotAbove(who, "frozen (s)", Seconds(viewer.frozen), Seconds(bars.max_frozen));
    checker.NotAbove(who, "missing frames", static_cast<double>(viewer.missing),
                     Number(bars.max_missing));
    checker.NotAbove(who, "skew (s)", Seconds(viewer.skew), Seconds(bars.max_skew));
    checker.NotAbove(who, "dark slots", static_cast<double>(viewer.dark_slots),
                     static_cast<double>(bars.max_dark_slots));
    for (const std::string& problem : viewer.problems) {
      checker.missed.push_back(scenario.name + ", " + who + ": " + problem);
    }
  }
  checker.NotAbove("all", "p95 first frame (s)", Seconds(figures.p95_first_frame),
                   Seconds(bars.max_p95_first_frame));
  checker.NotAbove("all", "keyframe requests at one publisher until all had a picture",
                   static_cast<double>(figures.join_keyframe_requests),
                   Number(bars.max_join_keyframe_requests));
  return checker.missed;
}

}  // namespace stellwerk::synthetic
