#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace stellwerk {

// What every response carries, so that a page of ours loads nothing from anybody else and nobody
// else frames it.
std::span<const std::pair<std::string_view, std::string_view>> SecurityHeaders();

}  // namespace stellwerk
