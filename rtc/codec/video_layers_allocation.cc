#include "rtc/codec/video_layers_allocation.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

// No stream has more than 4 Gbit/s; 32 bits take five bytes.
constexpr int kMaxLeb128Bytes = 5;
constexpr std::size_t kResolutionSize = 5;

int64_t ReadLeb128(ByteReader& in) {
  int64_t value = 0;
  for (int i = 0; i < kMaxLeb128Bytes; ++i) {
    const uint8_t byte = in.ReadU8();
    value |= static_cast<int64_t>(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) == 0) return value;
  }
  return -1;
}

}  // namespace

std::optional<VideoLayersAllocation> VideoLayersAllocation::Parse(std::span<const uint8_t> data) {
  ByteReader in(data);
  VideoLayersAllocation result;
  const uint8_t head = in.ReadU8();
  if (!in.ok()) return std::nullopt;
  if (head == 0 && in.remaining() == 0) return result;
  result.stream = head >> 6;
  const std::size_t streams = (head >> 4 & 0x03) + 1U;
  std::array<uint8_t, kMaxStreams> masks{};
  masks.fill(head & 0x0F);
  if ((head & 0x0F) == 0) {
    for (std::size_t i = 0; i < streams; i += 2) {
      const uint8_t pair = in.ReadU8();
      masks[i] = pair >> 4;
      masks[i + 1] = pair & 0x0F;
    }
  }
  for (uint8_t stream = 0; stream < streams; ++stream) {
    for (uint8_t spatial = 0; spatial < kMaxSpatialLayers; ++spatial) {
      if ((masks[stream] >> spatial & 1) == 0) continue;
      auto& layer = result.layer_list[result.layer_count++];
      layer.stream = stream;
      layer.spatial_layer = SpatialLayer(spatial);
    }
  }
  uint8_t counts = 0;
  for (std::size_t i = 0; i < result.layer_count; ++i) {
    if (i % 4 == 0) counts = in.ReadU8();
    result.layer_list[i].temporal_layer_count =
        static_cast<uint8_t>((counts >> (6 - 2 * (i % 4)) & 0x03) + 1);
  }
  for (std::size_t i = 0; i < result.layer_count; ++i) {
    for (std::size_t t = 0; t < result.layer_list[i].temporal_layer_count; ++t) {
      const int64_t kbps = ReadLeb128(in);
      if (kbps < 0) return std::nullopt;
      result.layer_list[i].rates[t] = DataRate::KilobitsPerSecond(kbps);
    }
  }
  if (!in.ok()) return std::nullopt;
  if (in.remaining() < kResolutionSize * result.layer_count) return result;
  for (std::size_t i = 0; i < result.layer_count; ++i) {
    auto& layer = result.layer_list[i];
    layer.resolution.width = static_cast<uint16_t>(in.ReadU16() + 1);
    layer.resolution.height = static_cast<uint16_t>(in.ReadU16() + 1);
    layer.frame_rate = in.ReadU8();
  }
  return result;
}

}  // namespace stellwerk
