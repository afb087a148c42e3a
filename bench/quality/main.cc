// Runs the scenarios of bench/sim and prints the scorecard of media quality.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "bench/quality/plot.h"
#include "bench/quality/scorecard.h"
#include "bench/sim/figures.h"
#include "bench/sim/recording.h"
#include "bench/sim/scenario_table.h"

namespace stellwerk::synthetic {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> names;
  std::string output = "build/artifacts/quality";
  std::optional<uint64_t> seed;
  std::optional<uint64_t> calls;
  bool list = false;
  bool plots = true;
};

void WriteFile(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

// The first viewer, and of many the one in the middle and the last.
std::vector<std::size_t> Drawn(std::size_t viewers) {
  std::vector<std::size_t> drawn = {0, viewers / 2, viewers - 1};
  drawn.erase(std::unique(drawn.begin(), drawn.end()), drawn.end());
  return drawn;
}

bool Draw(const Scenario& scenario, const Recording& recording, const fs::path& folder) {
  bool drawn = true;
  for (const std::size_t i : Drawn(recording.viewers.size())) {
    const ViewerRecording& viewer = recording.viewers[i];
    std::string name = scenario.name;
    if (recording.viewers.size() > 1) name += "-" + std::to_string(i + 1);
    const fs::path data = folder / (name + ".tsv");
    WriteFile(data, PlotData(recording, viewer));
    drawn = RunGnuplot(PlotScript(scenario, viewer.name, viewer.video.size(), data.string(),
                                  (folder / (name + ".png")).string())) &&
            drawn;
  }
  return drawn;
}

int Main(const Options& options) {
  std::vector<Scenario> scenarios;
  for (Scenario& scenario : AllScenarios()) {
    const bool wanted =
        options.names.empty() ||
        std::find(options.names.begin(), options.names.end(), scenario.name) != options.names.end();
    if (options.list) std::printf("%-20s %s\n", scenario.name.c_str(), scenario.about.c_str());
    if (wanted) scenarios.push_back(std::move(scenario));
  }
  if (options.list) return 0;
  if (scenarios.empty()) {
    std::fprintf(stderr, "no such scenario; --list names them\n");
    return 2;
  }
  const fs::path folder = options.output;
  fs::create_directories(folder);
  std::vector<ScoredScenario> scored;
  bool drawn = options.plots;
  for (Scenario& scenario : scenarios) {
    if (options.seed) scenario.calls = 1;
    scenario.seed = options.seed.value_or(scenario.seed);
    scenario.calls = options.calls.value_or(scenario.calls);
    ScoredScenario& one = scored.emplace_back(ScoredScenario{.scenario = scenario});
    Scenario call = scenario;
    for (; call.seed < scenario.seed + scenario.calls; ++call.seed) {
      std::fprintf(stderr, "%s, seed %llu\n", call.name.c_str(),
                   static_cast<unsigned long long>(call.seed));
      const Recording recording = RunScenario(call);
      one.calls.push_back(Measure(call, recording));
      if (drawn && call.seed == scenario.seed) drawn = Draw(call, recording, folder);
    }
    one.missed = MissedBars(scenario, one.calls);
  }
  const std::string table = ScorecardTable(scored);
  std::fputs(table.c_str(), stdout);
  WriteFile(folder / "scorecard.txt", table);
  WriteFile(folder / "scorecard.json", ScorecardJson(scored));
  std::printf("\nscorecard.json%s: %s\n", drawn ? " and plots" : "",
              fs::absolute(folder).string().c_str());
  if (options.plots && !drawn) std::fputs("no plots: gnuplot (gnuplot-nox) is needed\n", stderr);
  return 0;
}

}  // namespace
}  // namespace stellwerk::synthetic

int main(int argc, char** argv) {
  stellwerk::synthetic::Options options;
  CLI::App app("Media quality in virtual time: a scorecard, its JSON, and plots");
  app.add_option("scenario", options.names, "Names of scenarios; without one, all");
  app.add_option("--output", options.output, "Folder for JSON and plots")->capture_default_str();
  app.add_option("--seed", options.seed, "One call with this one instead of the scenario's own");
  app.add_option("--calls", options.calls, "So many calls of each scenario, with seeds one apart")
      ->check(CLI::PositiveNumber);
  app.add_flag("--list", options.list, "Name the scenarios and stop");
  app.add_flag("!--no-plots", options.plots, "Draw nothing");
  CLI11_PARSE(app, argc, argv);
  return stellwerk::synthetic::Main(options);
}
