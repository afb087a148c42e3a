#pragma once

#include <string_view>

namespace stellwerk::load {

// CSS of the report's pages: light and dark, for wide screens, phones and paper.
std::string_view PageStyle();

}  // namespace stellwerk::load
