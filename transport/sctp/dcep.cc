#include "transport/sctp/dcep.h"

#include <algorithm>
#include <string>

#include "rtc/base/byte_reader.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/check.h"

namespace stellwerk {
namespace {

// RFC 8832 §8.2.1, §8.2.2.
constexpr uint8_t kMessageAck = 0x02;
constexpr uint8_t kMessageOpen = 0x03;
constexpr uint8_t kReliable = 0x00;
constexpr uint8_t kLimitedRetransmits = 0x01;
constexpr uint8_t kLimitedLifetime = 0x02;
constexpr uint8_t kUnorderedFlag = 0x80;
constexpr std::size_t kOpenHeaderSize = 12;

std::string ToText(std::span<const uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

Expected<DcepMessage, DropReason> ParseOpen(ByteReader& reader) {
  DcepOpen open;
  const uint8_t type = reader.ReadU8();
  open.priority = reader.ReadU16();
  const uint32_t limit = reader.ReadU32();
  const uint16_t label_size = reader.ReadU16();
  const uint16_t protocol_size = reader.ReadU16();
  open.parameters.label = ToText(reader.ReadBytes(label_size));
  open.parameters.protocol = ToText(reader.ReadBytes(protocol_size));
  if (!reader.ok()) return Unexpected(DropReason::kTruncated);
  open.parameters.ordered = (type & kUnorderedFlag) == 0;
  switch (type & ~kUnorderedFlag) {
    case kReliable:
      break;  // RFC 8832 §5.1: the reliability parameter is ignored
    case kLimitedRetransmits:
      open.parameters.max_retransmits = limit;
      break;
    case kLimitedLifetime:
      open.parameters.max_lifetime_ms = limit;
      break;
    default:
      return Unexpected(DropReason::kMalformed);
  }
  return DcepMessage(std::move(open));
}

std::vector<uint8_t> Serialize(const DcepOpen& open) {
  const auto& parameters = open.parameters;
  STELLWERK_CHECK(parameters.label.size() <= 0xFFFF && parameters.protocol.size() <= 0xFFFF);
  uint8_t type = kReliable;
  uint32_t limit = 0;
  if (parameters.max_retransmits) {
    type = kLimitedRetransmits;
    limit = *parameters.max_retransmits;
  } else if (parameters.max_lifetime_ms) {
    type = kLimitedLifetime;
    limit = *parameters.max_lifetime_ms;
  }
  std::vector<uint8_t> bytes(kOpenHeaderSize + parameters.label.size() +
                             parameters.protocol.size());
  ByteWriter writer(bytes);
  writer.WriteU8(kMessageOpen);
  writer.WriteU8(parameters.ordered ? type : type | kUnorderedFlag);
  writer.WriteU16(open.priority);
  writer.WriteU32(limit);
  writer.WriteU16(static_cast<uint16_t>(parameters.label.size()));
  writer.WriteU16(static_cast<uint16_t>(parameters.protocol.size()));
  writer.WriteText(parameters.label);
  writer.WriteText(parameters.protocol);
  return bytes;
}

}  // namespace

Expected<DcepMessage, DropReason> ParseDcep(std::span<const uint8_t> bytes) {
  ByteReader reader(bytes);
  const uint8_t type = reader.ReadU8();
  if (!reader.ok()) return Unexpected(DropReason::kTruncated);
  switch (type) {
    case kMessageAck:
      return DcepMessage(DcepAck());
    case kMessageOpen:
      return ParseOpen(reader);
    default:
      return Unexpected(DropReason::kUnsupported);
  }
}

std::vector<uint8_t> SerializeDcep(const DcepMessage& message) {
  if (const auto* open = std::get_if<DcepOpen>(&message)) return Serialize(*open);
  return {kMessageAck};
}

}  // namespace stellwerk
