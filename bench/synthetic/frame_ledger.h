#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "bench/synthetic/payload_mark.h"
#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// What a receiver has of the newest frames of a stream, by what their marks say.
class FrameLedger {
 public:
  struct Entry {
    uint32_t source = 0;
    uint8_t encoding = 0;
    uint32_t frame = 0;
    bool known = false;    // false: an empty place
    bool missing = false;  // referred to, and never came
    uint8_t spatial = 0;
    uint8_t temporal = 0;
    uint16_t picture = 0;                     // of the mark
    std::optional<Timestamp> decodable = {};  // nullopt: never
    // As the receiver sees them.
    std::optional<uint16_t> picture_id = {};
    std::optional<uint16_t> frame_number = {};
  };

  // The place for a frame that came; what was there is overwritten.
  Entry& Add(const PayloadMark& mark);
  // Null: not there (or marked as missing).
  [[nodiscard]] const Entry* Find(const PayloadMark& of, uint8_t back) const;
  // When a frame that was complete at `complete` can be decoded; nullopt: never. `missing` counts
  // up for each frame that it refers to and that is not there, once for each.
  std::optional<Timestamp> DecodableAt(const PayloadMark& mark, Timestamp complete,
                                       uint64_t& missing);

 private:
  // More than any source refers back.
  static constexpr std::size_t kSize = 64;
  [[nodiscard]] static std::size_t PlaceOf(uint32_t frame) { return frame % kSize; }

  std::vector<Entry> entries_;  // empty before the first
};

}  // namespace stellwerk::synthetic
