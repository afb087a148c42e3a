#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/container/inlined_vector.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/sequence_number.h"
#include "rtc/rtcp/rtcp_packet_view.h"

namespace stellwerk {

// RFC 4585 §6.2.1 (RTPFB, FMT=1): packets of `media` that the sender misses.
//  |            PID                |             BLP               |
// PID is one lost packet, bit i of BLP says that PID + i + 1 is lost too. Kept in that form: a
// hostile NACK of a few kilobytes names a hundred thousand packets.
struct Nack {
  static constexpr uint8_t kFormat = 1;

  struct Item {
    SeqNum first;
    uint16_t following = 0;
    friend bool operator==(const Item&, const Item&) = default;
  };

  Ssrc sender;
  Ssrc media;
  absl::InlinedVector<Item, 8> items;

  // `lost` from old to new, without duplicates.
  static Nack For(Ssrc sender, Ssrc media, std::span<const SeqNum> lost);
  static Expected<Nack, DropReason> Parse(const RtcpPacketView& packet);
  void SerializeTo(ByteWriter& out) const;

  // Calls visit(SeqNum) for each packet named, in the order of the message.
  template <typename Visitor>
  void ForEachLost(Visitor&& visit) const {
    for (const Item& item : items) {
      visit(item.first);
      for (int bit = 0; bit < 16; ++bit) {
        if ((item.following >> bit & 1) != 0) visit(item.first + static_cast<int16_t>(bit + 1));
      }
    }
  }
  friend bool operator==(const Nack&, const Nack&) = default;
};

}  // namespace stellwerk
