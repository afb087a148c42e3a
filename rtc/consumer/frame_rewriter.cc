#include "rtc/consumer/frame_rewriter.h"

#include <algorithm>

namespace stellwerk {
namespace {

// Frames that may be on their way at the same time.
constexpr std::size_t kPictures = 64;
constexpr int64_t kPictureIdMask = 0x7FFF;

struct PictureId {
  uint16_t value;
  int bits;
};

std::optional<PictureId> Vp8PictureIdOf(const PayloadInfo& info) {
  const auto* vp8 = std::get_if<Vp8Descriptor>(&info.descriptor);
  if (vp8 == nullptr || !vp8->picture_id) return std::nullopt;
  return PictureId{*vp8->picture_id, vp8->long_picture_id ? 15 : 7};
}

// A short one has no room for ours; libwebrtc always sends the long form.
std::optional<uint16_t> Vp9PictureIdOf(const PayloadInfo& info) {
  const auto* vp9 = std::get_if<Vp9Descriptor>(&info.descriptor);
  if (vp9 == nullptr || !vp9->long_picture_id) return std::nullopt;
  return vp9->picture_id;
}

std::optional<uint8_t> Tl0Of(const PayloadInfo& info) {
  if (const auto* vp8 = std::get_if<Vp8Descriptor>(&info.descriptor)) return vp8->tl0_picture_index;
  if (const auto* vp9 = std::get_if<Vp9Descriptor>(&info.descriptor)) return vp9->tl0_picture_index;
  return std::nullopt;
}

}  // namespace

FrameRewriter::FrameRewriter(const FrameNumbers& first, bool by_dependency_descriptor)
    : by_dependency_descriptor_(by_dependency_descriptor),
      pictures_(kPictures, first.picture_id),
      newest_vp9_(static_cast<uint16_t>((first.picture_id - 1) & kPictureIdMask)),
      newest_tl0_(static_cast<uint8_t>(first.tl0_picture_index - 1)),
      newest_frame_(static_cast<uint16_t>(first.frame_number - 1)) {}

int64_t FrameRewriter::Unwrap(uint16_t picture_id, int bits) const {
  const int64_t period = int64_t{1} << bits;
  int64_t distance = (picture_id - newest_picture_) & (period - 1);
  if (distance >= period / 2) distance -= period;
  return newest_picture_ + distance;
}

void FrameRewriter::StartRun(const SourcePacket& first) {
  has_pictures_ = false;
  if (first.dependency_descriptor) {
    frame_offset_ =
        static_cast<uint16_t>(newest_frame_ + 1 - first.dependency_descriptor->frame_number);
  }
  if (!RewritesPayload(first)) return;
  if (const auto picture = Vp8PictureIdOf(first.info)) StartPictures(picture->value);
  if (const auto picture = Vp9PictureIdOf(first.info)) {
    vp9_offset_ = static_cast<uint16_t>(newest_vp9_ + 1 - *picture);
  }
  if (const auto tl0 = Tl0Of(first.info)) {
    newest_source_tl0_ = *tl0;
    tl0_offset_ = static_cast<uint8_t>(newest_tl0_ + 1 - *tl0);
  }
}

void FrameRewriter::StartPictures(uint16_t picture_id) {
  has_pictures_ = true;
  // Far enough above zero for ids that come late.
  newest_picture_ = (int64_t{1} << 20) + picture_id;
  pictures_.StartRun(newest_picture_);
}

void FrameRewriter::NoteMissing(const SourcePacket& packet, bool base_only) {
  if (!has_pictures_ || !RewritesPayload(packet)) return;
  const auto picture = Vp8PictureIdOf(packet.info);
  const auto tl0 = Tl0Of(packet.info);
  if (!picture || !tl0) return;
  const int64_t id = Unwrap(picture->value, picture->bits);
  if (id <= newest_picture_) return;
  const bool is_base = packet.info.temporal_layer.value() == 0;
  const auto expected = static_cast<uint8_t>(newest_source_tl0_ + (is_base ? 1 : 0));
  if (base_only && *tl0 == expected && id - newest_picture_ < static_cast<int64_t>(kPictures)) {
    for (int64_t missing = newest_picture_ + 1; missing < id; ++missing) {
      static_cast<void>(pictures_.Drop(missing));
    }
  }
  newest_source_tl0_ = *tl0;
}

void FrameRewriter::Drop(const SourcePacket& packet) {
  if (!RewritesPayload(packet)) return;
  const auto picture = Vp8PictureIdOf(packet.info);
  if (!picture || !has_pictures_) return;
  const int64_t id = Unwrap(picture->value, picture->bits);
  newest_picture_ = std::max(newest_picture_, id);
  static_cast<void>(pictures_.Drop(id));
}

std::optional<FrameNumbers> FrameRewriter::OnPacket(const SourcePacket& packet) {
  FrameNumbers numbers;
  if (packet.dependency_descriptor) {
    numbers.frame_number =
        static_cast<uint16_t>(packet.dependency_descriptor->frame_number + frame_offset_);
    if (static_cast<int16_t>(numbers.frame_number - newest_frame_) > 0) {
      newest_frame_ = numbers.frame_number;
    }
  }
  if (!RewritesPayload(packet)) return numbers;
  if (const auto picture = Vp8PictureIdOf(packet.info)) {
    // A sender may take to picture ids in the middle of a stream.
    if (!has_pictures_) StartPictures(picture->value);
    const int64_t id = Unwrap(picture->value, picture->bits);
    newest_picture_ = std::max(newest_picture_, id);
    const auto output = pictures_.Forward(id);
    if (!output) return std::nullopt;
    numbers.picture_id = static_cast<uint16_t>(*output & kPictureIdMask);
  }
  if (const auto picture = Vp9PictureIdOf(packet.info)) {
    numbers.picture_id = static_cast<uint16_t>((*picture + vp9_offset_) & kPictureIdMask);
    // Half of 15 bits ahead.
    const auto ahead = static_cast<uint16_t>((numbers.picture_id - newest_vp9_) & kPictureIdMask);
    if (ahead != 0 && ahead < 0x4000) newest_vp9_ = numbers.picture_id;
  }
  if (const auto tl0 = Tl0Of(packet.info)) {
    numbers.tl0_picture_index = static_cast<uint8_t>(*tl0 + tl0_offset_);
    if (static_cast<int8_t>(numbers.tl0_picture_index - newest_tl0_) > 0) {
      newest_tl0_ = numbers.tl0_picture_index;
    }
  }
  return numbers;
}

std::size_t FrameRewriter::WriteDescriptor(const SourcePacket& packet, const FrameNumbers& numbers,
                                           ByteWriter& out) {
  const auto descriptor = packet.payload();
  if (Vp8PictureIdOf(packet.info)) {
    const auto& vp8 = std::get<Vp8Descriptor>(packet.info.descriptor);
    if (!vp8.long_picture_id) {
      Vp8Descriptor rewritten = vp8;
      rewritten.picture_id = numbers.picture_id;
      rewritten.long_picture_id = true;
      if (rewritten.tl0_picture_index) rewritten.tl0_picture_index = numbers.tl0_picture_index;
      rewritten.SerializeTo(out);
      return packet.info.descriptor_size;
    }
    // RFC 7741 §4.2: the picture id follows two bytes of flags, and TL0PICIDX follows it.
    out.WriteU8(descriptor[0]);
    out.WriteU8(descriptor[1]);
    out.WriteU16(static_cast<uint16_t>(0x8000 | numbers.picture_id));
    if (!vp8.tl0_picture_index) return 4;
    out.WriteU8(numbers.tl0_picture_index);
    return 5;
  }
  if (!Vp9PictureIdOf(packet.info)) return 0;
  // RFC 9628 §4.2: the picture id follows the first byte, and TL0PICIDX the byte of the layer
  // indices. What comes after them, a scalability structure for instance, is shared.
  const auto& vp9 = std::get<Vp9Descriptor>(packet.info.descriptor);
  out.WriteU8(descriptor[0]);
  out.WriteU16(static_cast<uint16_t>(0x8000 | numbers.picture_id));
  if (!vp9.tl0_picture_index) return 3;
  out.WriteU8(descriptor[3]);
  out.WriteU8(numbers.tl0_picture_index);
  return 5;
}

}  // namespace stellwerk
