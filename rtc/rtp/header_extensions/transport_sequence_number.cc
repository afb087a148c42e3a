#include "rtc/rtp/header_extensions/transport_sequence_number.h"

#include "rtc/base/byte_reader.h"
#include "rtc/base/byte_writer.h"

namespace stellwerk {

std::optional<TransportSeqNum> ParseTransportSeqNum(std::span<const uint8_t> data) {
  ByteReader in(data);
  const TransportSeqNum number(in.ReadU16());
  if (!in.ok()) return std::nullopt;
  return number;
}

std::array<uint8_t, kTransportSeqNumSize> SerializeTransportSeqNum(TransportSeqNum number) {
  std::array<uint8_t, kTransportSeqNumSize> data{};
  ByteWriter(data).WriteU16(number.value());
  return data;
}

}  // namespace stellwerk
