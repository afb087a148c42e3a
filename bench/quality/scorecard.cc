#include "bench/quality/scorecard.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace stellwerk::synthetic {
namespace {

using Json = nlohmann::ordered_json;

double Seconds(TimeDelta time) { return static_cast<double>(time.count()) / 1e9; }
std::optional<double> Seconds(std::optional<TimeDelta> time) {
  return time ? std::optional(Seconds(*time)) : std::nullopt;
}

std::string Format(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}
std::string Format(const char* format, std::optional<double> value) {
  return value ? Format(format, *value) : "-";
}

template <typename Read>
std::optional<double> Mean(const Figures& figures, Read read) {
  double sum = 0;
  int count = 0;
  for (const ViewerFigures& viewer : figures.viewers) {
    const std::optional<double> value = read(viewer);
    if (!value) continue;
    sum += *value;
    ++count;
  }
  return count > 0 ? std::optional(sum / count) : std::nullopt;
}

template <typename Read>
std::optional<double> Worst(const Figures& figures, Read read, bool high_is_bad = true) {
  std::optional<double> worst;
  for (const ViewerFigures& viewer : figures.viewers) {
    const std::optional<double> value = read(viewer);
    if (!value) continue;
    if (!worst || (high_is_bad ? *value > *worst : *value < *worst)) worst = value;
  }
  return worst;
}

using Row = std::vector<std::string>;

Row RowOf(const ScoredScenario& scored) {
  const Figures& figures = scored.figures;
  const auto percent = [](std::optional<double> share) {
    return share ? std::optional(*share * 100) : std::nullopt;
  };
  const auto ms = [](std::optional<double> seconds) {
    return seconds ? std::optional(*seconds * 1000) : std::nullopt;
  };
  using V = const ViewerFigures&;
  return {
      scored.scenario.name,
      std::to_string(figures.viewers.size()),
      Format("%.2f", Mean(figures, [](V v) { return v.estimate_ratio; })),
      Format("%.2f", Mean(figures, [](V v) { return v.estimate_deviation; })),
      Format("%.0f", percent(Mean(figures, [](V v) { return v.utilisation; }))),
      Format("%.1f", percent(Mean(figures, [](V v) { return v.padding_share; }))),
      Format("%.0f",
             ms(Worst(figures, [](V v) { return std::optional(Seconds(v.p95_queueing)); }))),
      Format("%.0f", Seconds(figures.median_first_frame) * 1000),
      Format("%.0f", Seconds(figures.p95_first_frame) * 1000),
      Format("%.0f",
             Worst(figures, [](V v) { return std::optional(static_cast<double>(v.freezes)); })),
      Format("%.1f", Worst(figures, [](V v) { return std::optional(Seconds(v.frozen)); })),
      Format("%.2f", percent(Worst(
                         figures, [](V v) { return std::optional(v.decodable_in_400ms); }, false))),
      Format("%.2f", percent(Worst(figures, [](V v) { return std::optional(v.audio_loss); }))),
      Format("%.2f", Worst(figures, [](V v) { return Seconds(v.overshoot); })),
      Format("%.2f", percent(Worst(figures, [](V v) { return v.audio_loss_after_drop; }))),
      Format("%.2f", Worst(figures, [](V v) { return Seconds(v.switched_down); })),
      Format("%.2f", Worst(figures, [](V v) { return Seconds(v.full_again); })),
      std::to_string(figures.most_keyframe_requests),
      Format("%.0f",
             Worst(figures, [](V v) { return std::optional(static_cast<double>(v.missing)); })),
      Format("%.0f", ms(Worst(figures, [](V v) { return Seconds(v.skew); }))),
      scored.missed.empty() ? "yes" : "NO",
  };
}

Json OrNull(std::optional<double> value) { return value ? Json(*value) : Json(); }
Json OrNull(std::optional<TimeDelta> value) { return OrNull(Seconds(value)); }

Json JsonOf(const ViewerFigures& viewer) {
  Json first_frames = Json::array();
  for (const TimeDelta time : viewer.first_frames) first_frames.push_back(Seconds(time));
  return {{"name", viewer.name},
          {"estimate_ratio", OrNull(viewer.estimate_ratio)},
          {"estimate_deviation", OrNull(viewer.estimate_deviation)},
          {"utilisation", OrNull(viewer.utilisation)},
          {"padding_share", OrNull(viewer.padding_share)},
          {"p95_queueing", Seconds(viewer.p95_queueing)},
          {"max_queueing", Seconds(viewer.max_queueing)},
          {"first_frames", first_frames},
          {"dark_slots", viewer.dark_slots},
          {"freezes", viewer.freezes},
          {"frozen", Seconds(viewer.frozen)},
          {"frames", viewer.frames},
          {"decodable_in_400ms", viewer.decodable_in_400ms},
          {"errors", viewer.errors},
          {"problems", viewer.problems},
          {"missing", viewer.missing},
          {"switches", viewer.switches},
          {"audio_loss", viewer.audio_loss},
          {"skew", OrNull(viewer.skew)},
          {"overshoot", OrNull(viewer.overshoot)},
          {"queue_drained", OrNull(viewer.queue_drained)},
          {"switched_down", OrNull(viewer.switched_down)},
          {"audio_loss_after_drop", OrNull(viewer.audio_loss_after_drop)},
          {"full_again", OrNull(viewer.full_again)}};
}

constexpr const char* kLegend =
    "est/cap, dev: estimate against capacity, and the mean of its distance; util: media without\n"
    "padding / capacity; pad: padding of what was delivered; queue: p95; first: from the answer "
    "to\n"
    "the first decodable picture, median and p95 of the viewers; in 400: frames decodable within\n"
    "400 ms of their sending; audio: lost after repair; after a drop: until no more is sent than\n"
    "fits, audio lost within 10 s, until a smaller layer shows, after the return until the full\n"
    "layer shows; PLI: most keyframe requests at one publisher; miss: frames that others refer to\n"
    "and that are not there; skew: voice against picture. Of several viewers: means of est/cap,\n"
    "dev, util and pad, the worst of all else.\n";

}  // namespace

