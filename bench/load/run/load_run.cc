#include "bench/load/run/load_run.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/load/run/crowd.h"
#include "bench/load/scenario/tracks.h"

namespace stellwerk::load {
namespace {

constexpr TimeDelta kObserveEvery = std::chrono::milliseconds(100);
constexpr TimeDelta kSampleEvery = std::chrono::seconds(1);
// For goodbyes.
constexpr TimeDelta kFarewell = std::chrono::milliseconds(500);

// So many failures and no success are an error of the set-up, not a finding.
constexpr std::size_t kHopeless = 3;

// One thread: it has one core, and what waits for it is late.
constexpr double kSaturatedCores = 0.95;
// A frame that is so late is no longer what an encoder would have sent.
constexpr double kLateMilliseconds = 20;

double Seconds(TimeDelta time) { return std::chrono::duration<double>(time).count(); }

std::string UtcNow() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), size};
}

// All that only ever grows, at one moment.
struct Reading {
  Timestamp at;
  LiveTotals totals = {};
  TimeDelta own_cpu{};
  std::optional<ProcessUsage> server = {};
};

std::optional<double> PerSecond(const std::optional<ProcessUsage>& from,
                                const std::optional<ProcessUsage>& to, TimeDelta time) {
  if (!from || !to) return std::nullopt;
  return Seconds(to->cpu - from->cpu) / Seconds(time);
}

class Run {
 public:
  Run(const Scenario& scenario, const Clips& clips, const Timeline& timeline, Target& target,
      synthetic::Swarm& swarm, const RunOptions& options)
      : scenario_(scenario),
        timeline_(timeline),
        target_(target),
        swarm_(swarm),
        options_(options),
        crowd_(scenario, clips, timeline, target, options.room_prefix) {}

  absl::StatusOr<Report> Go();

 private:
  // One look at the clock; true: it is over.
  bool Step();
  // The first few were all refused, for a reason that will not go away.
  [[nodiscard]] bool NobodyGetsIn();
  void Sample(Timestamp now);
  [[nodiscard]] Reading Read(Timestamp now) const;
  [[nodiscard]] LiveStatus StatusAt(Timestamp now, const TimelineSample& sample);
  [[nodiscard]] Report MakeReport();
  void FillSteady(Report& report) const;
  void FillServer(Report& report, const Reading& from, const Reading& to) const;

  const Scenario& scenario_;
  const Timeline& timeline_;
  Target& target_;
  synthetic::Swarm& swarm_;
  const RunOptions& options_;
  Crowd crowd_;
  std::size_t next_event_ = 0;
  Timestamp start_;
  Timestamp next_observation_;
  Timestamp next_sample_;
  Reading before_;                  // the first join
  std::optional<Reading> settled_;  // when all had joined, and some time after
  Reading last_;                    // at the latest sample
  std::vector<TimelineSample> samples_;
  synthetic::SwarmStats swarm_before_;
  bool interrupted_ = false;
};

absl::StatusOr<Report> Run::Go() {
  if (options_.server_pid) {
    if (const auto usage = ReadProcessUsage(*options_.server_pid); !usage.ok()) {
      return usage.status();
    }
  }
  const std::vector<std::string> rooms = crowd_.RoomNames();
  if (auto status = target_.Prepare(rooms); !status.ok()) return status;
  const std::string started = UtcNow();
  start_ = swarm_.Now();
  before_ = last_ = Read(start_);
  swarm_before_ = swarm_.stats();
  next_observation_ = start_ + kObserveEvery;
  next_sample_ = start_ + kSampleEvery;
  swarm_.RunUntil([this] { return Step(); }, timeline_.end() + std::chrono::hours(1));
  if (NobodyGetsIn()) {
    target_.Finish();
    return absl::UnavailableError(crowd_.tally().problems.front());
  }
  crowd_.Observe(swarm_.Now());
  Sample(swarm_.Now());
  Report report = MakeReport();
  report.started = started;
  swarm_.RunFor(kFarewell);
  target_.Finish();
  return report;
}

