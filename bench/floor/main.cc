// Measures what this machine charges for a forwarded packet at least.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/floor/floor_case.h"
#include "bench/floor/forwarder.h"
#include "bench/floor/pauses.h"
#include "bench/floor/report.h"
#include "bench/floor/sinks.h"
#include "bench/floor/sockets.h"
#include "bench/floor/veth.h"
#include "transport/srtp/protector.h"

namespace stellwerk::bench {
namespace {

constexpr auto kWarmUp = std::chrono::milliseconds(300);
// What is lost costs its receiver nothing, and the forwarder less.
constexpr double kMaxLost = 0.001;

struct Flags {
  FloorCase base;
  std::vector<int> bursts = {1, 2, 4, 8};
  std::vector<std::string> paths = {"single", "runs", "connected", "socket"};
  std::vector<std::string> networks = {"loopback", "veth"};
  int rounds = 3;
  double pauses = 0;  // seconds; 0: costs are measured
  std::string json;
};

double Nanoseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_usec) * 1e3;
}

absl::StatusOr<FloorResult> Measure(const FloorCase& what, in_addr address,
                                    const Sinks::Place& place) {
  auto sinks = Sinks::Start(what, place);
  if (!sinks.ok()) return sinks.status();
  if (what.pin) PinTo(0);
  const auto forwarder = what.path == SendPath::kSocket
                             ? MakeSocketForwarder(what, address, (*sinks)->addresses())
                             : MakeBareForwarder(what, address, (*sinks)->addresses());
  (*sinks)->PublishTo(forwarder->address());
  forwarder->RunFor(kWarmUp);
  const uint64_t before = forwarder->forwarded();
  const uint64_t messages_before = forwarder->messages();
  rusage from{};
  getrusage(RUSAGE_SELF, &from);
  forwarder->RunFor(std::chrono::nanoseconds(static_cast<int64_t>(what.seconds * 1e9)));
  rusage to{};
  getrusage(RUSAGE_SELF, &to);
  FloorResult result = {.what = what,
                        .forwarded = forwarder->forwarded() - before,
                        .messages = forwarder->messages() - messages_before,
                        .invalid = {}};
  const auto totals = (*sinks)->Stop();
  if (!totals.ok()) return totals.status();
  if (result.forwarded == 0) return absl::InternalError("nothing was forwarded");
  const auto packets = static_cast<double>(result.forwarded);
  result.user_ns = (Nanoseconds(to.ru_utime) - Nanoseconds(from.ru_utime)) / packets;
  result.system_ns = (Nanoseconds(to.ru_stime) - Nanoseconds(from.ru_stime)) / packets;
  const auto all = static_cast<double>(forwarder->forwarded());
  result.lost = std::max(0.0, 1 - static_cast<double>(totals->received) / all);
  const double wanted = what.packets_per_second * what.seconds * what.destinations;
  if (result.lost > kMaxLost) result.invalid = "receivers lost packets";
  if (packets < 0.95 * wanted) result.invalid = "the forwarder did not keep up";
  return result;
}

// What a network and a way to send cost at each burst, in the order of the table.
std::vector<FloorCase> Cases(const Flags& flags, const std::string& network) {
  std::vector<FloorCase> cases;
  // Of a trace the burst is the mean.
  std::vector<int> bursts = flags.bursts;
  if (const auto& trace = flags.base.trace; !trace.empty()) {
    const double mean =
        std::reduce(trace.begin(), trace.end(), 0.0) / static_cast<double>(trace.size());
    bursts = {static_cast<int>(std::lround(mean))};
  }
  for (const SendPath path :
       {SendPath::kSingle, SendPath::kRuns, SendPath::kConnected, SendPath::kSocket}) {
    if (std::find(flags.paths.begin(), flags.paths.end(), ToString(path)) == flags.paths.end())
      continue;
    for (const int burst : bursts) {
      FloorCase& what = cases.emplace_back(flags.base);
      what.network = network;
      what.path = path;
      what.burst = burst;
    }
  }
  return cases;
}

// Valid ones before others, then by cost.
FloorResult MedianOf(std::vector<FloorResult> rounds) {
  std::stable_partition(rounds.begin(), rounds.end(),
                        [](const FloorResult& round) { return round.invalid.empty(); });
  const auto invalid = std::find_if(rounds.begin(), rounds.end(), [](const FloorResult& round) {
    return !round.invalid.empty();
  });
  const auto end = invalid == rounds.begin() ? rounds.end() : invalid;
  const auto middle = rounds.begin() + (end - rounds.begin() - 1) / 2;
  std::nth_element(rounds.begin(), middle, end, [](const FloorResult& a, const FloorResult& b) {
    return a.user_ns + a.system_ns < b.user_ns + b.system_ns;
  });
  return *middle;
}

