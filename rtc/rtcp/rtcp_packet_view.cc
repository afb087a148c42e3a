#include "rtc/rtcp/rtcp_packet_view.h"

#include "rtc/base/byte_reader.h"
#include "rtc/base/check.h"

namespace stellwerk {
namespace {

constexpr uint8_t kVersion = 2;
constexpr uint8_t kPaddingBit = 0x20;
constexpr uint8_t kCountMask = 0x1F;

}  // namespace

std::optional<RtcpPacketView> RtcpReader::Next() {
  if (error_.has_value() || rest_.empty()) return std::nullopt;
  ByteReader in(rest_);
  const uint8_t first = in.ReadU8();
  RtcpPacketView packet;
  packet.count = first & kCountMask;
  packet.type = static_cast<RtcpType>(in.ReadU8());
  const std::size_t size = std::size_t{4} * in.ReadU16();
  packet.body = in.ReadBytes(size);
  if (!in.ok()) {
    error_ = DropReason::kTruncated;
    return std::nullopt;
  }
  if (first >> 6 != kVersion) {
    error_ = DropReason::kMalformed;
    return std::nullopt;
  }
  if ((first & kPaddingBit) != 0) {
    // RFC 3550 §6.4.1: the last byte counts the padding, itself included.
    const std::size_t padding = packet.body.empty() ? 0 : packet.body.back();
    if (padding == 0 || padding > packet.body.size()) {
      error_ = DropReason::kMalformed;
      return std::nullopt;
    }
    packet.body = packet.body.first(packet.body.size() - padding);
  }
  rest_ = in.rest();
  return packet;
}

RtcpHeaderScope::RtcpHeaderScope(ByteWriter& out, RtcpType type, std::size_t count)
    : out_(out), start_(out.size()) {
  STELLWERK_CHECK(count <= kCountMask);
  out_.WriteU8(static_cast<uint8_t>(kVersion << 6 | count));
  out_.WriteU8(static_cast<uint8_t>(type));
  out_.WriteU16(0);
}

RtcpHeaderScope::~RtcpHeaderScope() {
  if (!out_.ok()) return;
  const std::size_t size = out_.size() - start_;
  STELLWERK_CHECK(size % 4 == 0 && size / 4 <= 0x10000);
  out_.PatchU16(start_ + 2, static_cast<uint16_t>(size / 4 - 1));
}

}  // namespace stellwerk
