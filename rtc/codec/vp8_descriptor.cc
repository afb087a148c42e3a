#include "rtc/codec/vp8_descriptor.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

// The required octet.
constexpr uint8_t kExtended = 0x80;       // X
constexpr uint8_t kNonReference = 0x20;   // N
constexpr uint8_t kStart = 0x10;          // S
constexpr uint8_t kPartitionMask = 0x07;  // PID
// The extension octet.
constexpr uint8_t kHasPictureId = 0x80;   // I
constexpr uint8_t kHasTl0PicIdx = 0x40;   // L
constexpr uint8_t kHasTid = 0x20;         // T
constexpr uint8_t kHasKeyIdx = 0x10;      // K
constexpr uint8_t kLongPictureId = 0x80;  // M
constexpr uint8_t kLayerSync = 0x20;      // Y
constexpr uint16_t kShortPictureIdMask = 0x7F;
constexpr uint8_t kKeyIdxMask = 0x1F;

// RFC 6386 §9.1.
constexpr std::size_t kFrameTagSize = 3;
constexpr uint8_t kInterFrameBit = 0x01;
constexpr uint8_t kShowFrameBit = 0x10;
constexpr uint32_t kStartCode = 0x9D012A;
constexpr uint16_t kDimensionMask = 0x3FFF;

uint16_t ReadLittleEndianU16(ByteReader& in) {
  const uint16_t low = in.ReadU8();
  return static_cast<uint16_t>(in.ReadU8() << 8 | low);
}

void WriteLittleEndianU16(ByteWriter& out, uint16_t value) {
  out.WriteU8(static_cast<uint8_t>(value));
  out.WriteU8(static_cast<uint8_t>(value >> 8));
}

// A 19-bit size above the four flag bits, the lowest byte first.
void WriteFrameTag(ByteWriter& out, uint8_t flags, uint32_t first_partition_size) {
  const uint32_t tag = flags | first_partition_size << 5;
  out.WriteU8(static_cast<uint8_t>(tag));
  out.WriteU8(static_cast<uint8_t>(tag >> 8));
  out.WriteU8(static_cast<uint8_t>(tag >> 16));
}

}  // namespace

Expected<Vp8Descriptor::Parsed, DropReason> Vp8Descriptor::Parse(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  Vp8Descriptor descriptor;
  const uint8_t required = in.ReadU8();
  descriptor.non_reference = (required & kNonReference) != 0;
  descriptor.start_of_partition = (required & kStart) != 0;
  descriptor.partition = required & kPartitionMask;
  const uint8_t extension = (required & kExtended) != 0 ? in.ReadU8() : uint8_t{0};
  if ((extension & kHasPictureId) != 0) {
    descriptor.long_picture_id = (in.Peek() & kLongPictureId) != 0;
    descriptor.picture_id = descriptor.long_picture_id
                                ? static_cast<uint16_t>(in.ReadU16() & kMaxPictureId)
                                : static_cast<uint16_t>(in.ReadU8() & kShortPictureIdMask);
  }
  if ((extension & kHasTl0PicIdx) != 0) descriptor.tl0_picture_index = in.ReadU8();
  if ((extension & (kHasTid | kHasKeyIdx)) != 0) {
    const uint8_t octet = in.ReadU8();
    if ((extension & kHasTid) != 0) {
      descriptor.temporal_layer = TemporalLayer(octet >> 6);
      descriptor.layer_sync = (octet & kLayerSync) != 0;
    }
    if ((extension & kHasKeyIdx) != 0) descriptor.key_index = octet & kKeyIdxMask;
  }
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  return Parsed{.descriptor = descriptor, .size = in.offset()};
}

std::size_t Vp8Descriptor::serialized_size() const {
  const std::size_t fields = (picture_id.has_value() ? (long_picture_id ? 2U : 1U) : 0U) +
                             (tl0_picture_index.has_value() ? 1U : 0U) +
                             (temporal_layer.has_value() || key_index.has_value() ? 1U : 0U);
  return fields == 0 ? 1 : 2 + fields;
}

void Vp8Descriptor::SerializeTo(ByteWriter& out) const {
  const auto extension = static_cast<uint8_t>((picture_id.has_value() ? kHasPictureId : 0) |
                                              (tl0_picture_index.has_value() ? kHasTl0PicIdx : 0) |
                                              (temporal_layer.has_value() ? kHasTid : 0) |
                                              (key_index.has_value() ? kHasKeyIdx : 0));
  out.WriteU8(
      static_cast<uint8_t>((extension != 0 ? kExtended : 0) | (non_reference ? kNonReference : 0) |
                           (start_of_partition ? kStart : 0) | (partition & kPartitionMask)));
  if (extension == 0) return;
  out.WriteU8(extension);
  if (picture_id.has_value()) {
    if (long_picture_id) {
      out.WriteU16(static_cast<uint16_t>(0x8000 | (*picture_id & kMaxPictureId)));
    } else {
      out.WriteU8(static_cast<uint8_t>(*picture_id & kShortPictureIdMask));
    }
  }
  if (tl0_picture_index.has_value()) out.WriteU8(*tl0_picture_index);
  if (temporal_layer.has_value() || key_index.has_value()) {
    const int layer = temporal_layer.value_or(TemporalLayer(0)).value() & 3;
    const bool sync = temporal_layer.has_value() && layer_sync;
    out.WriteU8(static_cast<uint8_t>(layer << 6 | (sync ? kLayerSync : 0) |
                                     (key_index.value_or(0) & kKeyIdxMask)));
  }
}

bool IsVp8Keyframe(const Vp8Descriptor& descriptor, std::span<const uint8_t> after_descriptor) {
  return descriptor.start_of_frame() && !after_descriptor.empty() &&
         (after_descriptor[0] & kInterFrameBit) == 0;
}

std::optional<VideoResolution> Vp8KeyframeResolution(const Vp8Descriptor& descriptor,
                                                     std::span<const uint8_t> after_descriptor) {
  if (!IsVp8Keyframe(descriptor, after_descriptor)) return std::nullopt;
  ByteReader in(after_descriptor);
  in.Skip(kFrameTagSize);
  const uint32_t start_code = in.ReadU24();
  // The upper two bits of each are a scale for the renderer.
  const auto width = static_cast<uint16_t>(ReadLittleEndianU16(in) & kDimensionMask);
  const auto height = static_cast<uint16_t>(ReadLittleEndianU16(in) & kDimensionMask);
  if (!in.ok() || start_code != kStartCode) return std::nullopt;
  return VideoResolution{.width = width, .height = height};
}

void WriteVp8KeyframeHeader(ByteWriter& out, VideoResolution resolution,
                            uint32_t first_partition_size) {
  WriteFrameTag(out, kShowFrameBit, first_partition_size);
  out.WriteU24(kStartCode);
  WriteLittleEndianU16(out, resolution.width & kDimensionMask);
  WriteLittleEndianU16(out, resolution.height & kDimensionMask);
}

void WriteVp8DeltaFrameHeader(ByteWriter& out, uint32_t first_partition_size) {
  WriteFrameTag(out, kShowFrameBit | kInterFrameBit, first_partition_size);
}

}  // namespace stellwerk
