#include "rtc/rtcp/report_block.h"

#include <algorithm>

namespace stellwerk {
namespace {

constexpr int32_t kMaxCumulativeLost = (1 << 23) - 1;
constexpr int32_t kMinCumulativeLost = -(1 << 23);

}  // namespace

ReportBlock ReportBlock::ReadFrom(ByteReader& in) {
  ReportBlock block;
  block.source = Ssrc(in.ReadU32());
  block.fraction_lost = in.ReadU8();
  const auto lost = static_cast<int32_t>(in.ReadU24());
  block.cumulative_lost = lost > kMaxCumulativeLost ? lost - (1 << 24) : lost;
  block.extended_highest_sequence = in.ReadU32();
  block.jitter = in.ReadU32();
  block.last_sender_report = in.ReadU32();
  block.delay_since_last_sender_report = in.ReadU32();
  return block;
}

void ReportBlock::SerializeTo(ByteWriter& out) const {
  out.WriteU32(source.value());
  out.WriteU8(fraction_lost);
  const int32_t lost = std::clamp(cumulative_lost, kMinCumulativeLost, kMaxCumulativeLost);
  out.WriteU24(static_cast<uint32_t>(lost) & 0xFFFFFF);
  out.WriteU32(extended_highest_sequence);
  out.WriteU32(jitter);
  out.WriteU32(last_sender_report);
  out.WriteU32(delay_since_last_sender_report);
}

}  // namespace stellwerk
