#include "bench/load/run/expected_layer.h"

#include <algorithm>

#include "bench/load/scenario/tracks.h"

namespace stellwerk::load {

int HeightOfLayer(const VideoSettings& video, const Layer& layer) {
  const synthetic::VideoConfig config = ToVideoConfig(video, 0);
  const auto encoding = static_cast<std::size_t>(layer.encoding);
  if (encoding >= config.layers.size()) return 0;
  const int below_top = config.mode.spatial_layers - 1 - layer.spatial.value();
  return config.layers[encoding].resolution.height >> std::max(below_top, 0);
}

int ExpectedHeight(const VideoSettings& video, int tile_height) {
  const synthetic::VideoConfig config = ToVideoConfig(video, 0);
  int best = 0;
  for (std::size_t encoding = 0; encoding < config.layers.size(); ++encoding) {
    for (int below_top = config.mode.spatial_layers - 1; below_top >= 0; --below_top) {
      const int height = config.layers[encoding].resolution.height >> below_top;
      if (height >= tile_height) return height;
      best = std::max(best, height);
    }
  }
  return best;
}

}  // namespace stellwerk::load
