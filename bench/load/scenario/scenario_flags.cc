#include "bench/load/scenario/scenario_flags.h"

#include <CLI/CLI.hpp>
#include <optional>

namespace stellwerk::load {

ScenarioFlags::ScenarioFlags() = default;
ScenarioFlags::~ScenarioFlags() = default;

void ScenarioFlags::AddTo(CLI::App& app) {
  const Scenario defaults;
  for (const Setting& setting : Settings()) {
    auto& given = given_.emplace_back(&setting, std::make_unique<std::vector<std::string>>());
    const std::string value = setting.print(defaults);
    const std::string help = setting.help + (value.empty() ? "" : " [" + value + "]");
    CLI::Option* option = nullptr;
    if (setting.is_switch) {
      option = app.add_flag(setting.flag() + "{true}", *given.second, help);
    } else {
      option = app.add_option(setting.flag(), *given.second, help);
      option->allow_extra_args(false)->type_name(setting.values);
    }
    // The last counts, so that a script's defaults can be overridden.
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)->group("Scenario");
  }
}

absl::Status ScenarioFlags::ApplyOverrides(Scenario& scenario) const {
  for (const auto& [setting, texts] : given_) {
    if (texts->empty()) continue;
    if (auto complaint = setting->set(scenario, texts->back())) {
      return absl::InvalidArgumentError(setting->flag() + ": " + *complaint);
    }
  }
  if (const auto found = FindContradiction(scenario)) {
    return absl::InvalidArgumentError(FindSetting(found->path)->flag() + ": " + found->text);
  }
  return absl::OkStatus();
}

}  // namespace stellwerk::load
