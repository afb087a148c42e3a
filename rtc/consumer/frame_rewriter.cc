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

std::optional<PictureId> PictureIdOf(const PayloadInfo& info) {
  if (const auto* vp8 = std::get_if<Vp8Descriptor>(&info.descriptor)) {
    if (vp8->picture_id) return PictureId{*vp8->picture_id, vp8->long_picture_id ? 15 : 7};
  } else if (const auto* vp9 = std::get_if<Vp9Descriptor>(&info.descriptor)) {
    // A short one has no room for ours; libwebrtc always sends the long form.
    if (vp9->picture_id && vp9->long_picture_id) return PictureId{*vp9->picture_id, 15};
  }
  return std::nullopt;
}

std::optional<uint8_t> Tl0Of(const PayloadInfo& info) {
  if (const auto* vp8 = std::get_if<Vp8Descriptor>(&info.descriptor)) return vp8->tl0_picture_index;
  if (const auto* vp9 = std::get_if<Vp9Descriptor>(&info.descriptor)) return vp9->tl0_picture_index;
  return std::nullopt;
}

}  // namespace

FrameRewriter::FrameRewriter(const FrameNumbers& first)
    : pictures_(kPictures, first.picture_id),
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
  if (const auto picture = PictureIdOf(first.info)) StartPictures(picture->value);
  if (const auto tl0 = Tl0Of(first.info)) {
    tl0_offset_ = static_cast<uint8_t>(newest_tl0_ + 1 - *tl0);
  }
  if (first.dependency_descriptor) {
    frame_offset_ =
        static_cast<uint16_t>(newest_frame_ + 1 - first.dependency_descriptor->frame_number);
  }
  current_temporal_ = wanted_temporal_;
}

void FrameRewriter::StartPictures(uint16_t picture_id) {
  has_pictures_ = true;
  // Far enough above zero for ids that come late.
  newest_picture_ = (int64_t{1} << 20) + picture_id;
  pictures_.StartRun(newest_picture_);
}

bool FrameRewriter::Passes(const Vp8Descriptor& descriptor) {
  if (!descriptor.temporal_layer) return true;
  const uint8_t layer = descriptor.temporal_layer->value();
  if (current_temporal_ > wanted_temporal_) current_temporal_ = wanted_temporal_;
  // RFC 7741 §4.2: Y says that this frame, and so its layer from here on, needs only what the base
  // layer gives.
  if (layer > current_temporal_ && layer <= wanted_temporal_ && descriptor.layer_sync) {
    current_temporal_ = layer;
  }
  return layer <= current_temporal_;
}

std::optional<FrameNumbers> FrameRewriter::OnPacket(const SourcePacket& packet) {
  FrameNumbers numbers;
  const auto picture = PictureIdOf(packet.info);
  if (picture) {
    // A sender may take to picture ids in the middle of a stream.
    if (!has_pictures_) StartPictures(picture->value);
    const int64_t id = Unwrap(picture->value, picture->bits);
    const auto* vp8 = std::get_if<Vp8Descriptor>(&packet.info.descriptor);
    const bool is_new = pictures_.StateOf(id) == NumberMap::State::kNew;
    newest_picture_ = std::max(newest_picture_, id);
    // A frame for which a number is kept passes whatever its layer: receivers wait for it.
    if (is_new && vp8 != nullptr && !Passes(*vp8)) {
      pictures_.Drop(id);
      return std::nullopt;
    }
    const auto output = pictures_.Forward(id);
    if (!output) return std::nullopt;
    numbers.picture_id = static_cast<uint16_t>(*output & kPictureIdMask);
  }
  if (const auto tl0 = Tl0Of(packet.info)) {
    numbers.tl0_picture_index = static_cast<uint8_t>(*tl0 + tl0_offset_);
    if (static_cast<int8_t>(numbers.tl0_picture_index - newest_tl0_) > 0) {
      newest_tl0_ = numbers.tl0_picture_index;
    }
  }
  if (packet.dependency_descriptor) {
    numbers.frame_number =
        static_cast<uint16_t>(packet.dependency_descriptor->frame_number + frame_offset_);
    if (static_cast<int16_t>(numbers.frame_number - newest_frame_) > 0) {
      newest_frame_ = numbers.frame_number;
    }
  }
  return numbers;
}

std::size_t FrameRewriter::WriteDescriptor(const SourcePacket& packet, const FrameNumbers& numbers,
                                           ByteWriter& out) {
  const auto picture = PictureIdOf(packet.info);
  if (!picture) return 0;
  if (const auto* vp8 = std::get_if<Vp8Descriptor>(&packet.info.descriptor)) {
    Vp8Descriptor rewritten = *vp8;
    rewritten.picture_id = numbers.picture_id;
    rewritten.long_picture_id = true;
    if (rewritten.tl0_picture_index) rewritten.tl0_picture_index = numbers.tl0_picture_index;
    rewritten.SerializeTo(out);
    return packet.info.descriptor_size;
  }
  const auto& vp9 = std::get<Vp9Descriptor>(packet.info.descriptor);
  const auto descriptor = packet.payload().first(packet.info.descriptor_size);
  // RFC 9628 §4.2: the picture id follows the first byte, and TL0PICIDX the byte of the layer
  // indices.
  const std::size_t start = out.size();
  out.WriteBytes(descriptor);
  if (!out.ok()) return 0;
  out.PatchU16(start + 1, static_cast<uint16_t>(0x8000 | numbers.picture_id));
  if (vp9.tl0_picture_index) {
    const uint8_t layer_indices = descriptor[3];
    out.PatchU16(start + 3, static_cast<uint16_t>(layer_indices << 8 | numbers.tl0_picture_index));
  }
  return packet.info.descriptor_size;
}

void FrameRewriter::PatchFrameNumber(std::span<uint8_t> data, const FrameNumbers& numbers) {
  if (data.size() < 3) return;
  data[1] = static_cast<uint8_t>(numbers.frame_number >> 8);
  data[2] = static_cast<uint8_t>(numbers.frame_number);
}

}  // namespace stellwerk
