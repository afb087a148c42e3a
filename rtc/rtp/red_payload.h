#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"

namespace stellwerk {

// An earlier packet's payload that travels along.
struct RedBlock {
  PayloadType payload_type;
  uint16_t timestamp_offset = 0;  // 14 bits: how much earlier than the packet's timestamp
  std::span<const uint8_t> data;
};

// What the packet itself is about. Whoever did not negotiate RED is sent this alone, under its own
// payload type: `data` is the end of the payload.
struct RedPrimary {
  PayloadType payload_type;
  std::span<const uint8_t> data;
};

// RFC 2198 §3: redundant audio. The headers of all blocks come first, the primary's last, then
// their data in the same order.
//   0                   1                    2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3  4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  |1|   block PT  |  timestamp offset         |   block length    |  each redundant block
//  |0|   block PT  |                                                  the primary
struct RedPayload {
  // Browsers send one or two; RFC 2198 sets no limit.
  static constexpr std::size_t kMaxBlocks = 16;

  std::array<RedBlock, kMaxBlocks> blocks;  // the first block_count, oldest first as a rule
  std::size_t block_count = 0;
  RedPrimary primary;

  [[nodiscard]] std::span<const RedBlock> redundant() const {
    return std::span(blocks).first(block_count);
  }
  // `payload` is an RTP payload without padding; the result's data are views into it. kTruncated if
  // a block ends after it, kUnsupported if there are more blocks than kMaxBlocks.
  static Expected<RedPayload, DropReason> Parse(std::span<const uint8_t> payload);
};

// The primary alone: all that stripping RED takes. nullopt if the payload is not RED.
[[nodiscard]] std::optional<RedPrimary> FindRedPrimary(std::span<const uint8_t> payload);

}  // namespace stellwerk
