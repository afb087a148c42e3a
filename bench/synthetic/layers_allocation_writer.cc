#include "bench/synthetic/layers_allocation_writer.h"

#include <algorithm>
#include <span>

namespace stellwerk::synthetic {
namespace {

void WriteLeb128(int64_t value, std::vector<uint8_t>& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<uint8_t>(0x80 | (value & 0x7F)));
  out.push_back(static_cast<uint8_t>(value));
}

uint8_t Mask(const std::vector<LayersAllocation::Spatial>& layers) {
  return static_cast<uint8_t>((1U << layers.size()) - 1);
}

}  // namespace

//  |RID| NS| sl_bm |  stream of this packet, streams - 1, spatial layers of all streams if equal,
//  |sl0_bm |sl1_bm |  else 0 and those of each stream;
//  |#tl|#tl| ...      temporal layers - 1 of each spatial layer, two bits each;
//  then rates in kb/s as leb128, then width - 1, height - 1 and frame rate of each spatial layer.
std::vector<uint8_t> WriteLayersAllocation(const LayersAllocation& allocation, std::size_t stream) {
  // Streams above the last one that is sent are not counted.
  std::size_t count = allocation.streams.size();
  while (count > 0 && allocation.streams[count - 1].empty()) --count;
  if (count == 0) return {0};
  const std::span streams(allocation.streams.data(), count);
  const uint8_t mask = Mask(streams.front());
  const bool equal = mask != 0 && std::all_of(streams.begin(), streams.end(),
                                              [&](const auto& s) { return Mask(s) == mask; });
  std::vector<uint8_t> out = {
      static_cast<uint8_t>(stream << 6 | (count - 1) << 4 | (equal ? mask : 0))};
  for (std::size_t i = 0; !equal && i < count; i += 2) {
    const uint8_t second = i + 1 < count ? Mask(streams[i + 1]) : 0;
    out.push_back(static_cast<uint8_t>(Mask(streams[i]) << 4 | second));
  }
  int bits = 0;
  for (const auto& layers : streams) {
    for (const LayersAllocation::Spatial& layer : layers) {
      if (bits % 8 == 0) out.push_back(0);
      out.back() |= static_cast<uint8_t>((layer.rates.size() - 1) << (6 - bits % 8));
      bits += 2;
    }
  }
  for (const auto& layers : streams) {
    for (const LayersAllocation::Spatial& layer : layers) {
      for (const DataRate rate : layer.rates) WriteLeb128(rate.bps() / 1000, out);
    }
  }
  for (const auto& layers : streams) {
    for (const LayersAllocation::Spatial& layer : layers) {
      for (const int size : {layer.resolution.width - 1, layer.resolution.height - 1}) {
        out.push_back(static_cast<uint8_t>(size >> 8));
        out.push_back(static_cast<uint8_t>(size));
      }
      out.push_back(layer.frames_per_second);
    }
  }
  return out;
}

}  // namespace stellwerk::synthetic
