#include "rtc/codec/h265_payload.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

// ITU-T H.265 table 7-1, and RFC 7798 §4.4 from 48 on.
constexpr uint8_t kLastSlice = 31;  // VCL types are 0..31
constexpr uint8_t kFirstIrap = 16;
constexpr uint8_t kLastIrap = 23;
constexpr uint8_t kFirstParameterSet = 32;  // VPS, SPS, PPS
constexpr uint8_t kLastParameterSet = 34;
constexpr uint8_t kAccessUnitDelimiter = 35;
constexpr uint8_t kPrefixSei = 39;
constexpr uint8_t kAggregationPacket = 48;
constexpr uint8_t kFragmentationUnit = 49;

constexpr uint8_t kFuStartBit = 0x80;
constexpr uint8_t kFuTypeMask = 0x3F;

uint8_t TypeOf(uint16_t header) { return static_cast<uint8_t>(header >> 9 & 0x3F); }

// Notes a NAL unit, or the first fragment of one.
void Note(uint8_t type, std::span<const uint8_t> after_header, H265Payload& result) {
  if (type <= kLastSlice) {
    result.has_irap |= type >= kFirstIrap && type <= kLastIrap;
    // first_slice_segment_in_pic_flag is the first bit of a slice.
    result.start_of_frame |= !after_header.empty() && (after_header[0] & 0x80) != 0;
  } else if (type >= kFirstParameterSet && type <= kLastParameterSet) {
    result.has_parameter_set = true;
    result.start_of_frame = true;
  } else if (type == kAccessUnitDelimiter || type == kPrefixSei) {
    result.start_of_frame = true;
  }
}

}  // namespace

Expected<H265Payload, DropReason> H265Payload::Parse(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  H265Payload result;
  const uint16_t header = in.ReadU16();
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  const int temporal_id_plus_1 = header & 0x07;
  // nuh_temporal_id_plus1 is never 0.
  if (temporal_id_plus_1 == 0) return Unexpected(DropReason::kMalformed);
  result.temporal_layer = TemporalLayer(static_cast<uint8_t>(temporal_id_plus_1 - 1));
  const uint8_t type = TypeOf(header);
  if (type == kAggregationPacket) {
    while (in.remaining() > 0) {
      ByteReader unit(in.ReadBytes(in.ReadU16()));
      if (!in.ok()) return Unexpected(DropReason::kTruncated);
      const uint8_t unit_type = TypeOf(unit.ReadU16());
      if (unit.ok()) Note(unit_type, unit.rest(), result);
    }
  } else if (type == kFragmentationUnit) {
    const uint8_t fu_header = in.ReadU8();
    if (!in.ok()) return Unexpected(DropReason::kTruncated);
    if ((fu_header & kFuStartBit) != 0) Note(fu_header & kFuTypeMask, in.rest(), result);
  } else {
    Note(type, in.rest(), result);
  }
  return result;
}

}  // namespace stellwerk
