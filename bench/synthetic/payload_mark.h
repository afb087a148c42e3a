#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// What every synthetic packet says about itself inside its payload, so that a receiver can tell
// whose frame it is, whether it is whole and unharmed, and how long it took. Forwarding never
// touches it.
//
//  0                   1                   2                   3
//  +---------------------------------------------------------------+
//  |                     magic 'S' 'T' 'W' 'K'                     |
//  |                            source                             |
//  |   encoding    | K (keyframe)  |         reserved              |
//  |             packet            |            packets            |
//  |                             frame                             |
//  |              captured: nanoseconds since 1970                 |
//  |                                                               |
//  |         checksum of the fields above and all that follows     |
//  +---------------------------------------------------------------+
struct PayloadMark {
  static constexpr std::size_t kSize = 32;

  uint32_t source = 0;   // the track, any number that is unique in the test
  uint8_t encoding = 0;  // simulcast layer, 0 = the smallest
  bool keyframe = false;
  uint16_t packet = 0;   // of the frame, from 0
  uint16_t packets = 1;  // in the frame
  uint32_t frame = 0;    // counts up per source and encoding
  Timestamp captured;

  friend bool operator==(const PayloadMark&, const PayloadMark&) = default;
};

// Fills `payload` (at least kSize bytes) with the mark and a filling that depends on it.
void WriteMark(const PayloadMark& mark, std::span<uint8_t> payload);
// nullopt if there is no mark or the payload was harmed.
std::optional<PayloadMark> ReadMark(std::span<const uint8_t> payload);

}  // namespace stellwerk::synthetic
