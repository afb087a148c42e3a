#include "rtc/rtp/header_extensions/abs_send_time.h"

#include "rtc/base/byte_reader.h"
#include "rtc/base/byte_writer.h"

namespace stellwerk {
namespace {

constexpr uint32_t kMask = 0xFFFFFF;
constexpr int64_t kPeriod = 1 << 24;
constexpr int64_t kPeriodNanoseconds = 64'000'000'000;

}  // namespace

AbsSendTime AbsSendTime::From(Timestamp time) {
  const auto within = static_cast<uint64_t>(time.time_since_epoch().count() % kPeriodNanoseconds);
  return {static_cast<uint32_t>((within << 18) / 1'000'000'000) & kMask};
}

std::optional<AbsSendTime> AbsSendTime::Parse(std::span<const uint8_t> data) {
  ByteReader in(data);
  const uint32_t value = in.ReadU24();
  if (!in.ok()) return std::nullopt;
  return AbsSendTime{value};
}

std::array<uint8_t, AbsSendTime::kSize> AbsSendTime::Serialize() const {
  std::array<uint8_t, kSize> data{};
  ByteWriter(data).WriteU24(value & kMask);
  return data;
}

TimeDelta AbsSendTime::Since(AbsSendTime earlier) const {
  int64_t difference = (value - earlier.value) & kMask;
  if (difference >= kPeriod / 2) difference -= kPeriod;
  return TimeDelta(difference * 1'000'000'000 / (1 << 18));
}

}  // namespace stellwerk
