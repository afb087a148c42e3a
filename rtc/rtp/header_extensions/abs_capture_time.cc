#include "rtc/rtp/header_extensions/abs_capture_time.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {

std::optional<AbsCaptureTime> AbsCaptureTime::Parse(std::span<const uint8_t> data) {
  ByteReader in(data);
  AbsCaptureTime result;
  result.capture_time = NtpTime(in.ReadU64());
  if (data.size() >= kLongSize) result.clock_offset = static_cast<int64_t>(in.ReadU64());
  if (!in.ok()) return std::nullopt;
  return result;
}

void AbsCaptureTime::SerializeTo(ByteWriter& out) const {
  out.WriteU64(capture_time.value());
  if (clock_offset.has_value()) out.WriteU64(static_cast<uint64_t>(*clock_offset));
}

}  // namespace stellwerk
