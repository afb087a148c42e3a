#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "bench/synthetic/media_clip.h"
#include "bench/synthetic/media_frame.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"
#include "rtc/rtp/header_extensions/audio_level.h"

namespace stellwerk::synthetic {

// How long somebody talks and then is silent: means of exponentially distributed times.
struct TalkSpurts {
  TimeDelta talk{};
  TimeDelta silence{};
};

struct AudioConfig {
  uint32_t source = 0;                                       // of the payload mark
  std::size_t payload_bytes = 80;                            // 32 kb/s at 50 packets per second
  AudioLevel level = {.level = 30, .voice_activity = true};  // while talking
  // Nothing: talks all the time.
  std::optional<TalkSpurts> spurts = {};
  // In silence there is but one packet of comfort noise every 400 ms (RFC 7587 §3.1.3).
  bool dtx = false;
  // Packets are as large and as long as those of this recording (of Opus), again and again; those
  // of two bytes and less are silence.
  std::shared_ptr<const MediaClip> replay = nullptr;
};

// Packets that look like Opus from outside: one of 20 ms, 50 times a second.
class OpusSource {
 public:
  static constexpr TimeDelta kInterval = std::chrono::milliseconds(20);
  // How often silence is heard of with DTX.
  static constexpr TimeDelta kComfortInterval = std::chrono::milliseconds(400);

  // `seed`: of the talk spurts.
  explicit OpusSource(const AudioConfig& config, uint64_t seed = 0);

  // To be asked for once every interval(); without payload where DTX leaves it out.
  MediaFrame NextFrame(Timestamp captured);
  // From the frame made last to the next.
  [[nodiscard]] TimeDelta interval() const { return interval_; }
  // How loud packets claim to be while somebody talks.
  void SetLevel(AudioLevel level) { config_.level = level; }
  // Talks or is silent, whatever the talk spurts say; nothing: they decide again.
  void SetTalking(std::optional<bool> talking) { forced_ = talking; }
  [[nodiscard]] bool talking() const { return talking_; }
  // Of RTP payload, while talking.
  [[nodiscard]] DataRate rate() const;

 private:
  [[nodiscard]] bool IsTalking(Timestamp at);
  [[nodiscard]] TimeDelta Exponential(TimeDelta mean);

  AudioConfig config_;
  SeededRandom random_;
  uint32_t frame_ = 0;
  std::size_t next_of_clip_ = 0;
  TimeDelta interval_ = kInterval;
  std::optional<bool> forced_;
  bool talking_ = true;
  bool spurt_ = true;                    // the state of the talk spurts
  std::optional<Timestamp> changes_at_;  // when that ends
  std::optional<Timestamp> sent_at_;     // the last packet
  bool silent_ = false;                  // which was comfort noise
};

}  // namespace stellwerk::synthetic
