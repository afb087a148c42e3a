#include "bench/synthetic/opus_source.h"

#include <algorithm>
#include <vector>

#include "bench/synthetic/payload_mark.h"

namespace stellwerk::synthetic {
namespace {

// RFC 6716 §3.1: configuration 31 (CELT, fullband, 20 ms), mono, one frame.
constexpr uint8_t kToc = 31 << 3;

}  // namespace

MediaFrame OpusSource::NextFrame(Timestamp captured) {
  const std::size_t size = std::max(config_.payload_bytes, PayloadMark::kSize + 1);
  std::vector<uint8_t> payload(size);
  payload[0] = kToc;
  WriteMark({.source = config_.source,
             .keyframe = true,
             .frame = frame_++,
             .captured = captured,
             .covered = static_cast<uint16_t>(size - 1 - PayloadMark::kSize)},
            1, payload);
  MediaFrame frame{.captured = captured, .payloads = {}, .keyframe = true, .level = config_.level};
  frame.payloads.push_back(std::move(payload));
  return frame;
}

}  // namespace stellwerk::synthetic
