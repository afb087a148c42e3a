#include "controller/config/config_file.h"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include "controller/config/config_keys.h"

namespace stellwerk {
namespace {

class Reader {
 public:
  Reader(std::string_view file_name, Config& config) : file_name_(file_name), config_(config) {}

  std::optional<std::string> ReadSection(const YAML::Node& section, const std::string& prefix) {
    std::set<std::string> seen;
    for (const auto& entry : section) {
      if (!entry.first.IsScalar()) return At(entry.first, prefix, "a key has to be a word");
      const std::string path = prefix + entry.first.Scalar();
      if (!seen.insert(path).second) return At(entry.first, path, "is given twice");
      if (auto error = ReadEntry(entry.first, entry.second, path)) return error;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> ReadEntry(const YAML::Node& name, const YAML::Node& value,
                                       const std::string& path) {
    const ConfigKey* key = FindConfigKey(path);
    if (key == nullptr) {
      if (KeysBelow(path + ".").empty()) return At(name, path, UnknownKey(path));
      if (value.IsNull()) return std::nullopt;  // a section whose keys are all commented out
      if (!value.IsMap()) return At(value, path, "is a section, its keys go below it");
      return ReadSection(value, path + ".");
    }
    std::vector<std::string> values;
    if (value.IsScalar()) {
      values.push_back(value.Scalar());
    } else if (value.IsSequence() && key->is_list) {
      for (const auto& item : value) {
        if (!item.IsScalar()) return At(item, path, "the items of this list are single values");
        values.push_back(item.Scalar());
      }
    } else {
      return At(value.Mark().is_null() ? name : value, path,
                key->is_list ? "needs a value or a list of values" : "needs one value");
    }
    if (auto complaint = key->set(config_, values)) return At(value, path, *complaint);
    return std::nullopt;
  }

  static std::string KeysBelow(const std::string& prefix) {
    std::string names;
    for (const ConfigKey& key : ConfigKeys()) {
      if (!key.path.starts_with(prefix)) continue;
      names += (names.empty() ? "" : ", ") + key.path.substr(prefix.size());
    }
    return names;
  }

  static std::string UnknownKey(const std::string& path) {
    const std::size_t dot = path.rfind('.');
    if (dot == std::string::npos) return "is no key; stellwerk.example.yaml lists all";
    return "is no key; " + path.substr(0, dot) + " has " + KeysBelow(path.substr(0, dot + 1));
  }

  std::string At(const YAML::Node& node, const std::string& path,
                 const std::string& complaint) const {
    return std::string(file_name_) + ":" + std::to_string(node.Mark().line + 1) + ": config " +
           path + ": " + complaint;
  }

  std::string_view file_name_;
  Config& config_;
};

}  // namespace

std::optional<std::string> ReadConfigText(std::string_view text, std::string_view file_name,
                                          Config& config) {
  // yaml-cpp throws; it goes no further than here.
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    if (root.IsNull()) return std::nullopt;
    if (!root.IsMap())
      return std::string(file_name) + ":1: config: the file has to consist of keys and values";
    return Reader(file_name, config).ReadSection(root, "");
  } catch (const YAML::Exception& error) {
    return std::string(file_name) + ":" + std::to_string(error.mark.line + 1) + ": " + error.msg;
  }
}

std::optional<std::string> ReadConfigFile(const std::string& file_name, Config& config) {
  std::ifstream file(file_name);
  if (!file) return file_name + ": " + std::strerror(errno);
  std::ostringstream text;
  text << file.rdbuf();
  return ReadConfigText(text.str(), file_name, config);
}

}  // namespace stellwerk
