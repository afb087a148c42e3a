#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// What every synthetic packet says about itself inside its payload, so that a receiver can tell
// whose frame it is, whether it is whole and unharmed, what it depends on, and how long it took.
// Forwarding never touches it. It is the end of the payload, so that it is found whatever stands
// before it, payload descriptors and scrambled bytes alike.
//
//  0                   1                   2                   3
//  +---------------------------------------------------------------+
//  |                     magic 'S' 'T' 'W' 'K'                     |
//  |                            source                             |
//  |   encoding    |K|O|  reserved |  SID  |  TID  |  references   |
//  |             packet            |            packets            |
//  |                             frame                             |
//  |              captured: nanoseconds since 1970                 |
//  |                                                               |
//  |  differences of frame to up to four frames that it refers to  |
//  |             covered           |            picture            |
//  |              sent: microseconds after `captured`              |
//  |  checksum of the fields above and of `covered` bytes before   |
//  +---------------------------------------------------------------+
struct PayloadMark {
  static constexpr std::size_t kSize = 44;
  static constexpr std::size_t kMaxReferences = 4;

  uint32_t source = 0;   // the track, any number that is unique in the test
  uint8_t encoding = 0;  // simulcast stream, 0 = the smallest
  bool keyframe = false;
  // The Dependency Descriptor says all; the payload begins with nothing that could be read.
  bool opaque = false;
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  uint16_t packet = 0;   // of the frame, from 0
  uint16_t packets = 1;  // in the frame
  uint32_t frame = 0;    // counts up per source and encoding; each spatial layer is one
  uint16_t picture = 0;  // counts up per source and encoding
  Timestamp captured;
  uint8_t reference_count = 0;
  std::array<uint8_t, kMaxReferences> references{};  // 1..255: frames back
  uint16_t covered = 0;                              // bytes before the mark
  // From `captured` until the packet was handed to the transport, in whole microseconds: what the
  // generator is late, and what its pacer held back. 0..71 minutes.
  TimeDelta sent_after{};

  // When the packet was handed to the transport: where its transit begins.
  [[nodiscard]] Timestamp sent() const { return captured + sent_after; }

  friend bool operator==(const PayloadMark&, const PayloadMark&) = default;
};

// Fills `payload` from `head` on with bytes that depend on the mark, and ends it with the mark;
// payload.size() >= head + kSize. The last `mark.covered` bytes before the mark are protected by
// its checksum.
void WriteMark(const PayloadMark& mark, std::size_t head, std::span<uint8_t> payload);
// Notes in the mark at the end of `payload` that it is sent now; without a mark nothing is changed.
// A packet that is sent again tells its own time.
void StampSent(Timestamp now, std::span<uint8_t> payload);
// nullopt if there is no mark or the payload was harmed.
std::optional<PayloadMark> ReadMark(std::span<const uint8_t> payload);

}  // namespace stellwerk::synthetic
