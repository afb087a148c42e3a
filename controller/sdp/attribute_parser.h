#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controller/sdp/session_description.h"

namespace stellwerk {

// What is wrong with an attribute's value; nullopt = nothing. Unknown attributes are no problem and
// not kept.
using AttributeProblem = std::optional<std::string>;

// `name` and `value` of an "a=name:value" line after an m-line.
AttributeProblem ParseMediaAttribute(std::string_view name, std::string_view value,
                                     MediaDescription& section);

// The same before the first m-line. `direction` is the session's default for its m-lines.
AttributeProblem ParseSessionAttribute(std::string_view name, std::string_view value,
                                       SessionDescription& session, Direction& direction);

}  // namespace stellwerk
