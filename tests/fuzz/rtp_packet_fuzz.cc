#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "rtc/base/check.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/rtp/header_extensions/abs_capture_time.h"
#include "rtc/rtp/header_extensions/abs_send_time.h"
#include "rtc/rtp/header_extensions/audio_level.h"
#include "rtc/rtp/header_extensions/playout_delay.h"
#include "rtc/rtp/header_extensions/stream_identifiers.h"
#include "rtc/rtp/header_extensions/transmission_offset.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"
#include "rtc/rtp/header_extensions/video_orientation.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "rtc/rtp/rtp_packet_view.h"
#include "rtc/rtp/rtx.h"

namespace stellwerk {
namespace {

void ParseAsEveryExtension(std::span<const uint8_t> data) {
  static_cast<void>(AbsCaptureTime::Parse(data));
  static_cast<void>(AbsSendTime::Parse(data));
  static_cast<void>(AudioLevel::Parse(data));
  static_cast<void>(PlayoutDelay::Parse(data));
  static_cast<void>(ParseMid(data));
  static_cast<void>(ParseRid(data));
  static_cast<void>(TransmissionOffset::Parse(data));
  static_cast<void>(ParseTransportSeqNum(data));
  static_cast<void>(VideoOrientation::Parse(data));
  static_cast<void>(DependencyDescriptorHead::Parse(data));
}

// A header written from what was read must say the same.
void Rewrite(const RtpPacketView& packet) {
  RtpHeaderWriter header({.payload_type = packet.payload_type(),
                          .marker = packet.marker(),
                          .padding = false,
                          .sequence_number = packet.sequence_number(),
                          .timestamp = packet.timestamp(),
                          .ssrc = packet.ssrc()});
  for (std::size_t i = 0; i < packet.csrc_count(); ++i) header.AddCsrc(packet.csrc(i));
  std::vector<ExtensionId> taken;
  std::array<bool, 256> seen{};  // of two elements with one id, readers take the first
  packet.ForEachExtension([&](ExtensionId id, std::span<const uint8_t> data) {
    if (std::exchange(seen[id.value()], true)) return;
    if (header.AddExtension(id, data)) taken.push_back(id);
  });
  std::vector<uint8_t> bytes(header.size());
  ByteWriter out(bytes);
  header.WriteTo(out);
  STELLWERK_CHECK(out.ok() && out.size() == bytes.size());
  const auto again = RtpPacketView::Parse(bytes);
  STELLWERK_CHECK(again.has_value() && again->payload().empty());
  STELLWERK_CHECK(again->sequence_number() == packet.sequence_number() &&
                  again->csrc_count() == packet.csrc_count());
  for (const ExtensionId id : taken) {
    const auto before = packet.FindExtension(id);
    const auto after = again->FindExtension(id);
    STELLWERK_CHECK(before && after &&
                    std::equal(before->begin(), before->end(), after->begin(), after->end()));
  }
}

}  // namespace
}  // namespace stellwerk

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stellwerk;
  const auto packet = RtpPacketView::Parse(std::span(data, size));
  if (!packet.has_value()) return 0;
  STELLWERK_CHECK(packet->header_size() + packet->payload().size() + packet->padding_size() ==
                  size);
  packet->ForEachExtension(
      [](ExtensionId, std::span<const uint8_t> value) { ParseAsEveryExtension(value); });
  Rewrite(*packet);
  std::vector<uint8_t> copy(data, data + size);
  const auto unwrapped = UnwrapRtx(copy, Ssrc(1), PayloadType(96));
  if (unwrapped.has_value()) {
    STELLWERK_CHECK(RtpPacketView::Parse(std::span(copy).first(*unwrapped)).has_value());
  }
  return 0;
}
