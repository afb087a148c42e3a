// stellwerk-load: synthetic participants who find out how much an SFU can bear.
#include <sys/resource.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "bench/load/report/comparison.h"
#include "bench/load/report/expectation.h"
#include "bench/load/report/live_view.h"
#include "bench/load/report/report_csv.h"
#include "bench/load/report/report_html.h"
#include "bench/load/report/report_json.h"
#include "bench/load/report/table.h"
#include "bench/load/run/load_run.h"
#include "bench/load/run/ramp.h"
#include "bench/load/scenario/scenario_file.h"
#include "bench/load/scenario/scenario_flags.h"
#include "bench/load/scenario/timeline.h"
#include "bench/load/target/target.h"
#include "bench/synthetic/runner/swarm.h"
#include "bench/synthetic/runner/web_client.h"

namespace stellwerk::load {
namespace {

enum ExitStatus { kPassed = 0, kFailed = 1, kUnusable = 2 };

volatile std::sig_atomic_t interrupted = 0;

struct Options {
  TargetOptions target = {.url = "ws://127.0.0.1:8080/signal"};
  IpAddress local = IpAddress::V4({127, 0, 0, 1});  // of the participants' sockets
  std::string scenario_file;
  std::string expect;
  bool ramp = false;
  RampOptions ramp_options;
  std::optional<pid_t> server_pid;
  double settle = 0;  // seconds
  std::string json, csv, html;
  bool quiet = false;
  bool print_scenario = false;
  std::vector<std::string> compared;
};

int Complain(const std::string& line) {
  std::fprintf(stderr, "stellwerk-load: %s\n", line.c_str());
  return kUnusable;
}

bool WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return true;
  Complain(path + ": can't be written");
  return false;
}

absl::StatusOr<Report> ReadReport(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(path + ": can't be read");
  std::stringstream text;
  text << file.rdbuf();
  auto report = ReadJson(text.str());
  if (!report.ok()) {
    return absl::InvalidArgumentError(path + ": " + std::string(report.status().message()));
  }
  return report;
}

// Each participant has a socket.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void EndInOrder() {
  struct sigaction action = {};
  // The second one ends it at once.
  action.sa_flags = SA_RESETHAND;
  action.sa_handler = [](int) { interrupted = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int Compare(const Options& options) {
  std::vector<Report> reports;
  for (const std::string& path : options.compared) {
    auto report = ReadReport(path);
    if (!report.ok()) return Complain(std::string(report.status().message()));
    reports.push_back(*std::move(report));
  }
  std::fputs(WriteComparison(reports).c_str(), stdout);
  if (options.html.empty() || WriteFile(options.html, WriteComparisonHtml(reports))) return kPassed;
  return kUnusable;
}

bool WriteFiles(const Options& options, const Report& report) {
  bool written = true;
  if (!options.json.empty()) written = WriteFile(options.json, WriteJson(report)) && written;
  if (!options.csv.empty()) written = WriteFile(options.csv, WriteCsv(report)) && written;
  if (!options.html.empty()) written = WriteFile(options.html, WriteHtml(report)) && written;
  return written;
}

// What all steps of a ramp share.
class Programme {
 public:
  Programme(const Options& options, const Scenario& scenario, std::vector<Expectation> expectations)
      : options_(options),
        scenario_(scenario),
        expectations_(std::move(expectations)),
        run_id_(std::random_device()()) {}

  absl::Status Open();
  absl::StatusOr<Report> Go();

 private:
  absl::StatusOr<Report> RunOnce(const Timeline& timeline);

  const Options& options_;
  const Scenario& scenario_;
  const std::vector<Expectation> expectations_;
  const uint32_t run_id_;  // so that runs at the same time don't meet in one room
  int step_ = 0;
  std::unique_ptr<synthetic::Swarm> swarm_;
  std::unique_ptr<synthetic::WebClient> web_;
  std::unique_ptr<Target> target_;
};

absl::Status Programme::Open() {
  auto swarm = synthetic::Swarm::Create({.local = {options_.local, 0}, .seed = scenario_.seed});
  if (!swarm.ok()) return swarm.status();
  swarm_ = *std::move(swarm);
  auto web = synthetic::WebClient::Create(swarm_->loop());
  if (!web.ok()) return web.status();
  web_ = *std::move(web);
  auto target = OpenTarget(options_.target, *swarm_, *web_);
  if (!target.ok()) return target.status();
  target_ = *std::move(target);
  return absl::OkStatus();
}

absl::StatusOr<Report> Programme::RunOnce(const Timeline& timeline) {
  RunOptions run;
  run.server_pid = options_.server_pid;
  run.expectations = expectations_;
  run.settle =
      std::chrono::duration_cast<TimeDelta>(std::chrono::duration<double>(options_.settle));
  run.room_prefix = "load-" + std::to_string(run_id_) + "-" + std::to_string(++step_);
  run.interrupted = [] { return interrupted != 0; };
  LiveView view(OptionsOf(STDERR_FILENO));
  const auto print = [](const std::string& text) { std::fputs(text.c_str(), stderr); };
  if (!options_.quiet) {
    run.on_progress = [&](LiveStatus status) {
      if (options_.ramp) status.phase = "ramp " + std::to_string(step_) + ", " + status.phase;
      print(view.Update(status));
    };
  }
  auto report = RunLoad(scenario_, timeline, *target_, *swarm_, run);
  print(view.Finish());
  if (report.ok()) {
    report->target += " " + options_.target.url;
    report->scenario_yaml = WriteScenario(scenario_);
  }
  return report;
}

absl::StatusOr<Report> Programme::Go() {
  if (!options_.ramp) return RunOnce(Timeline::Make(scenario_));
  RampOptions ramp = options_.ramp_options;
  if (ramp.first == 0) ramp.first = static_cast<std::size_t>(scenario_.participants());
  return FindLimit(ramp, [this](std::size_t participants) {
    return RunOnce(Timeline::Make(scenario_, participants));
  });
}

int Run(const Options& options, const Scenario& scenario) {
  std::vector<Expectation> expectations;
  if (!options.expect.empty()) {
    auto parsed = ParseExpectations(options.expect);
    if (!parsed.ok()) return Complain("--expect: " + std::string(parsed.status().message()));
    expectations = *std::move(parsed);
  }
  if (options.ramp && expectations.empty()) {
    return Complain("--ramp needs --expect: the limit is where expectations are no longer met");
  }
  RaiseFileLimit();
  EndInOrder();
  Programme programme(options, scenario, std::move(expectations));
  if (auto status = programme.Open(); !status.ok()) return Complain(std::string(status.message()));
  const auto report = programme.Go();
  if (!report.ok()) return Complain(std::string(report.status().message()));
  std::fputs(WriteTable(*report, {.colour = isatty(STDOUT_FILENO) == 1}).c_str(), stdout);
  if (!WriteFiles(options, *report)) return kUnusable;
  if (options.ramp) return report->ramp_limit ? kPassed : kFailed;
  return report->passed() ? kPassed : kFailed;
}

void AddTargetFlags(CLI::App& app, TargetOptions& target) {
  app.add_option("url", target.url,
                 "Signalling of a Stellwerk server, of Janus or LiveKit (ws, wss), or a WHIP "
                 "template with {room} and {participant}")
      ->capture_default_str();
  std::set<std::string> names;
  for (const TargetKind kind : kTargetKinds) names.emplace(ToString(kind));
  app.add_option_function<std::string>(
         "--target",
         [&target](const std::string& name) {
           target.kind = *std::ranges::find(kTargetKinds, name, &ToString);
         },
         "What the server is; by default the URL tells")
      ->check(CLI::IsMember(names));
  app.add_option("--whep-url", target.whep_url,
                 "Where to view, with {room} and {publisher}; by default as --url, with whep");
  app.add_option("--token", target.token, "Bearer or room token");
  app.add_option("--key", target.key, "LiveKit: API key");
  app.add_option("--secret", target.secret, "LiveKit and Janus: API secret");
  app.add_option_function<double>(
         "--patience",
         [&target](double seconds) {
           target.patience =
               std::chrono::duration_cast<TimeDelta>(std::chrono::duration<double>(seconds));
         },
         "Seconds after which a join has failed")
      ->check(CLI::Range(0.1, 3600.0))
      ->default_str("10");
}

int Main(int argc, char** argv) {
  CLI::App app("Lets synthetic participants into an SFU and reports how it bears them.",
               "stellwerk-load");
  Options options;
  ScenarioFlags flags;
  AddTargetFlags(app, options.target);
  app.add_option_function<std::string>(
         "--local",
         [&options](const std::string& text) { options.local = *IpAddress::Parse(text); },
         "Address of this host that participants send from and receive at")
      ->check([](const std::string& text) {
        return IpAddress::Parse(text) ? "" : text + " is not an IP address";
      })
      ->default_str("127.0.0.1");
  app.add_option("--scenario", options.scenario_file, "YAML file; flags override it");
  app.add_option("--expect", options.expect, "What must hold: 'join_p95<300ms,loss<0.1%'");
  app.add_flag("--ramp", options.ramp, "Find the most participants for whom --expect holds");
  app.add_option("--ramp-first", options.ramp_options.first, "Participants of its first step")
      ->check(CLI::PositiveNumber);
  app.add_option("--ramp-most", options.ramp_options.most, "Where it ends at the latest")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--server-pid", options.server_pid,
                 "The server's process, for its CPU time and memory");
  app.add_option("--settle", options.settle,
                 "Seconds after the last join until rates, CPU and memory are taken")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  app.add_option("--json", options.json, "Write the report to this file");
  app.add_option("--csv", options.csv, "Write the figures to this file");
  app.add_option("--html", options.html, "Write the report with plots to this file");
  app.add_flag("--quiet", options.quiet, "Nothing while it runs");
  app.add_flag("--print-scenario", options.print_scenario, "Print the scenario as YAML and end");
  flags.AddTo(app);
  CLI::App* compare = app.add_subcommand("compare", "Puts reports (--json) side by side");
  compare->add_option("reports", options.compared, "JSON files")->required()->expected(2, 8);
  compare->add_option("--html", options.html, "Write it to this file as well");
  options.ramp_options.first = 0;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kPassed : kUnusable;
  }
  if (compare->parsed()) return Compare(options);
  Scenario scenario;
  if (!options.scenario_file.empty()) {
    auto read = ReadScenarioFile(options.scenario_file);
    if (!read.ok()) return Complain(std::string(read.status().message()));
    scenario = *std::move(read);
  }
  if (auto status = flags.ApplyOverrides(scenario); !status.ok()) {
    return Complain(std::string(status.message()));
  }
  if (options.print_scenario) {
    std::fputs(WriteScenario(scenario).c_str(), stdout);
    return kPassed;
  }
  return Run(options, scenario);
}

}  // namespace
}  // namespace stellwerk::load

int main(int argc, char** argv) { return stellwerk::load::Main(argc, argv); }
