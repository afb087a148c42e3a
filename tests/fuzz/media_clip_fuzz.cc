#include <cstddef>
#include <cstdint>
#include <span>

#include "bench/synthetic/ivf.h"
#include "bench/synthetic/ogg_opus.h"
#include "rtc/base/check.h"

namespace stellwerk::synthetic {
namespace {

void CheckPlayable(const absl::StatusOr<MediaClip>& clip, std::size_t file) {
  if (!clip.ok()) {
    STELLWERK_CHECK(!clip.status().message().empty());
    return;
  }
  // Whoever replays it relies on that.
  STELLWERK_CHECK(!clip->frames.empty() && clip->frames.front().keyframe);
  STELLWERK_CHECK(clip->frames.front().at == TimeDelta());
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < clip->frames.size(); ++i) {
    if (i > 0) STELLWERK_CHECK(clip->frames[i].at > clip->frames[i - 1].at);
    bytes += clip->frames[i].size;
  }
  STELLWERK_CHECK(clip->length > clip->frames.back().at);
  STELLWERK_CHECK(bytes <= file && clip->mean_rate() >= DataRate());
}

}  // namespace
}  // namespace stellwerk::synthetic

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stellwerk::synthetic;
  const std::span file(data, size);
  CheckPlayable(ParseIvf(file, "file"), size);
  CheckPlayable(ParseOggOpus(file, "file"), size);
  static_cast<void>(OpusPacketDuration(file));
  return 0;
}
