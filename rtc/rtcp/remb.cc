#include "rtc/rtcp/remb.h"

#include <limits>

#include "rtc/base/byte_reader.h"
#include "rtc/base/check.h"

namespace stellwerk {
namespace {

constexpr uint32_t kIdentifier = 0x52454D42;  // "REMB"
constexpr int kMantissaBits = 18;
constexpr std::size_t kMaxStreams = 255;

}  // namespace

Expected<Remb, DropReason> Remb::Parse(const RtcpPacketView& packet) {
  ByteReader in(packet.body);
  Remb remb;
  remb.sender = Ssrc(in.ReadU32());
  in.Skip(4);  // the media source, always 0
  const uint32_t identifier = in.ReadU32();
  if (in.ok() && identifier != kIdentifier) return Unexpected(DropReason::kUnsupported);
  const uint8_t stream_count = in.ReadU8();
  const uint32_t rate = in.ReadU24();
  const uint32_t exponent = rate >> kMantissaBits;
  const uint64_t mantissa = rate & ((1U << kMantissaBits) - 1);
  for (int i = 0; i < stream_count && in.ok(); ++i) remb.streams.push_back(Ssrc(in.ReadU32()));
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  if (mantissa > (static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) >> exponent)) {
    return Unexpected(DropReason::kMalformed);
  }
  remb.bitrate = DataRate::BitsPerSecond(static_cast<int64_t>(mantissa << exponent));
  return remb;
}

void Remb::SerializeTo(ByteWriter& out) const {
  STELLWERK_CHECK(streams.size() <= kMaxStreams && bitrate.bps() >= 0);
  const RtcpHeaderScope header(out, RtcpType::kPayloadSpecificFeedback, kFormat);
  auto mantissa = static_cast<uint64_t>(bitrate.bps());
  uint32_t exponent = 0;
  while (mantissa >> kMantissaBits != 0) {
    mantissa >>= 1;
    ++exponent;
  }
  out.WriteU32(sender.value());
  out.WriteU32(0);
  out.WriteU32(kIdentifier);
  out.WriteU8(static_cast<uint8_t>(streams.size()));
  out.WriteU24(exponent << kMantissaBits | static_cast<uint32_t>(mantissa));
  for (const Ssrc stream : streams) out.WriteU32(stream.value());
}

}  // namespace stellwerk
