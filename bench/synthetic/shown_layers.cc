#include "bench/synthetic/shown_layers.h"

#include <algorithm>

namespace stellwerk::synthetic {
namespace {

// The first from `i` on that could be decoded; shown.size() if none.
std::size_t NextDecodable(std::span<const ShownLayer> shown, std::size_t i) {
  while (i < shown.size() && !shown[i].decodable) ++i;
  return i;
}

}  // namespace

std::vector<ShownTime> TimeShown(std::span<const ShownLayer> shown, Timestamp from, Timestamp to,
                                 HeightOf height_of) {
  std::vector<ShownTime> out;
  for (std::size_t i = NextDecodable(shown, 0); i < shown.size();) {
    const std::size_t next = NextDecodable(shown, i + 1);
    const Timestamp begin = std::max(*shown[i].decodable, from);
    const Timestamp end = next < shown.size() ? std::min(*shown[next].decodable, to) : to;
    if (begin < end) {
      const uint32_t source = shown[i].source;
      const int height = height_of(source, shown[i].layer);
      auto known = std::find_if(out.begin(), out.end(), [&](const ShownTime& time) {
        return time.source == source && time.height == height;
      });
      if (known == out.end()) known = out.insert(known, {.source = source, .height = height});
      known->time += end - begin;
    }
    i = next;
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.time > b.time; });
  return out;
}

std::optional<Timestamp> FirstShown(
    std::span<const ShownLayer> shown, Timestamp after,
    absl::FunctionRef<bool(uint32_t source, const Layer& layer)> wanted) {
  for (std::size_t i = NextDecodable(shown, 0); i < shown.size();) {
    const std::size_t next = NextDecodable(shown, i + 1);
    const bool over = next < shown.size() && *shown[next].decodable <= after;
    if (!over && wanted(shown[i].source, shown[i].layer)) {
      return std::max(*shown[i].decodable, after);
    }
    i = next;
  }
  return std::nullopt;
}

}  // namespace stellwerk::synthetic
