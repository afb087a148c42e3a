#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controller/config/config.h"

namespace stellwerk {

// Reads YAML text over `config`. The error is complete: "stellwerk.yaml:3: config rtc.port: 70000
// is not a port ...".
std::optional<std::string> ReadConfigText(std::string_view text, std::string_view file_name,
                                          Config& config);
std::optional<std::string> ReadConfigFile(const std::string& file_name, Config& config);

}  // namespace stellwerk