// Round by round, so that what else the machine does falls on all alike.
absl::Status MeasureAll(const Flags& flags, const std::string& network, in_addr address,
                        const Sinks::Place& place, std::vector<FloorResult>& results) {
  const auto cases = Cases(flags, network);
  std::vector<std::vector<FloorResult>> measured(cases.size());
  for (int round = 0; round < flags.rounds; ++round) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      auto result = Measure(cases[i], address, place);
      if (!result.ok()) return result.status();
      measured[i].push_back(*std::move(result));
    }
  }
  for (auto& rounds : measured) results.push_back(MedianOf(std::move(rounds)));
  return absl::OkStatus();
}

int ReportPauses(const Flags& flags) {
  const Pauses pauses = MeasurePauses(flags.pauses);
  std::printf("%s\n%s", Machine().c_str(), Text(pauses).c_str());
  if (!flags.json.empty()) std::ofstream(flags.json) << Json(pauses);
  return 0;
}

int Main(const Flags& flags) {
  if (flags.pauses > 0) return ReportPauses(flags);
  const auto wants = [&](const char* network) {
    return std::find(flags.networks.begin(), flags.networks.end(), network) != flags.networks.end();
  };
  std::vector<FloorResult> results;
  in_addr loopback{};
  loopback.s_addr = htonl(INADDR_LOOPBACK);
  absl::Status status;
  if (wants("loopback"))
    status = MeasureAll(flags, "loopback", loopback, {.address = loopback}, results);
  if (status.ok() && wants("veth")) {
    if (const auto entered = EnterOwnNetwork(); entered.ok()) {
      status = MeasureAll(flags, "veth", VethAddress(), BehindVeth(), results);
    } else {
      std::fprintf(stderr, "bench_floor: veth skipped: %s\n",
                   std::string(entered.message()).c_str());
    }
  }
  if (!status.ok())
    std::fprintf(stderr, "bench_floor: %s\n", std::string(status.message()).c_str());
  std::printf(
      "%s\n%s by %s, %d packets a second of %zu bytes of payload to %d destinations; per forwarded "
      "packet:\n\n%s",
      Machine().c_str(), std::string(ToString(flags.base.profile)).c_str(),
      std::string(stellwerk::ToString(BestSrtpBackend())).c_str(), flags.base.packets_per_second,
      flags.base.payload, flags.base.destinations, Table(results).c_str());
  if (!flags.json.empty()) std::ofstream(flags.json) << Json(results);
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace stellwerk::bench

int main(int argc, char** argv) {
  using stellwerk::SrtpProfile;
  stellwerk::bench::Flags flags;
  CLI::App app("What a forwarded packet costs at least on this machine: received, encrypted, sent");
  app.add_option("--burst", flags.bursts, "Packets that the publisher sends back to back")
      ->delimiter(',')
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  app.add_option("--trace", flags.base.trace,
                 "The lengths of its bursts, in the order in which they come, instead of --burst")
      ->delimiter(',')
      ->check(CLI::Range(1, 16));
  app.add_option("--path", flags.paths, "How the forwarder sends")
      ->delimiter(',')
      ->check(CLI::IsMember({"single", "runs", "connected", "socket"}))
      ->capture_default_str();
  app.add_option("--network", flags.networks, "loopback, or a veth pair (root)")
      ->delimiter(',')
      ->check(CLI::IsMember({"loopback", "veth"}))
      ->capture_default_str();
  app.add_option("--destinations", flags.base.destinations, "Subscribers")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--rate", flags.base.packets_per_second, "The publisher's packets a second")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--payload", flags.base.payload, "Bytes of a packet after the RTP header")
      ->check(CLI::Range(1, 1400))
      ->capture_default_str();
  app.add_option("--seconds", flags.base.seconds, "Length of each measurement")
      ->check(CLI::Range(0.1, 600.0))
      ->capture_default_str();
  app.add_option("--rounds", flags.rounds, "Measurements of each, of which the median counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  const std::map<std::string, SrtpProfile> profiles = {{"gcm128", SrtpProfile::kAeadAes128Gcm},
                                                       {"gcm256", SrtpProfile::kAeadAes256Gcm},
                                                       {"cm128", SrtpProfile::kAes128CmSha1_80}};
  app.add_option("--profile", flags.base.profile, "gcm128, gcm256 or cm128")
      ->transform(CLI::CheckedTransformer(profiles));
  app.add_option(
         "--pauses", flags.pauses,
         "Instead: how often the machine stops for more than a millisecond in so many seconds")
      ->check(CLI::Range(0.1, 600.0));
  app.add_flag("--pin", flags.base.pin, "Forwarder and receivers on a processor of their own");
  app.add_option("--json", flags.json, "A file for the figures");
  CLI11_PARSE(app, argc, argv);
  return stellwerk::bench::Main(flags);
}