bool Run::Step() {
  const Timestamp now = swarm_.Now();
  const auto events = timeline_.events();
  while (next_event_ < events.size() && start_ + events[next_event_].at <= now) {
    crowd_.Do(events[next_event_++], now);
  }
  if (now >= next_observation_) {
    crowd_.Observe(now);
    next_observation_ = now + kObserveEvery;
  }
  if (!settled_ && now >= start_ + timeline_.last_join() + options_.settle) settled_ = Read(now);
  if (now >= next_sample_) {
    Sample(now);
    next_sample_ += kSampleEvery;
  }
  interrupted_ = options_.interrupted();
  return interrupted_ || now >= start_ + timeline_.end() || NobodyGetsIn();
}

bool Run::NobodyGetsIn() {
  const std::size_t enough = std::min<std::size_t>(kHopeless, timeline_.participants());
  return crowd_.peak() == 0 && crowd_.failed() >= enough && !crowd_.tally().problems.empty();
}

Reading Run::Read(Timestamp now) const {
  Reading reading{.at = now, .totals = crowd_.Live(now), .own_cpu = OwnCpuTime()};
  if (options_.server_pid) {
    // One that has ended meanwhile has no figures; the report says so.
    if (auto usage = ReadProcessUsage(*options_.server_pid); usage.ok()) reading.server = *usage;
  }
  return reading;
}

void Run::Sample(Timestamp now) {
  const Reading reading = Read(now);
  const TimeDelta time = now - last_.at;
  if (time.count() <= 0) return;
  const double seconds = Seconds(time);
  const auto rate = [seconds](uint64_t from, uint64_t to) {
    return static_cast<double>(to - from) * 8 / seconds;
  };
  TimelineSample sample{.seconds = Seconds(now - start_),
                        .participants = static_cast<double>(crowd_.up())};
  const LiveTotals& from = last_.totals;
  const LiveTotals& to = reading.totals;
  sample.send_rate = rate(from.sent.bytes, to.sent.bytes);
  sample.receive_rate = rate(from.reception.bytes, to.reception.bytes);
  sample.received_packets = static_cast<double>(to.reception.packets - from.reception.packets);
  if (const uint64_t expected = to.reception.expected - from.reception.expected; expected > 0) {
    // What was missing at first may have been repaired since.
    const double lost =
        static_cast<double>(to.reception.lost()) - static_cast<double>(from.reception.lost());
    sample.loss = std::max(0.0, lost) / static_cast<double>(expected);
  }
  if (const auto transit = to.transit.all.Since(from.transit.all); !transit.empty()) {
    sample.transit_p50 = Seconds(transit.Percentile(0.5)) * 1000;
    sample.transit_p99 = Seconds(transit.Percentile(0.99)) * 1000;
  }
  sample.freezes = static_cast<double>(to.freezes - std::min(to.freezes, from.freezes));
  sample.generator_cpu = Seconds(reading.own_cpu - last_.own_cpu) / seconds;
  sample.server_cpu = PerSecond(last_.server, reading.server, time);
  samples_.push_back(sample);
  last_ = reading;
  if (options_.on_progress) options_.on_progress(StatusAt(now, sample));
}

LiveStatus Run::StatusAt(Timestamp now, const TimelineSample& sample) {
  const Tally& tally = crowd_.tally();
  LiveStatus status{.seconds = Seconds(now - start_),
                    .total_seconds = Seconds(timeline_.end()),
                    .phase = now - start_ < timeline_.last_join() ? "joining" : "running",
                    .participants = static_cast<int>(timeline_.participants()),
                    .now = sample,
                    .joined = static_cast<int>(crowd_.up()),
                    .join_failed = static_cast<int>(tally.join_failed),
                    .freezes = static_cast<double>(last_.totals.freezes),
                    .errors = static_cast<double>(tally.errors)};
  if (!tally.join.empty()) {
    status.join_p50 = Seconds(tally.join.Percentile(0.5)) * 1000;
    status.join_p95 = Seconds(tally.join.Percentile(0.95)) * 1000;
  }
  const auto& reception = last_.totals.reception;
  if (reception.expected > 0) {
    status.loss = static_cast<double>(reception.lost()) / static_cast<double>(reception.expected);
  }
  if (!tally.problems.empty()) status.problem = tally.problems.back();
  return status;
}

