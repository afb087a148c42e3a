#include "bench/synthetic/vp9_payload_descriptor.h"

#include <algorithm>

namespace stellwerk::synthetic {
namespace {

// RFC 9628 §4.2.1. The picture group is what the pattern repeats; it is told in non-flexible mode,
// where references follow from it.
void WriteScalabilityStructure(const PayloadHeadContext& context, ByteWriter& out) {
  const bool group = !context.flexible;
  const auto layers = static_cast<uint8_t>(context.resolutions.size());
  out.WriteU8(static_cast<uint8_t>((layers - 1) << 5 | 0x10 | (group ? 0x08 : 0)));
  for (const VideoResolution& resolution : context.resolutions) {
    out.WriteU16(resolution.width);
    out.WriteU16(resolution.height);
  }
  if (!group) return;
  const uint32_t period = context.pattern->period();
  out.WriteU8(static_cast<uint8_t>(period));
  for (uint32_t i = 0; i < period; ++i) {
    // As in later groups: of the first, what would be before the keyframe is not there.
    const PatternFrame& frame = context.pattern->Picture(period + i).front();
    const auto count = static_cast<uint8_t>(
        std::count_if(frame.references.begin(), frame.references.end(),
                      [](const FrameReference& r) { return r.pictures_back > 0; }));
    out.WriteU8(static_cast<uint8_t>(frame.temporal << 5 | (frame.switching_up_point ? 0x10 : 0) |
                                     count << 2));
    for (const FrameReference& r : frame.references) {
      if (r.pictures_back > 0) out.WriteU8(r.pictures_back);
    }
  }
}

}  // namespace

void WriteVp9PayloadDescriptor(const PayloadHeadContext& context, ByteWriter& out) {
  const PatternFrame& frame = *context.frame;
  const bool predicted = !context.picture_differences.empty();
  const bool inter_layer =
      std::any_of(frame.references.begin(), frame.references.end(),
                  [](const FrameReference& r) { return r.pictures_back == 0; });
  const bool structure = context.keyframe && context.first() && frame.spatial == 0;
  out.WriteU8(static_cast<uint8_t>(0x80 | (predicted ? 0x40 : 0) | 0x20 |
                                   (context.flexible ? 0x10 : 0) | (context.first() ? 0x08 : 0) |
                                   (context.last ? 0x04 : 0) | (structure ? 0x02 : 0) |
                                   (frame.referenced_by_upper ? 0 : 0x01)));
  out.WriteU16(static_cast<uint16_t>(0x8000 | context.picture_id));
  out.WriteU8(static_cast<uint8_t>(frame.temporal << 5 | (frame.switching_up_point ? 0x10 : 0) |
                                   frame.spatial << 1 | (inter_layer ? 0x01 : 0)));
  if (!context.flexible) out.WriteU8(context.tl0_picture_index);
  if (context.flexible) {
    for (std::size_t i = 0; i < context.picture_differences.size(); ++i) {
      const bool more = i + 1 < context.picture_differences.size();
      out.WriteU8(static_cast<uint8_t>(context.picture_differences[i] << 1 | (more ? 1 : 0)));
    }
  }
  if (structure) WriteScalabilityStructure(context, out);
}

}  // namespace stellwerk::synthetic
