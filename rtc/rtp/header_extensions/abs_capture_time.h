#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/byte_writer.h"
#include "rtc/base/ntp_time.h"

namespace stellwerk {

// http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time: when the frame was captured by the
// original device, on that device's NTP clock, and how far the sender's clock is from it.
struct AbsCaptureTime {
  static constexpr std::size_t kShortSize = 8;
  static constexpr std::size_t kLongSize = 16;

  NtpTime capture_time;
  std::optional<int64_t> clock_offset;  // signed 32.32 seconds

  static std::optional<AbsCaptureTime> Parse(std::span<const uint8_t> data);
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const AbsCaptureTime&, const AbsCaptureTime&) = default;
};

}  // namespace stellwerk
