#include <algorithm>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <vector>

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

using Values = std::vector<std::optional<double>>;

// Collects what is out of its range. A figure that is not there misses its bar.
class Checker {
 public:
  Checker(const Scenario& scenario, std::span<const Figures> calls)
      : scenario_(scenario), calls_(calls) {}

  // `read` takes a figure from a call's Figures; `bar` is nullopt where nothing is asked for.
  template <typename Read>
  void NotBelow(const std::string& who, const char* what, std::optional<double> bar, Read read) {
    // Seen upside down it is an upper bar.
    if (bar) Judge(who, what, " is below ", *bar, 1 - 2 * (1 - *bar), -1, read);
  }
  template <typename Read>
  void NotAbove(const std::string& who, const char* what, std::optional<double> bar, Read read) {
    if (bar) Judge(who, what, " is above ", *bar, 2 * *bar, 1, read);
  }
  // Of a ratio of which 1 is perfect.
  template <typename Read>
  void NotAboveOne(const std::string& who, const char* what, std::optional<double> bar, Read read) {
    if (bar) Judge(who, what, " is above ", *bar, 1 + 2 * (*bar - 1), 1, read);
  }
  void Add(std::size_t call, const std::string& who, const std::string& what) {
    missed.push_back(Name(call) + ", " + who + ": " + what);
  }
  std::vector<std::string> missed;

 private:
  template <typename Read>
  void Judge(const std::string& who, const char* what, const char* relation, double bar,
             double bar_of_each, int sign, Read read) {
    const auto text = [&](const std::optional<double>& value, double limit) {
      return std::string(what) + " " + (value ? Text(*value) : "that was not measured") + relation +
             Text(limit);
    };
    const auto misses = [sign](const std::optional<double>& value, double limit) {
      return !value || sign * *value > sign * limit;
    };
    Values values;
    for (const Figures& call : calls_) values.push_back(read(call));
    const bool many = values.size() > 1;
    for (std::size_t i = 0; many && i < values.size(); ++i) {
      if (misses(values[i], bar_of_each)) Add(i, who, text(values[i], bar_of_each));
    }
    const auto median = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), median, values.end(), [sign](const auto& a, const auto& b) {
      if (!a || !b) return a && !b;
      return sign * *a < sign * *b;
    });
    if (!misses(*median, bar)) return;
    if (!many) return Add(0, who, text(*median, bar));
    missed.push_back(scenario_.name + " (median of " + std::to_string(values.size()) + " calls), " +
                     who + ": " + text(*median, bar));
  }
  [[nodiscard]] std::string Name(std::size_t call) const {
    return scenario_.name + " (seed " + std::to_string(scenario_.seed + call) + ")";
  }

  const Scenario& scenario_;
  std::span<const Figures> calls_;
};

void JudgeViewer(const Bars& bars, std::size_t i, const std::string& who, Checker& checker) {
  const auto of = [i](auto read) {
    return [i, read](const Figures& call) { return std::optional<double>(read(call.viewers[i])); };
  };
  using V = const ViewerFigures&;
  checker.NotBelow(who, "estimate / capacity", bars.min_estimate_ratio,
                   of([](V v) { return v.estimate_ratio; }));
  checker.NotAboveOne(who, "estimate / capacity", bars.max_estimate_ratio,
                      of([](V v) { return v.estimate_ratio; }));
  checker.NotBelow(who, "utilisation", bars.min_utilisation, of([](V v) { return v.utilisation; }));
  checker.NotAbove(who, "p95 queueing (s)", Seconds(bars.max_p95_queueing),
                   of([](V v) { return Seconds(v.p95_queueing); }));
  checker.NotAbove(who, "overshoot (s)", Seconds(bars.max_overshoot),
                   of([](V v) { return Seconds(v.overshoot); }));
  checker.NotAbove(who, "audio loss after the drop", bars.max_audio_loss_after_drop,
                   of([](V v) { return v.audio_loss_after_drop; }));
  checker.NotAbove(who, "full layer again (s)", Seconds(bars.max_full_again),
                   of([](V v) { return Seconds(v.full_again); }));
  checker.NotBelow(who, "frames decodable in 400 ms", bars.min_decodable_in_400ms,
                   of([](V v) { return v.decodable_in_400ms; }));
  checker.NotAbove(who, "freezes", Number(bars.max_freezes),
                   of([](V v) { return static_cast<double>(v.freezes); }));
  checker.NotAbove(who, "frozen (s)", Seconds(bars.max_frozen),
                   of([](V v) { return Seconds(v.frozen); }));
  checker.NotAbove(who, "missing frames", Number(bars.max_missing),
                   of([](V v) { return static_cast<double>(v.missing); }));
  checker.NotAbove(who, "skew (s)", Seconds(bars.max_skew),
                   of([](V v) { return Seconds(v.skew); }));
  checker.NotAbove(who, "dark slots", static_cast<double>(bars.max_dark_slots),
                   of([](V v) { return static_cast<double>(v.dark_slots); }));
}

}  // namespace

std::vector<std::string> MissedBars(const Scenario& scenario, std::span<const Figures> calls) {
  if (calls.empty()) return {scenario.name + ": no call"};
  const Bars& bars = scenario.bars;
  Checker checker(scenario, calls);
  for (std::size_t i = 0; i < calls.front().viewers.size(); ++i) {
    JudgeViewer(bars, i, calls.front().viewers[i].name, checker);
  }
  checker.NotAbove("all", "p95 first frame (s)", Seconds(bars.max_p95_first_frame),
                   [](const Figures& call) { return Seconds(call.p95_first_frame); });
  checker.NotAbove("all", "keyframe requests at one publisher until all had a picture",
                   Number(bars.max_join_keyframe_requests), [](const Figures& call) {
                     return static_cast<double>(call.join_keyframe_requests);
                   });
  for (std::size_t call = 0; call < calls.size(); ++call) {
    for (const ViewerFigures& viewer : calls[call].viewers) {
      for (const std::string& problem : viewer.problems) checker.Add(call, viewer.name, problem);
    }
  }
  return checker.missed;
}

}  // namespace stellwerk::synthetic
