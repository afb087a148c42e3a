#include "rtc/rtcp/compound.h"

#include <utility>

#include "rtc/base/byte_writer.h"

namespace stellwerk {
namespace {

template <typename Message>
void Add(const RtcpPacketView& packet, RtcpCompound& compound) {
  auto message = Message::Parse(packet);
  if (message.has_value()) {
    compound.messages.emplace_back(std::move(message).value());
  } else if (message.error() == DropReason::kUnsupported) {
    ++compound.unknown;
  } else {
    ++compound.malformed;
  }
}

void AddTransportLayerFeedback(const RtcpPacketView& packet, RtcpCompound& compound) {
  switch (packet.count) {
    case Nack::kFormat:
      return Add<Nack>(packet, compound);
    case TransportFeedback::kFormat:
      return Add<TransportFeedback>(packet, compound);
    default:
      ++compound.unknown;
  }
}

void AddPayloadSpecificFeedback(const RtcpPacketView& packet, RtcpCompound& compound) {
  switch (packet.count) {
    case Pli::kFormat:
      return Add<Pli>(packet, compound);
    case Fir::kFormat:
      return Add<Fir>(packet, compound);
    case Remb::kFormat:
      return Add<Remb>(packet, compound);
    default:
      ++compound.unknown;
  }
}

void AddPacket(const RtcpPacketView& packet, RtcpCompound& compound) {
  switch (packet.type) {
    case RtcpType::kSenderReport:
      return Add<SenderReport>(packet, compound);
    case RtcpType::kReceiverReport:
      return Add<ReceiverReport>(packet, compound);
    case RtcpType::kSdes:
      return Add<Sdes>(packet, compound);
    case RtcpType::kBye:
      return Add<Bye>(packet, compound);
    case RtcpType::kTransportLayerFeedback:
      return AddTransportLayerFeedback(packet, compound);
    case RtcpType::kPayloadSpecificFeedback:
      return AddPayloadSpecificFeedback(packet, compound);
    case RtcpType::kExtendedReport:
      return Add<Xr>(packet, compound);
    case RtcpType::kApp:
      break;
  }
  ++compound.unknown;
}

}  // namespace

Expected<RtcpCompound, DropReason> ParseRtcp(std::span<const uint8_t> datagram) {
  if (datagram.empty()) return Unexpected(DropReason::kTruncated);
  RtcpCompound compound;
  RtcpReader reader(datagram);
  while (const auto packet = reader.Next()) AddPacket(*packet, compound);
  if (reader.error().has_value()) return Unexpected(*reader.error());
  return compound;
}

std::vector<uint8_t> SerializeRtcp(std::span<const RtcpMessage> messages, std::size_t max_size) {
  std::vector<uint8_t> bytes(max_size);
  ByteWriter out(bytes);
  for (const RtcpMessage& message : messages) {
    std::visit([&out](const auto& packet) { packet.SerializeTo(out); }, message);
  }
  bytes.resize(out.ok() ? out.size() : 0);
  return bytes;
}

}  // namespace stellwerk
