#include "rtc/codec/h264_payload.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

// ITU-T H.264 table 7-1, and RFC 6184 §5.2 from 24 on.
enum class NalType : uint8_t {
  kSlice = 1,
  kPartitionA = 2,
  kIdr = 5,
  kSei = 6,
  kSps = 7,
  kPps = 8,
  kAccessUnitDelimiter = 9,
  kStapA = 24,
  kFuA = 28,
};

constexpr uint8_t kTypeMask = 0x1F;
constexpr uint8_t kFuStartBit = 0x80;

// `after_header` follows the NAL unit's header. first_mb_in_slice comes first there as ue(v), in
// which 0 is the single bit 1.
bool BeginsPicture(std::span<const uint8_t> after_header) {
  return !after_header.empty() && (after_header[0] & 0x80) != 0;
}

// Notes a NAL unit, or the first fragment of one.
void Note(NalType type, std::span<const uint8_t> after_header, H264Payload& result) {
  switch (type) {
    case NalType::kSps:
      result.has_sps = true;
      result.start_of_frame = true;
      break;
    case NalType::kPps:
      result.has_pps = true;
      result.start_of_frame = true;
      break;
    case NalType::kSei:
    case NalType::kAccessUnitDelimiter:
      result.start_of_frame = true;
      break;
    case NalType::kIdr:
      result.has_idr = true;
      result.start_of_frame |= BeginsPicture(after_header);
      break;
    case NalType::kSlice:
    case NalType::kPartitionA:
      result.start_of_frame |= BeginsPicture(after_header);
      break;
    case NalType::kStapA:
    case NalType::kFuA:
      break;
  }
}

}  // namespace

Expected<H264Payload, DropReason> H264Payload::Parse(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  H264Payload result;
  const auto type = static_cast<NalType>(in.ReadU8() & kTypeMask);
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  if (type == NalType::kStapA) {
    // RFC 6184 §5.7.1: each unit has its size before it.
    while (in.remaining() > 0) {
      ByteReader unit(in.ReadBytes(in.ReadU16()));
      if (!in.ok()) return Unexpected(DropReason::kTruncated);
      const auto unit_type = static_cast<NalType>(unit.ReadU8() & kTypeMask);
      if (unit.ok()) Note(unit_type, unit.rest(), result);
    }
  } else if (type == NalType::kFuA) {
    // RFC 6184 §5.8: |S|E|R| type |
    const uint8_t fu_header = in.ReadU8();
    if (!in.ok()) return Unexpected(DropReason::kTruncated);
    if ((fu_header & kFuStartBit) != 0) {
      Note(static_cast<NalType>(fu_header & kTypeMask), in.rest(), result);
    }
  } else {
    Note(type, in.rest(), result);
  }
  return result;
}

}  // namespace stellwerk
