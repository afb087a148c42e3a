#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stellwerk::load {

// How many columns of a terminal `utf8` takes: one for each character; bytes that are none count
// as one each.
std::size_t ColumnsOf(std::string_view utf8);

// Filled with spaces to `width` columns, never cut.
std::string PadRight(std::string_view utf8, std::size_t width);
std::string PadLeft(std::string_view utf8, std::size_t width);

// At most `width` columns, cut with "..." where it is longer.
std::string Shorten(std::string_view utf8, std::size_t width);

// Without the control characters that would move a cursor or colour a terminal: what comes from a
// server or a file goes through here. Line breaks become spaces.
std::string Printable(std::string_view text);

}  // namespace stellwerk::load
