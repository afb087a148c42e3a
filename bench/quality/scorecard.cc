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
std::optional<double> Time(std::optional<TimeDelta> time) {
  return time ? std::optional(Seconds(*time)) : std::nullopt;
}
std::optional<double> Number(uint64_t count) { return static_cast<double>(count); }

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

// What is printed, and how.
struct Column {
  const char* head;
  const char* unit;
  const char* format;
  double scale;
  std::optional<double> (*read)(const Figures&);
};
using F = const Figures&;
using V = const ViewerFigures&;

constexpr Column kColumns[] = {
    {"view", "ers", "%.0f", 1, [](F f) { return Number(f.viewers.size()); }},
    {"est/", "cap", "%.2f", 1, [](F f) { return Mean(f, [](V v) { return v.estimate_ratio; }); }},
    {"dev", "", "%.2f", 1, [](F f) { return Mean(f, [](V v) { return v.estimate_deviation; }); }},
    {"util", "%", "%.0f", 100, [](F f) { return Mean(f, [](V v) { return v.utilisation; }); }},
    {"pad", "%", "%.1f", 100, [](F f) { return Mean(f, [](V v) { return v.padding_share; }); }},
    {"queue", "ms", "%.0f", 1000,
     [](F f) { return Worst(f, [](V v) { return Time(v.p95_queueing); }); }},
    {"first", "ms", "%.0f", 1000, [](F f) { return Time(f.median_first_frame); }},
    {"first", "p95", "%.0f", 1000, [](F f) { return Time(f.p95_first_frame); }},
    {"frz", "n", "%.0f", 1, [](F f) { return Worst(f, [](V v) { return Number(v.freezes); }); }},
    {"frz", "s", "%.1f", 1, [](F f) { return Worst(f, [](V v) { return Time(v.frozen); }); }},
    {"in 400", "%", "%.2f", 100,
     [](F f) {
       return Worst(
           f, [](V v) { return std::optional(v.decodable_in_400ms); }, false);
     }},
    {"aud.", "lost%", "%.2f", 100,
     [](F f) { return Worst(f, [](V v) { return std::optional(v.audio_loss); }); }},
    {"over", "s", "%.2f", 1, [](F f) { return Worst(f, [](V v) { return Time(v.overshoot); }); }},
    {"aud.", "drop%", "%.2f", 100,
     [](F f) { return Worst(f, [](V v) { return v.audio_loss_after_drop; }); }},
    {"down", "s", "%.2f", 1,
     [](F f) { return Worst(f, [](V v) { return Time(v.switched_down); }); }},
    {"full", "s", "%.2f", 1, [](F f) { return Worst(f, [](V v) { return Time(v.full_again); }); }},
    {"PLI", "n", "%.0f", 1, [](F f) { return Number(f.most_keyframe_requests); }},
    {"miss", "n", "%.0f", 1, [](F f) { return Worst(f, [](V v) { return Number(v.missing); }); }},
    {"skew", "ms", "%.0f", 1000, [](F f) { return Worst(f, [](V v) { return Time(v.skew); }); }},
};

// Of the calls that have it.
std::optional<double> Median(const ScoredScenario& scored, const Column& column) {
  std::vector<double> values;
  for (const Figures& call : scored.calls) {
    if (const auto value = column.read(call)) values.push_back(*value * column.scale);
  }
  if (values.empty()) return std::nullopt;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Row RowOf(const ScoredScenario& scored) {
  Row row = {scored.scenario.name};
  for (const Column& column : kColumns)
    row.push_back(Format(column.format, Median(scored, column)));
  row.emplace_back(scored.missed.empty() ? "yes" : "NO");
  return row;
}

Json OrNull(std::optional<double> value) { return value ? Json(*value) : Json(); }
Json OrNull(std::optional<TimeDelta> value) { return OrNull(Time(value)); }

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
    "dev, util and pad, the worst of all else; of several calls the median.\n";

}  // namespace

std::string ScorecardTable(const std::vector<ScoredScenario>& scored) {
  std::vector<Row> rows = {{"scenario"}, {""}};
  for (const Column& column : kColumns) {
    rows[0].emplace_back(column.head);
    rows[1].emplace_back(column.unit);
  }
  rows[0].emplace_back("bars");
  rows[1].emplace_back("held");
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
    uint64_t seed = one.scenario.seed;
    for (const Figures& call : one.calls) {
      Json viewers = Json::array();
      for (const ViewerFigures& viewer : call.viewers) viewers.push_back(JsonOf(viewer));
      all.push_back({{"scenario", one.scenario.name},
                     {"about", one.scenario.about},
                     {"seed", seed++},
                     {"keyframe_requests", call.keyframe_requests},
                     {"most_keyframe_requests", call.most_keyframe_requests},
                     {"join_keyframe_requests", call.join_keyframe_requests},
                     {"median_first_frame", Seconds(call.median_first_frame)},
                     {"p95_first_frame", Seconds(call.p95_first_frame)},
                     {"missed_bars", one.missed},
                     {"viewers", std::move(viewers)}});
    }
  }
  return all.dump(2) + "\n";
}

}  // namespace stellwerk::synthetic
