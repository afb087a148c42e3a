#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controller/config/config.h"

namespace stellwerk {

// One key of the configuration: the same table reads the file, the environment and the flags.
struct ConfigKey {
  std::string path;         // "rtc.port"
  std::string flag;         // "--rtc-port", or empty
  std::string description;  // for --help
  bool is_list = false;     // takes any number of values; otherwise exactly one
  bool is_switch = false;   // a flag that needs no value
  // Sets the value; an error is the end of a sentence that begins with the key.
  std::function<std::optional<std::string>(Config&, const std::vector<std::string>&)> set;

  // "STELLWERK_RTC_PORT".
  [[nodiscard]] std::string environment_name() const;
};

// All keys, in the order of stellwerk.example.yaml.
std::span<const ConfigKey> ConfigKeys();
// nullptr if there is none of that path.
const ConfigKey* FindConfigKey(std::string_view path);

// What no single key can see: cert without key, more workers than ports. nullopt if all is well.
std::optional<std::string> FindContradiction(const Config& config);

}  // namespace stellwerk
