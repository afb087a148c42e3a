#pragma once

#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/ntp_time.h"
#include "rtc/rtcp/rtcp_packet_view.h"

namespace stellwerk {

// RFC 3611 §2 (PT=207), with the two blocks by which a receiver that sends no media measures the
// round trip: its Receiver Reference Time (§4.4, BT=4) comes back in our DLRR (§4.5, BT=5). Other
// blocks are skipped.
//  |     BT        | type-specific |  block length in words - 1    |
struct Xr {
  static constexpr uint8_t kReceiverReferenceTimeBlock = 4;
  static constexpr uint8_t kDlrrBlock = 5;

  struct DlrrItem {
    Ssrc receiver;
    uint32_t last_receiver_report = 0;  // NtpTime::Compact() of the RRT answered
    uint32_t delay = 0;                 // since it came in, units of 1/65536 s
    friend bool operator==(const DlrrItem&, const DlrrItem&) = default;
  };

  Ssrc sender;
  std::optional<NtpTime> receiver_reference_time;
  absl::InlinedVector<DlrrItem, 2> dlrr;

  static Expected<Xr, DropReason> Parse(const RtcpPacketView& packet);
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const Xr&, const Xr&) = default;
};

}  // namespace stellwerk
