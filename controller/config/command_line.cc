#include "controller/config/command_line.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "controller/config/config_file.h"
#include "controller/config/config_keys.h"
#include "controller/config/value_parsers.h"

namespace stellwerk {
namespace {

constexpr std::string_view kVersion = "stellwerk 0.1.0";

std::optional<std::string> ApplyEnvironment(const Environment& environment, Config& config) {
  for (const ConfigKey& key : ConfigKeys()) {
    const auto it = environment.find(key.environment_name());
    if (it == environment.end()) continue;
    const auto values = key.is_list ? SplitList(it->second) : std::vector<std::string>{it->second};
    if (auto complaint = key.set(config, values)) {
      return "environment " + it->first + ": " + *complaint;
    }
  }
  return std::nullopt;
}

// Collects the text of every flag that was given; the values are judged by the table, as for the
// file.
class Flags {
 public:
  Flags() : app_("Room controller of the Stellwerk media server") {
    app_.set_version_flag("--version", std::string(kVersion));
    app_.add_option("--config", config_file_,
                    "YAML file; stellwerk.example.yaml explains every key");
    for (const ConfigKey& key : ConfigKeys()) {
      if (key.flag.empty()) continue;
      auto& given = given_.emplace_back(&key, std::make_unique<std::vector<std::string>>());
      CLI::Option* option = nullptr;
      if (key.is_switch) {
        option = app_.add_flag(key.flag + "{true}", *given.second, key.description);
      } else {
        option = app_.add_option(key.flag, *given.second, key.description);
        option->allow_extra_args(false)->type_name(key.is_list ? "A,B,..." : "VALUE");
      }
      // A repeated single value: the last one counts, so that a script's defaults can be
      // overridden.
      if (!key.is_list) option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }

  std::optional<ExitNow> Parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // what CLI11 wants of a vector
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
      return ExitNow{0, app_.help()};
    } catch (const CLI::CallForVersion&) {
      return ExitNow{0, std::string(kVersion) + "\n"};
    } catch (const CLI::ParseError& error) {
      return ExitNow{2, std::string(error.what()) + "\nstellwerk --help lists the flags\n"};
    }
    return std::nullopt;
  }

  std::optional<std::string> Apply(Config& config) const {
    for (const auto& [key, texts] : given_) {
      if (texts->empty()) continue;
      std::vector<std::string> values;
      for (const std::string& text : *texts) {
        if (!key->is_list) values = {text};
        if (!key->is_list) continue;
        for (std::string& part : SplitList(text)) values.push_back(std::move(part));
      }
      if (auto complaint = key->set(config, values)) return key->flag + ": " + *complaint;
    }
    return std::nullopt;
  }

  [[nodiscard]] const std::string& config_file() const { return config_file_; }

 private:
  CLI::App app_;
  std::string config_file_;
  std::vector<std::pair<const ConfigKey*, std::unique_ptr<std::vector<std::string>>>> given_;
};

}  // namespace

Environment CurrentEnvironment() {
  Environment result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

std::variant<Config, ExitNow> ReadConfig(const std::vector<std::string>& arguments,
                                         const Environment& environment) {
  Flags flags;
  if (auto exit = flags.Parse(arguments)) return *std::move(exit);
  const auto mistake = [](const std::string& text) { return ExitNow{2, text + "\n"}; };

  Config config;
  std::string file = flags.config_file();
  const auto variable = environment.find("STELLWERK_CONFIG");
  if (file.empty() && variable != environment.end()) file = variable->second;
  if (!file.empty()) {
    if (auto error = ReadConfigFile(file, config)) return mistake(*error);
  }
  if (auto error = ApplyEnvironment(environment, config)) return mistake(*error);
  if (auto error = flags.Apply(config)) return mistake(*error);
  if (auto error = FindContradiction(config)) return mistake(*error);
  return config;
}

}  // namespace stellwerk
