#include "rtc/codec/av1_payload.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

constexpr uint8_t kObuSequenceHeader = 1;
constexpr int kMaxLeb128Bytes = 8;

// AV1 bitstream specification §4.10.5: seven bits a byte, the lowest first. False if it is longer
// than allowed.
bool ReadLeb128(ByteReader& in, uint64_t& value) {
  value = 0;
  for (int i = 0; i < kMaxLeb128Bytes; ++i) {
    const uint8_t byte = in.ReadU8();
    value |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) == 0) return in.ok();
  }
  return false;
}

// The header of an OBU (§5.3.2): |0| type |X|S|-|, then |TID|SID|---| if X.
void NoteObu(std::span<const uint8_t> obu, Av1Payload& result) {
  ByteReader in(obu);
  const uint8_t header = in.ReadU8();
  if (!in.ok()) return;
  const auto type = static_cast<uint8_t>(header >> 3 & 0x0F);
  result.has_sequence_header |= type == kObuSequenceHeader;
  if ((header & 0x04) == 0 || result.temporal_layer.has_value()) return;
  const uint8_t extension = in.ReadU8();
  if (!in.ok()) return;
  result.temporal_layer = TemporalLayer(extension >> 5);
  result.spatial_layer = SpatialLayer(extension >> 3 & 0x03);
}

}  // namespace

Expected<Av1Payload, DropReason> Av1Payload::Parse(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  Av1Payload result;
  const uint8_t header = in.ReadU8();
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  result.continues_obu = (header & 0x80) != 0;
  result.obu_continues = (header & 0x40) != 0;
  // W: how many elements there are, of which the last has no length field; 0 = all of them have
  // one.
  const int element_count = header >> 4 & 0x03;
  result.new_sequence = (header & 0x08) != 0;
  // §4.4: a new sequence does not begin in the middle of an OBU.
  if (result.new_sequence && result.continues_obu) return Unexpected(DropReason::kMalformed);

  for (int index = 0; in.remaining() > 0 && (element_count == 0 || index < element_count);
       ++index) {
    const bool is_last = element_count != 0 && index == element_count - 1;
    uint64_t size = in.remaining();
    if (!is_last && !ReadLeb128(in, size)) return Unexpected(DropReason::kMalformed);
    const auto element = in.ReadBytes(size);
    if (!in.ok()) return Unexpected(DropReason::kTruncated);
    if (index > 0 || !result.continues_obu) NoteObu(element, result);
  }
  return result;
}

}  // namespace stellwerk
