#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace stellwerk::load {

// What one person's window shows of the other publishers.
enum class Layout : uint8_t {
  kSpeaker,   // one at 720 and up to four at 180
  k3x3,       // nine at 360
  k5x5,       // 25 at 180
  kEveryone,  // all: the more they are, the smaller
};
inline constexpr Layout kLayouts[] = {Layout::kSpeaker, Layout::k3x3, Layout::k5x5,
                                      Layout::kEveryone};

// "speaker", "3x3", "5x5", "everyone".
std::string_view LayoutName(Layout layout);

// The height of each video tile in pixels, the largest first; `other_publishers` are in the room
// besides the viewer.
std::vector<int> TileHeights(Layout layout, int other_publishers);

// m-lines that a viewer needs to receive with.
struct Slots {
  int video = 0;
  int audio = 0;
  friend bool operator==(const Slots&, const Slots&) = default;
};
// One video slot for each tile. Audio: up to five, the loudest, as more voices at a time are not
// understood; with kEveryone all.
Slots SlotsOf(Layout layout, int other_publishers);

// What a layout flip goes to: speaker from the others, 3x3 from speaker.
Layout FlippedLayout(Layout layout);

}  // namespace stellwerk::load
