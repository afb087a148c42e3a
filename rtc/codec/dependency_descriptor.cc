#include "rtc/codec/dependency_descriptor.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {

std::optional<DependencyDescriptorHead> DependencyDescriptorHead::Parse(
    std::span<const uint8_t> data) {
  ByteReader in(data);
  DependencyDescriptorHead head;
  const uint8_t first = in.ReadU8();
  head.start_of_frame = (first & 0x80) != 0;
  head.end_of_frame = (first & 0x40) != 0;
  head.template_id = first & 0x3F;
  head.frame_number = in.ReadU16();
  if (in.remaining() > 0) {
    const uint8_t flags = in.ReadU8();
    head.has_structure = (flags & 0x80) != 0;
    head.has_active_decode_targets = (flags & 0x40) != 0;
  }
  if (!in.ok()) return std::nullopt;
  return head;
}

}  // namespace stellwerk
