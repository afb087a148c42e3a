#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "rtc/base/byte_reader.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/ids.h"

namespace stellwerk {

// RFC 3550 §6.4.1: what a receiver says about one stream.
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                 SSRC of the source                            |
//  | fraction lost |       cumulative number of packets lost       |
//  |           extended highest sequence number received           |
//  |                      interarrival jitter                      |
//  |                         last SR (LSR)                         |
//  |                   delay since last SR (DLSR)                  |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
struct ReportBlock {
  static constexpr std::size_t kSize = 24;

  Ssrc source;
  uint8_t fraction_lost = 0;  // of 256, since the last report
  int32_t cumulative_lost =
      0;  // 24 bits, signed: duplicates can make it negative; clamped when written
  uint32_t extended_highest_sequence = 0;       // wraps counted in the upper 16 bits
  uint32_t jitter = 0;                          // units of the stream's clock
  uint32_t last_sender_report = 0;              // NtpTime::Compact() of the last SR, 0 = none yet
  uint32_t delay_since_last_sender_report = 0;  // units of 1/65536 s

  static ReportBlock ReadFrom(ByteReader& in);
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const ReportBlock&, const ReportBlock&) = default;
};

// RC has 5 bits: at most 31 in one packet.
inline constexpr std::size_t kMaxReportBlocks = 31;
using ReportBlocks = absl::InlinedVector<ReportBlock, 4>;

}  // namespace stellwerk
