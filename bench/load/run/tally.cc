#include "bench/load/run/tally.h"

#include <algorithm>

namespace stellwerk::load {
namespace {

constexpr std::size_t kMaxProblems = 20;

void AddStep(const std::optional<Timestamp>& from, const std::optional<Timestamp>& to,
             synthetic::Distribution& out) {
  if (from && to) out.Add(*to - *from);
}

double Seconds(TimeDelta time) { return std::chrono::duration<double>(time).count(); }

double Share(uint64_t part, uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

void SetRatio(Report& report, std::string_view key, uint64_t part, uint64_t whole,
              std::string_view reason) {
  if (whole > 0) {
    report.Set(key, Share(part, whole));
  } else {
    report.SetNotAvailable(key, std::string(reason));
  }
}

int MedianHeight(const std::map<int, TimeDelta>& by_height, TimeDelta watched) {
  TimeDelta sum{};
  for (const auto& [height, time] : by_height) {
    sum += time;
    if (sum * 2 >= watched) return height;
  }
  return 0;
}

}  // namespace

void Tally::AddJoin(const JoinSteps& steps) {
  AddStep(steps.started, steps.signalled, signalling);
  AddStep(steps.signalled, steps.ice, ice);
  AddStep(steps.ice, steps.dtls, dtls);
  AddStep(steps.dtls, steps.first_packet, first_packet);
  AddStep(steps.first_packet, steps.first_frame, first_frame);
  AddStep(steps.started, steps.first_frame, join);
}

void Tally::AddProblem(const std::string& problem) {
  if (problems.size() < kMaxProblems && std::ranges::find(problems, problem) == problems.end()) {
    problems.push_back(problem);
  }
}

void Tally::Fill(Report& report) const {
  constexpr std::string_view kNobodyJoined = "nobody joined a room where there was media";
  report.SetPercentiles("join", join, kNobodyJoined);
  report.SetPercentiles("signalling", signalling, "nobody was let in");
  report.SetPercentiles("ice", ice, "nobody got through");
  report.SetPercentiles("dtls", dtls, "nobody got through");
  report.SetPercentiles("first_packet", first_packet, kNobodyJoined);
  report.SetPercentiles("first_frame", first_frame, kNobodyJoined);
  report.SetPercentiles("reconnect", reconnect, "nobody had to reconnect");
  report.Set("join_failed", static_cast<double>(join_failed));
  report.AddCurve("join", "join", join);

  constexpr std::string_view kNothing = "nothing was received";
  report.Set("sent_packets", static_cast<double>(sent.packets));
  report.Set("received_packets", static_cast<double>(reception.packets));
  report.Set("duplicates", static_cast<double>(reception.duplicates));
  report.Set("reordered", static_cast<double>(reception.reordered));
  SetRatio(report, "loss_before_repair", reception.lost_before_repair(), reception.expected,
           kNothing);
  SetRatio(report, "loss", reception.lost(), reception.expected, kNothing);
  report.SetPercentiles("jitter", jitter, kNothing);
  report.SetPercentiles("transit", transit.all, "nothing was decrypted");
  SetRatio(report, "from_history", transit.from_history, transit.from_history + transit.all.count(),
           "nothing was decrypted");
  report.AddCurve("transit", "one-way transit", transit.all);
  FillPicture(report);
}

void Tally::FillPicture(Report& report) const {
  constexpr std::string_view kNoFrames = "no frame was judged";
  SetRatio(report, "undecodable_frames", undecodable, frames, kNoFrames);
  report.Set("freezes", static_cast<double>(freezes));
  report.Set("frozen_seconds", Seconds(frozen));
  if (viewed.count() > 0) {
    report.Set("freezes_per_minute", static_cast<double>(freezes) / (Seconds(viewed) / 60));
  } else {
    report.SetNotAvailable("freezes_per_minute", "nobody watched a picture");
  }
  if (layers.watched.count() > 0) {
    report.Set("layer_expected", Seconds(layers.as_expected) / Seconds(layers.watched));
    report.Set("layer_height_p50", MedianHeight(layers.by_height, layers.watched));
  } else {
    report.SetNotAvailable("layer_expected", "nobody watched a picture");
    report.SetNotAvailable("layer_height_p50", "nobody watched a picture");
  }
  report.SetPercentiles("switch", layers.switches, "no other layer was asked for");
  if (frame_latency.total() > 0) {
    report.Set("frame_latency_p95", Seconds(frame_latency.Percentile(0.95)) * 1000);
  } else {
    report.SetNotAvailable("frame_latency_p95", std::string(kNoFrames));
  }
  if (published.count() > 0) {
    report.Set("keyframe_requests",
               static_cast<double>(keyframe_requests) / (Seconds(published) / 60));
  } else {
    report.SetNotAvailable("keyframe_requests", "nobody sent pictures");
  }
  if (estimates > 0) {
    report.Set("estimate_ratio", estimate_ratios / static_cast<double>(estimates));
  } else {
    report.SetNotAvailable("estimate_ratio", "no publisher that adapts was behind a bottleneck");
  }
  report.SetPercentiles("send_lag", send_lag, "nothing was sent");
  report.Set("errors", static_cast<double>(errors));
  report.problems = problems;
}

}  // namespace stellwerk::load
