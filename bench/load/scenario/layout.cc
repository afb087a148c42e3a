#include "bench/load/scenario/layout.h"

#include <algorithm>

namespace stellwerk::load {
namespace {

constexpr int kWindowHeight = 720;
constexpr int kSmallestTile = 90;
constexpr int kVoices = 5;

std::vector<int> Grid(int most, int height, int others) {
  return std::vector<int>(static_cast<std::size_t>(std::clamp(others, 0, most)), height);
}

// As many columns as rows, or one less.
int HeightAmong(int others) {
  int columns = 1;
  while (columns * columns < others) ++columns;
  return std::max(kWindowHeight / columns, kSmallestTile);
}

}  // namespace

std::string_view LayoutName(Layout layout) {
  switch (layout) {
    case Layout::kSpeaker:
      return "speaker";
    case Layout::k3x3:
      return "3x3";
    case Layout::k5x5:
      return "5x5";
    case Layout::kEveryone:
      return "everyone";
  }
  return "";
}

std::vector<int> TileHeights(Layout layout, int other_publishers) {
  switch (layout) {
    case Layout::kSpeaker: {
      std::vector<int> heights = Grid(5, 180, other_publishers);
      if (!heights.empty()) heights.front() = kWindowHeight;
      return heights;
    }
    case Layout::k3x3:
      return Grid(9, 360, other_publishers);
    case Layout::k5x5:
      return Grid(25, 180, other_publishers);
    case Layout::kEveryone:
      return Grid(other_publishers, HeightAmong(other_publishers), other_publishers);
  }
  return {};
}

Slots SlotsOf(Layout layout, int other_publishers) {
  const int audio =
      layout == Layout::kEveryone ? other_publishers : std::min(other_publishers, kVoices);
  return {.video = static_cast<int>(TileHeights(layout, other_publishers).size()),
          .audio = std::max(audio, 0)};
}

Layout FlippedLayout(Layout layout) {
  return layout == Layout::kSpeaker ? Layout::k3x3 : Layout::kSpeaker;
}

}  // namespace stellwerk::load
