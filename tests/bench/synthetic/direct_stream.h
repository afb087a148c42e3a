#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "bench/synthetic/payload_mark.h"
#include "bench/synthetic/stream_judge.h"
#include "bench/synthetic/video_source.h"
#include "rtc/base/random.h"

namespace stellwerk::synthetic {

// A source and a judge with nothing between them but a choice of frames: what a forwarder may leave
// out without rewriting anything.
class DirectStream {
 public:
  explicit DirectStream(const VideoConfig& config)
      : config_(config), source_(config, 0, random_, config.offers_dependency_descriptor()) {}

  // By the mark of each frame, and what the descriptor says of it if there is one.
  using Choice = std::function<bool(const PayloadMark&, const FrameDependencies*)>;
  void Choose(Choice choice) { choice_ = std::move(choice); }

  void Send(int pictures) {
    for (int i = 0; i < pictures; ++i) SendPicture();
  }
  // Nothing is captured for so long.
  void Skip(TimeDelta time) { now_ += time; }
  VideoSource& source() { return source_; }
  StreamJudge& judge() { return judge_; }
  const StreamReport& report() { return judge_.report(); }

 private:
  void SendPicture() {
    now_ += std::chrono::milliseconds(33);
    const MediaFrame picture = source_.NextFrame(now_);
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < picture.payloads.size(); ++i) {
      const PayloadMark mark = ReadMark(picture.payloads[i]).value();
      std::optional<DependencyDescriptorReader::Packet> dependencies;
      if (!picture.descriptors.empty()) dependencies = reader_.Read(picture.descriptors[i]);
      if (!choice_ || choice_(mark, dependencies ? &dependencies->dependencies : nullptr)) {
        chosen.push_back(i);
      }
    }
    for (const std::size_t i : chosen) {
      judge_.OnPacket(
          {.seq = ExtendedSeqNum(seq_++),
           .timestamp =
               RtpTimestamp(static_cast<uint32_t>(ToMilliseconds(now_.time_since_epoch()) * 90)),
           .marker = i == chosen.back(),
           .codec = config_.codec,
           .csrc = Ssrc(1),
           .payload = picture.payloads[i],
           .dependency_descriptor = picture.descriptors.empty()
                                        ? std::span<const uint8_t>()
                                        : std::span<const uint8_t>(picture.descriptors[i])},
          now_ + std::chrono::milliseconds(20));
    }
  }

  VideoConfig config_;
  SeededRandom random_{5};
  VideoSource source_;
  StreamJudge judge_{MediaKind::kVideo, 90'000};
  DependencyDescriptorReader reader_;
  Choice choice_;
  Timestamp now_{std::chrono::seconds(1'700'000'000)};
  int64_t seq_ = 1000;
};

}  // namespace stellwerk::synthetic
