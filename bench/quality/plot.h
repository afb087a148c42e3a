#pragma once

#include <cstddef>
#include <string>

#include "bench/sim/recording.h"
#include "bench/sim/scenario.h"

// What happened over time, for gnuplot.
namespace stellwerk::synthetic {

// One line per sample, with a head line: seconds since the start, capacity, estimate, delivered,
// padding, wanted (kbit/s; a capacity of 0 stays empty), queueing (ms), then a level per video
// slot: 0 = nothing, 1, 2, 3... = encoding or spatial layer, plus a quarter for each temporal layer
// above the first.
std::string PlotData(const Recording& recording, const ViewerRecording& viewer);
// Draws `data_file` into `png_file`: rates, queueing and layers, one above the other.
std::string PlotScript(const Scenario& scenario, const std::string& viewer, std::size_t slots,
                       const std::string& data_file, const std::string& png_file);
// False if there is no gnuplot, or it failed.
bool RunGnuplot(const std::string& script);

}  // namespace stellwerk::synthetic
