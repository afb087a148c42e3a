#pragma once

#include <cstdint>

#include "bench/load/scenario/scenario.h"
#include "rtc/base/layer.h"

namespace stellwerk::load {

// How high a layer of the scenario's camera is, in pixels.
[[nodiscard]] int HeightOfLayer(const VideoSettings& video, const Layer& layer);
// How high the picture is that a tile of `tile_height` pixels should get: the lowest layer that is
// not smaller, else the highest.
[[nodiscard]] int ExpectedHeight(const VideoSettings& video, int tile_height);

}  // namespace stellwerk::load
