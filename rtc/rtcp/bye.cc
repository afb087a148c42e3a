#include "rtc/rtcp/bye.h"

#include <cstddef>
#include <string_view>

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

constexpr std::size_t kMaxReason = 255;

}  // namespace

Expected<Bye, DropReason> Bye::Parse(const RtcpPacketView& packet) {
  ByteReader in(packet.body);
  Bye bye;
  for (int i = 0; i < packet.count; ++i) bye.sources.push_back(Ssrc(in.ReadU32()));
  if (in.remaining() > 0) {
    const auto text = in.ReadBytes(in.ReadU8());
    bye.reason.assign(text.begin(), text.end());
  }
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  return bye;
}

void Bye::SerializeTo(ByteWriter& out) const {
  const RtcpHeaderScope header(out, RtcpType::kBye, sources.size());
  for (const Ssrc source : sources) out.WriteU32(source.value());
  if (reason.empty()) return;
  const std::string_view text = std::string_view(reason).substr(0, kMaxReason);
  out.WriteU8(static_cast<uint8_t>(text.size()));
  out.WriteText(text);
  out.WriteZeros((4 - (1 + text.size()) % 4) % 4);
}

}  // namespace stellwerk
