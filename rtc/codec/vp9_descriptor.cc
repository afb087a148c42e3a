#include "rtc/codec/vp9_descriptor.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

constexpr uint8_t kLongPictureId = 0x80;
constexpr uint16_t kLongPictureIdMask = 0x7FFF;

// RFC 9628 §4.2: | TID |U| SID |D|, then TL0PICIDX in non-flexible mode.
void ReadLayerIndices(ByteReader& in, Vp9Descriptor& descriptor) {
  const uint8_t octet = in.ReadU8();
  descriptor.temporal_layer = TemporalLayer(octet >> 5);
  descriptor.switching_up_point = (octet & 0x10) != 0;
  descriptor.spatial_layer = SpatialLayer(octet >> 1 & 0x07);
  descriptor.inter_layer_predicted = (octet & 0x01) != 0;
  if (!descriptor.flexible_mode) descriptor.tl0_picture_index = in.ReadU8();
}

// False if there are more than the three that the format allows.
bool ReadReferences(ByteReader& in, Vp9Descriptor& descriptor) {
  bool more = true;
  while (more && in.ok()) {
    if (descriptor.reference_count == descriptor.reference_differences.size()) return false;
    const uint8_t octet = in.ReadU8();
    descriptor.reference_differences[descriptor.reference_count++] = octet >> 1;
    more = (octet & 0x01) != 0;
  }
  return true;
}

// RFC 9628 §4.2.1: | N_S |Y|G|-|-|-|, N_S + 1 resolutions if Y, a picture group if G.
void ReadScalabilityStructure(ByteReader& in, Vp9Descriptor& descriptor) {
  const uint8_t head = in.ReadU8();
  descriptor.has_scalability_structure = true;
  descriptor.spatial_layer_count = static_cast<uint8_t>((head >> 5) + 1);
  descriptor.has_resolutions = (head & 0x10) != 0;
  if (descriptor.has_resolutions) {
    for (std::size_t i = 0; i < descriptor.spatial_layer_count; ++i) {
      descriptor.resolutions[i].width = in.ReadU16();
      descriptor.resolutions[i].height = in.ReadU16();
    }
  }
  if ((head & 0x08) == 0) return;
  descriptor.picture_group_offset = in.offset();
  const uint8_t pictures = in.ReadU8();
  for (int i = 0; i < pictures && in.ok(); ++i) {
    // | TID |U| R |-|-|, then R reference differences.
    const uint8_t picture = in.ReadU8();
    in.Skip(picture >> 2 & 0x03);
  }
}

}  // namespace

Expected<Vp9Descriptor, DropReason> Vp9Descriptor::Parse(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  Vp9Descriptor descriptor;
  const uint8_t required = in.ReadU8();
  const bool has_picture_id = (required & 0x80) != 0;
  descriptor.inter_picture_predicted = (required & 0x40) != 0;
  descriptor.has_layer_indices = (required & 0x20) != 0;
  descriptor.flexible_mode = (required & 0x10) != 0;
  descriptor.start_of_frame = (required & 0x08) != 0;
  descriptor.end_of_frame = (required & 0x04) != 0;
  const bool has_structure = (required & 0x02) != 0;
  descriptor.not_a_reference_for_upper_spatial_layers = (required & 0x01) != 0;
  if (has_picture_id) {
    descriptor.long_picture_id = (in.Peek() & kLongPictureId) != 0;
    descriptor.picture_id = descriptor.long_picture_id
                                ? static_cast<uint16_t>(in.ReadU16() & kLongPictureIdMask)
                                : static_cast<uint16_t>(in.ReadU8());
  }
  if (descriptor.has_layer_indices) ReadLayerIndices(in, descriptor);
  if (descriptor.flexible_mode && descriptor.inter_picture_predicted &&
      !ReadReferences(in, descriptor)) {
    return Unexpected(DropReason::kMalformed);
  }
  if (has_structure) ReadScalabilityStructure(in, descriptor);
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  descriptor.size = in.offset();
  return descriptor;
}

std::optional<Vp9PictureGroup> Vp9PictureGroup::Parse(std::span<const uint8_t> payload,
                                                      const Vp9Descriptor& descriptor) {
  if (descriptor.picture_group_offset == 0) return std::nullopt;
  ByteReader in(payload);
  in.Skip(descriptor.picture_group_offset);
  Vp9PictureGroup group;
  group.picture_count = in.ReadU8();
  if (group.picture_count == 0 || group.picture_count > kMaxPictures) return std::nullopt;
  for (std::size_t i = 0; i < group.picture_count; ++i) {
    Picture& picture = group.pictures[i];
    const uint8_t octet = in.ReadU8();
    picture.temporal_layer = TemporalLayer(octet >> 5);
    picture.switching_up_point = (octet & 0x10) != 0;
    picture.reference_count = octet >> 2 & 0x03;
    for (std::size_t r = 0; r < picture.reference_count; ++r) {
      picture.reference_differences[r] = in.ReadU8();
    }
  }
  if (!in.ok()) return std::nullopt;
  return group;
}

}  // namespace stellwerk