Report Run::MakeReport() {
  Report report;
  const int rooms = timeline_.rooms();
  report.title =
      absl::StrCat(rooms, rooms == 1 ? " room x " : " rooms x ", scenario_.room_size(), " people");
  report.target = std::string(ToString(target_.kind()));
  report.software = target_.software();
  report.scenario = scenario_.name;
  report.duration = Seconds(swarm_.Now() - start_);
  report.participants = static_cast<int>(timeline_.participants());
  report.interrupted = interrupted_;
  report.timeline = samples_;
  FillSteady(report);
  crowd_.Finish(swarm_.Now());
  crowd_.tally().Fill(report);
  report.Set("participants", static_cast<double>(timeline_.persons().size()));
  report.Set("participants_peak", static_cast<double>(crowd_.peak()));
  const auto stats = swarm_.stats();
  const uint64_t drops =
      stats.socket_drops + stats.send_drops - swarm_before_.socket_drops - swarm_before_.send_drops;
  report.Set("socket_drops", static_cast<double>(drops));
  report.invalid = FindSaturation(report.Get("generator_cpu").value,
                                  report.Get("send_lag_p99").value.value_or(0), drops);
  report.expectations = Evaluate(options_.expectations, report);
  return report;
}

void Run::FillSteady(Report& report) const {
  constexpr std::string_view kKeys[] = {"send_rate", "receive_rate", "generator_cpu"};
  const Reading& to = last_;
  if (!settled_ || to.at - settled_->at < kSampleEvery) {
    for (const auto key : kKeys) report.SetNotAvailable(key, "it ended before all had joined");
    return;
  }
  const Reading& from = *settled_;
  const double seconds = Seconds(to.at - from.at);
  const auto rate = [seconds](uint64_t a, uint64_t b) {
    return static_cast<double>(b - a) * 8 / seconds;
  };
  report.Set("send_rate", rate(from.totals.sent.bytes, to.totals.sent.bytes));
  report.Set("receive_rate", rate(from.totals.reception.bytes, to.totals.reception.bytes));
  report.Set("generator_cpu", Seconds(to.own_cpu - from.own_cpu) / seconds);
  const synthetic::TransitTimes transit = to.totals.transit.Since(from.totals.transit);
  for (std::size_t i = 0; i < transit.by_packets.size(); ++i) {
    report.AddTransit(static_cast<int>(i) + 1, transit.by_packets[i]);
  }
  FillServer(report, from, to);
}

void Run::FillServer(Report& report, const Reading& from, const Reading& to) const {
  constexpr std::string_view kKeys[] = {"server_cpu", "server_cpu_per_million_packets",
                                        "server_memory_per_participant"};
  if (!from.server || !to.server || !before_.server) {
    for (const auto key : kKeys) {
      report.SetNotAvailable(key, options_.server_pid ? "the server's process has ended"
                                                      : "no process id of the server was given");
    }
    return;
  }
  const double cpu = Seconds(to.server->cpu - from.server->cpu);
  report.Set("server_cpu", cpu / Seconds(to.at - from.at));
  const uint64_t packets = to.totals.sent.packets - from.totals.sent.packets +
                           to.totals.reception.packets - from.totals.reception.packets;
  report.Set("server_cpu_per_million_packets", cpu / (static_cast<double>(packets) / 1e6));
  const double grown = static_cast<double>(to.server->resident_bytes) -
                       static_cast<double>(before_.server->resident_bytes);
  report.Set("server_memory_per_participant", grown / static_cast<double>(crowd_.peak()));
}

}  // namespace

std::vector<std::string> FindSaturation(std::optional<double> cpu, double send_lag_p99,
                                        uint64_t socket_drops) {
  std::vector<std::string> reasons;
  if (cpu && *cpu >= kSaturatedCores) {
    reasons.push_back(absl::StrFormat("the generator used %.2f of its one core", *cpu));
  }
  if (send_lag_p99 >= kLateMilliseconds) {
    reasons.push_back(
        absl::StrFormat("the generator sent one frame in a hundred %.0f ms late", send_lag_p99));
  }
  if (socket_drops > 0) {
    reasons.push_back(
        absl::StrFormat("the generator's own sockets lost %u datagrams", socket_drops));
  }
  return reasons;
}

absl::StatusOr<Report> RunLoad(const Scenario& scenario, const Timeline& timeline, Target& target,
                               synthetic::Swarm& swarm, const RunOptions& options) {
  const auto clips = ReadClips(scenario);
  if (!clips.ok()) return clips.status();
  return Run(scenario, *clips, timeline, target, swarm, options).Go();
}

}  // namespace stellwerk::load
