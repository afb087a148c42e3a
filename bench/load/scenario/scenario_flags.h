#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "bench/load/scenario/scenario.h"
#include "bench/load/scenario/settings.h"

namespace CLI {
class App;
}

namespace stellwerk::load {

// A flag for each setting, in a group of the program's help. They are kept as text until a scenario
// is there, as flags win over its file:
//   ScenarioFlags flags;
//   flags.AddTo(app);  app.parse(...);
//   if (auto status = flags.ApplyOverrides(scenario); !status.ok()) ...
class ScenarioFlags {
 public:
  ScenarioFlags();
  ~ScenarioFlags();
  ScenarioFlags(const ScenarioFlags&) = delete;
  ScenarioFlags& operator=(const ScenarioFlags&) = delete;

  // This object must outlive the app's parsing.
  void AddTo(CLI::App& app);
  // Sets what was given, then looks for contradictions. The error is one complete line:
  // "--video-codec: "vp7" is none of ...".
  absl::Status ApplyOverrides(Scenario& scenario) const;

 private:
  std::vector<std::pair<const Setting*, std::unique_ptr<std::vector<std::string>>>> given_;
};

}  // namespace stellwerk::load
