#include "bench/load/scenario/scenario_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <vector>

#include "absl/status/status.h"
#include "bench/load/scenario/settings.h"
#include "bench/load/scenario/value_text.h"

namespace stellwerk::load {
namespace {

constexpr std::size_t kMaxBytes = 256 * 1024;

// Nothing beyond this is a path of ours; it also ends what refers to itself.
constexpr std::size_t kMaxPath = 100;

// The settings whose path begins so, without that beginning.
std::string SettingsBelow(const std::string& prefix) {
  std::string names;
  for (const Setting& setting : Settings()) {
    if (!setting.path.starts_with(prefix)) continue;
    names += (names.empty() ? "" : ", ") + setting.path.substr(prefix.size());
  }
  return names;
}

std::string UnknownSetting(const std::string& path) {
  if (const auto nearest = NearestSetting(path)) {
    return "there is no such setting; " + *nearest + " is near";
  }
  const std::size_t dot = path.find('.');
  const std::string below = dot == std::string::npos ? "" : SettingsBelow(path.substr(0, dot + 1));
  if (below.empty()) return "there is no such setting";
  return "there is no such setting; " + path.substr(0, dot) + " has " + below;
}

// A key for a message, as somebody may have written anything.
std::string Legible(const std::string& path) {
  const std::string quoted = Quoted(path);
  return quoted == "\"" + path + "\"" ? path : quoted;
}

class Reader {
 public:
  Reader(std::string_view file_name, Scenario& scenario)
      : file_name_(file_name), scenario_(scenario) {}

  std::optional<std::string> ReadSection(const YAML::Node& section, const std::string& prefix) {
    for (const auto& entry : section) {
      if (!entry.first.IsScalar()) {
        return At(entry.first.Mark().line, prefix.empty() ? "scenario" : prefix,
                  "a key has to be a word");
      }
      const std::string path = prefix + entry.first.Scalar();
      if (!lines_.emplace(path, entry.first.Mark().line).second) {
        return At(entry.first.Mark().line, path, "is given twice");
      }
      if (auto error = ReadEntry(entry.first, entry.second, path)) return error;
    }
    return std::nullopt;
  }

  std::optional<std::string> FindContradiction() const {
    const auto found = load::FindContradiction(scenario_);
    if (!found) return std::nullopt;
    const auto line = lines_.find(found->path);
    if (line != lines_.end()) return At(line->second, found->path, found->text);
    return std::string(file_name_) + ": " + found->path + ": " + found->text;
  }

  [[nodiscard]] bool has(const std::string& path) const { return lines_.contains(path); }

 private:
  std::optional<std::string> ReadEntry(const YAML::Node& name, const YAML::Node& value,
                                       const std::string& path) {
    const int line = name.Mark().line;
    if (const Setting* setting = FindSetting(path)) {
      if (!value.IsScalar()) {
        return At(line, path, "needs one value: " + setting->values);
      }
      auto complaint = setting->set(scenario_, value.Scalar());
      return complaint ? std::optional(At(value.Mark().line, path, *complaint)) : std::nullopt;
    }
    const std::string below = path.size() > kMaxPath ? "" : SettingsBelow(path + ".");
    if (below.empty()) return At(line, path, UnknownSetting(path));
    if (value.IsNull()) return std::nullopt;  // a section whose settings are all commented out
    if (!value.IsMap()) return At(line, path, "is a section; below it go " + below);
    return ReadSection(value, path + ".");
  }

  // `line` counts from 0; unknown ones are negative.
  [[nodiscard]] std::string At(int line, const std::string& path,
                               const std::string& complaint) const {
    return std::string(file_name_) + ":" + std::to_string(std::max(line, 0) + 1) + ": " +
           Legible(path) + ": " + complaint;
  }

  std::string_view file_name_;
  Scenario& scenario_;
  std::map<std::string, int> lines_;  // of what was given
};

struct ReadResult {
  Scenario scenario;
  bool has_name = false;
};

absl::StatusOr<ReadResult> Read(std::string_view yaml, std::string_view file_name) {
  const auto fail = [&](const std::string& text) { return absl::InvalidArgumentError(text); };
  const std::string file(file_name);
  if (yaml.size() > kMaxBytes) return fail(file + ": is larger than a scenario ever is (256 kB)");
  ReadResult result;
  // yaml-cpp throws; it goes no further than here.
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(yaml));
    if (documents.size() > 1) return fail(file + ": has more than one document (---)");
    const YAML::Node root = documents.empty() ? YAML::Node() : documents.front();
    if (!root.IsNull() && !root.IsMap()) {
      return fail(file + ":1: a scenario consists of settings and their values (rooms: 2)");
    }
    Reader reader(file_name, result.scenario);
    if (!root.IsNull()) {
      if (auto error = reader.ReadSection(root, "")) return fail(*error);
    }
    if (auto error = reader.FindContradiction()) return fail(*error);
    result.has_name = reader.has("name");
  } catch (const YAML::Exception& error) {
    return fail(file + ":" + std::to_string(std::max(error.mark.line, 0) + 1) +
                ": is no YAML: " + Legible(error.msg));
  }
  return result;
}

// What people wrote themselves may look like anything else in YAML.
std::string InQuotes(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

void FindFrom(const std::filesystem::path& folder, std::string& file) {
  if (!file.empty()) file = (folder / file).string();
}

}  // namespace

absl::StatusOr<Scenario> ReadScenario(std::string_view yaml, std::string_view file_name) {
  auto result = Read(yaml, file_name);
  if (!result.ok()) return result.status();
  return std::move(result)->scenario;
}

absl::StatusOr<Scenario> ReadScenarioFile(const std::string& path) {
  std::error_code no_error;
  if (std::filesystem::is_directory(path, no_error)) {
    return absl::NotFoundError(path + ": is a folder, not a scenario");
  }
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(path + ": " + std::strerror(errno));
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  auto result = Read(text, path);
  if (!result.ok()) return result.status();
  Scenario scenario = std::move(result)->scenario;
  const std::filesystem::path where(path);
  if (!result->has_name) {
    // A name that cannot be one leaves the default.
    FindSetting("name")->set(scenario, where.stem().string());
  }
  FindFrom(where.parent_path(), scenario.video.replay);
  FindFrom(where.parent_path(), scenario.audio.replay);
  return scenario;
}

std::string WriteScenario(const Scenario& scenario) {
  std::string out;
  std::string section;
  for (const Setting& setting : Settings()) {
    const std::size_t dot = setting.path.find('.');
    const bool is_below = dot != std::string::npos;
    const std::string prefix = is_below ? setting.path.substr(0, dot) : "";
    if (is_below && prefix != section) out += prefix + ":\n";
    section = prefix;
    const std::string value = setting.print(scenario);
    out += is_below ? "  " + setting.path.substr(dot + 1) : setting.path;
    out += ": " + (setting.is_text ? InQuotes(value) : value) + "\n";
  }
  return out;
}

}  // namespace stellwerk::load
