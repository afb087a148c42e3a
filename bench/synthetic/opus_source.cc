#include "bench/synthetic/opus_source.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "bench/synthetic/payload_mark.h"
#include "rtc/base/check.h"

namespace stellwerk::synthetic {
namespace {

// RFC 6716 §3.1: configuration 31 (CELT, fullband, 20 ms), mono, one frame.
constexpr uint8_t kToc = 31 << 3;
// What is no frame but the beginning of silence (RFC 6716 §2.1.9): the TOC byte and at most one
// more.
constexpr uint32_t kSilentPacket = 2;
// Nobody talks, yet a room is not quite still.
constexpr AudioLevel kSilence = {.level = 120, .voice_activity = false};

}  // namespace

OpusSource::OpusSource(const AudioConfig& config, uint64_t seed) : config_(config), random_(seed) {
  if (config_.replay == nullptr) return;
  STELLWERK_CHECK(config_.replay->codec == Codec::kOpus && !config_.replay->frames.empty());
}

DataRate OpusSource::rate() const {
  if (config_.replay != nullptr) return config_.replay->mean_rate();
  return DataSize::Bytes(static_cast<int64_t>(config_.payload_bytes)) / kInterval;
}

TimeDelta OpusSource::Exponential(TimeDelta mean) {
  // In (0, 1]: its logarithm is finite.
  const double uniform = (static_cast<double>(random_.NextU64() >> 11) + 1) * 0x1p-53;
  return TimeDelta(static_cast<int64_t>(-std::log(uniform) * static_cast<double>(mean.count())));
}

bool OpusSource::IsTalking(Timestamp at) {
  if (config_.spurts) {
    if (!changes_at_) {
      // Somewhere in the middle, else all would begin to talk together.
      const TalkSpurts& spurts = *config_.spurts;
      const double all = static_cast<double>((spurts.talk + spurts.silence).count());
      const double uniform = static_cast<double>(random_.NextU64() >> 11) * 0x1p-53;
      spurt_ = uniform * all < static_cast<double>(spurts.talk.count());
      changes_at_ = at + Exponential(spurt_ ? spurts.talk : spurts.silence);
    }
    while (*changes_at_ <= at) {
      spurt_ = !spurt_;
      const TimeDelta mean = spurt_ ? config_.spurts->talk : config_.spurts->silence;
      *changes_at_ += std::max(Exponential(mean), kInterval);
    }
  }
  return forced_.value_or(spurt_);
}

MediaFrame OpusSource::NextFrame(Timestamp captured) {
  talking_ = IsTalking(captured);
  std::size_t size = config_.payload_bytes;
  uint8_t toc = kToc;
  if (const MediaClip* clip = config_.replay.get()) {
    const ClipFrame& frame = clip->frames[next_of_clip_];
    const bool last = ++next_of_clip_ == clip->frames.size();
    if (last) next_of_clip_ = 0;
    interval_ = (last ? clip->length : clip->frames[next_of_clip_].at) - frame.at;
    size = frame.size;
    toc = frame.toc;
    talking_ = forced_.value_or(talking_ && size > kSilentPacket);
  }
  MediaFrame frame{.captured = captured,
                   .payloads = {},
                   .keyframe = true,
                   .level = talking_ ? config_.level : kSilence};
  if (config_.dtx) {
    const TimeDelta since = sent_at_ ? captured - *sent_at_ : TimeDelta::max();
    if (!talking_ && since < kComfortInterval) return frame;
    // RFC 3551 §4.1; comfort noise is no talkspurt. The microphone may have been off, too.
    frame.begins_talkspurt = talking_ && (silent_ || since > kComfortInterval);
    silent_ = !talking_;
    if (silent_) size = 0;
    sent_at_ = captured;
  }
  size = std::max(size, PayloadMark::kSize + 1);
  std::vector<uint8_t>& payload = frame.payloads.emplace_back(size);
  payload[0] = toc;
  WriteMark({.source = config_.source,
             .keyframe = true,
             .frame = frame_++,
             .captured = captured,
             .covered = static_cast<uint16_t>(size - 1 - PayloadMark::kSize)},
            1, payload);
  return frame;
}

}  // namespace stellwerk::synthetic