std::string ScorecardTable(const std::vector<ScoredScenario>& scored) {
  std::vector<Row> rows = {
      {"scenario", "view", "est/", "dev",  "util", "pad",  "queue", "first", "first", "frz", "frz",
       "in 400",   "aud.", "over", "aud.", "down", "full", "PLI",   "miss",  "skew",  "bars"},
      {"",  "ers",   "cap", "",      "%", "%", "ms", "ms", "p95", "n",   "s",
       "%", "lost%", "s",   "drop%", "s", "s", "n",  "n",  "ms",  "held"}};
  for (const ScoredScenario& one : scored) rows.push_back(RowOf(one));
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - row[i].size(), ' ');
      text += i == 0 ? row[i] + gap : "  " + gap + row[i];
    }
    text += "\n";
  }
  text += "\n";
  text += kLegend;
  for (const ScoredScenario& one : scored) {
    for (const std::string& missed : one.missed) text += "missed: " + missed + "\n";
  }
  return text;
}

std::string ScorecardJson(const std::vector<ScoredScenario>& scored) {
  Json all = Json::array();
  for (const ScoredScenario& one : scored) {
    Json viewers = Json::array();
    for (const ViewerFigures& viewer : one.figures.viewers) viewers.push_back(JsonOf(viewer));
    all.push_back({{"scenario", one.scenario.name},
                   {"about", one.scenario.about},
                   {"seed", one.scenario.seed},
                   {"keyframe_requests", one.figures.keyframe_requests},
                   {"most_keyframe_requests", one.figures.most_keyframe_requests},
                   {"join_keyframe_requests", one.figures.join_keyframe_requests},
                   {"median_first_frame", Seconds(one.figures.median_first_frame)},
                   {"p95_first_frame", Seconds(one.figures.p95_first_frame)},
                   {"missed_bars", one.missed},
                   {"viewers", std::move(viewers)}});
  }
  return all.dump(2) + "\n";
}

}  // namespace stellwerk::synthetic
