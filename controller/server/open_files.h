#pragma once

#include <cstddef>

namespace stellwerk {

// Lets this process, and the workers that inherit it, open as many files as the system lets it; the
// usual soft limit of 1024 is below what a browser conference of some hundred people needs. Returns
// the limit that holds now.
std::size_t RaiseOpenFileLimit();

// How many of the wanted connections that limit allows, with files left for everything else.
std::size_t ConnectionsWithin(std::size_t open_files, std::size_t wanted);

}  // namespace stellwerk
