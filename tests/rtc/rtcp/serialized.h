#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rtc/base/byte_writer.h"
#include "rtc/rtcp/rtcp_packet_view.h"

namespace stellwerk {

template <typename Message>
std::vector<uint8_t> Serialized(const Message& message) {
  std::vector<uint8_t> bytes(70'000);
  ByteWriter out(bytes);
  message.SerializeTo(out);
  bytes.resize(out.ok() ? out.size() : 0);
  return bytes;
}

// Parses the only packet of a datagram.
template <typename Message>
Expected<Message, DropReason> ParseOnly(std::span<const uint8_t> datagram) {
  RtcpReader reader(datagram);
  const auto packet = reader.Next();
  if (!packet.has_value()) return Unexpected(reader.error().value_or(DropReason::kTruncated));
  return Message::Parse(*packet);
}

}  // namespace stellwerk
