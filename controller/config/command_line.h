#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "controller/config/config.h"

namespace stellwerk {

// The process ends at once: for --help and --version with status 0, for a mistake with status 2.
struct ExitNow {
  int status = 0;
  std::string text;
};

using Environment = std::map<std::string, std::string>;
// The variables of this process.
Environment CurrentEnvironment();

// Puts the configuration together: the file of --config (or STELLWERK_CONFIG), over it the
// environment, over it the flags. `arguments` has no program name in it.
std::variant<Config, ExitNow> ReadConfig(const std::vector<std::string>& arguments,
                                         const Environment& environment);

}  // namespace stellwerk
