#include "rtc/codec/payload_info.h"

#include "rtc/codec/av1_payload.h"
#include "rtc/codec/h264_payload.h"
#include "rtc/codec/h265_payload.h"

namespace stellwerk {
namespace {

Expected<PayloadInfo, DropReason> InspectVp8(std::span<const uint8_t> payload) {
  const auto parsed = Vp8Descriptor::Parse(payload);
  if (!parsed) return Unexpected(parsed.error());
  const Vp8Descriptor& descriptor = parsed->descriptor;
  const auto frame = payload.subspan(parsed->size);
  PayloadInfo info;
  info.is_keyframe = IsVp8Keyframe(descriptor, frame);
  info.start_of_frame = descriptor.start_of_frame();
  info.temporal_layer = descriptor.temporal_layer.value_or(TemporalLayer(0));
  // RFC 7741 §4.2: Y says that the frame depends on the base layer only.
  info.switching_up_point = info.is_keyframe || descriptor.layer_sync;
  info.discardable = descriptor.non_reference;
  info.resolution = Vp8KeyframeResolution(descriptor, frame);
  info.descriptor_size = parsed->size;
  info.descriptor = descriptor;
  return info;
}

Expected<PayloadInfo, DropReason> InspectVp9(std::span<const uint8_t> payload) {
  const auto parsed = Vp9Descriptor::Parse(payload);
  if (!parsed) return Unexpected(parsed.error());
  PayloadInfo info;
  info.is_keyframe = parsed->IsKeyframe();
  info.start_of_frame = parsed->start_of_frame;
  info.spatial_layer = parsed->spatial_layer;
  info.temporal_layer = parsed->temporal_layer;
  info.switching_up_point = info.is_keyframe || parsed->switching_up_point;
  if (parsed->has_resolutions) {
    // The structure describes all layers; the picture as a whole is as large as the last.
    info.resolution = parsed->resolutions[parsed->spatial_layer_count - 1U];
  }
  info.descriptor_size = parsed->size;
  info.descriptor = *parsed;
  return info;
}

Expected<PayloadInfo, DropReason> InspectH264(std::span<const uint8_t> payload) {
  const auto parsed = H264Payload::Parse(payload);
  if (!parsed) return Unexpected(parsed.error());
  PayloadInfo info;
  info.is_keyframe = parsed->IsKeyframe();
  info.start_of_frame = parsed->start_of_frame;
  info.switching_up_point = info.is_keyframe;
  return info;
}

Expected<PayloadInfo, DropReason> InspectH265(std::span<const uint8_t> payload) {
  const auto parsed = H265Payload::Parse(payload);
  if (!parsed) return Unexpected(parsed.error());
  PayloadInfo info;
  info.is_keyframe = parsed->IsKeyframe();
  info.start_of_frame = parsed->start_of_frame;
  info.temporal_layer = parsed->temporal_layer;
  info.switching_up_point = info.is_keyframe;
  return info;
}

Expected<PayloadInfo, DropReason> InspectAv1(std::span<const uint8_t> payload) {
  const auto parsed = Av1Payload::Parse(payload);
  if (!parsed) return Unexpected(parsed.error());
  PayloadInfo info;
  info.is_keyframe = parsed->IsKeyframe();
  info.start_of_frame = !parsed->continues_obu;
  info.temporal_layer = parsed->temporal_layer.value_or(TemporalLayer(0));
  info.spatial_layer = parsed->spatial_layer.value_or(SpatialLayer(0));
  info.switching_up_point = info.is_keyframe;
  return info;
}

Expected<PayloadInfo, DropReason> InspectPayload(Codec codec, std::span<const uint8_t> payload) {
  switch (codec) {
    case Codec::kVp8:
      return InspectVp8(payload);
    case Codec::kVp9:
      return InspectVp9(payload);
    case Codec::kH264:
      return InspectH264(payload);
    case Codec::kH265:
      return InspectH265(payload);
    case Codec::kAv1:
      return InspectAv1(payload);
    case Codec::kOpus:
    case Codec::kRed:
    case Codec::kUnknown:
      break;
  }
  PayloadInfo info;
  info.is_keyframe = true;
  info.start_of_frame = true;
  info.switching_up_point = true;
  return info;
}

}  // namespace

Expected<PayloadInfo, DropReason> Inspect(
    Codec codec, std::span<const uint8_t> payload,
    const std::optional<DependencyDescriptorHead>& dependency_descriptor) {
  if (payload.empty()) return Unexpected(DropReason::kTruncated);
  if (!dependency_descriptor.has_value()) return InspectPayload(codec, payload);
  PayloadInfo result;
  if (codec == Codec::kVp8 || codec == Codec::kVp9) {
    auto info = InspectPayload(codec, payload);
    if (info.has_value()) result = *info;
  }
  result.start_of_frame = dependency_descriptor->start_of_frame;
  result.is_keyframe =
      dependency_descriptor->start_of_frame && dependency_descriptor->has_structure;
  result.switching_up_point = result.is_keyframe || result.switching_up_point;
  return result;
}

Expected<PayloadInfo, DropReason> Inspect(Codec codec, std::span<const uint8_t> payload,
                                          const FrameDependencies& dependencies) {
  auto info = Inspect(codec, payload, dependencies.head);
  if (!info.has_value()) return info;
  info->spatial_layer = dependencies.spatial_layer;
  info->temporal_layer = dependencies.temporal_layer;
  if (info->is_keyframe) {
    const DependencyStructure& structure = *dependencies.structure;
    const auto resolution = structure.ResolutionOf(structure.max_spatial_layer());
    if (resolution) info->resolution = resolution;
  }
  return info;
}

}  // namespace stellwerk
