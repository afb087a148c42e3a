#include "bench/synthetic/stream_judge.h"

#include <algorithm>
#include <utility>

namespace stellwerk::synthetic {
namespace {

constexpr std::size_t kMaxProblems = 20;
// More than this is waiting: the missing one will not come any more.
constexpr std::size_t kMaxWaiting = 2000;
// Nothing that a source does makes its timestamps jump further.
constexpr int32_t kMaxTimestampStepSeconds = 60;

uint16_t PictureIdStep(const Vp8Descriptor& before, const Vp8Descriptor& now) {
  const uint16_t mask = now.long_picture_id ? 0x7FFF : 0x7F;
  return static_cast<uint16_t>((*now.picture_id - *before.picture_id) & mask);
}

}  // namespace

StreamJudge::StreamJudge(MediaKind kind, uint32_t clock_rate, TimeDelta patience)
    : kind_(kind), clock_rate_(clock_rate), patience_(patience) {}

void StreamJudge::OnPacket(const JudgedPacket& packet, Timestamp now) {
  const int64_t seq = packet.seq.value();
  if (next_ && seq < *next_) {
    ++report_.duplicates;  // given up, and here after all
    return;
  }
  Waiting waiting{.timestamp = packet.timestamp,
                  .marker = packet.marker,
                  .csrc = packet.csrc,
                  .mark = std::nullopt,
                  .vp8 = std::nullopt,
                  .bytes = packet.payload.size(),
                  .repaired = packet.repaired,
                  .arrived = now};
  if (packet.codec == Codec::kVp8) {
    if (const auto parsed = Vp8Descriptor::Parse(packet.payload)) {
      const auto rest = packet.payload.subspan(parsed->size);
      waiting.vp8 = parsed->descriptor;
      waiting.vp8_keyframe = IsVp8Keyframe(parsed->descriptor, rest);
      const std::size_t header = !parsed->descriptor.start_of_frame() ? 0
                                 : waiting.vp8_keyframe               ? 10
                                                                      : 3;
      if (rest.size() > header) waiting.mark = ReadMark(rest.subspan(header));
    }
  } else if (packet.payload.size() > 1) {
    waiting.mark = ReadMark(packet.payload.subspan(1));
  }
  if (!waiting_.emplace(seq, waiting).second) {
    ++report_.duplicates;
    return;
  }
  Drain(now);
}

Timestamp StreamJudge::NextTimeout() const {
  return waiting_.empty() ? kNever : waiting_.begin()->second.arrived + patience_;
}

void StreamJudge::HandleTimeout(Timestamp now) { Drain(now); }

void StreamJudge::Drain(Timestamp now) {
  while (!waiting_.empty()) {
    const auto first = waiting_.begin();
    if (!next_) next_ = first->first;
    if (first->first != *next_) {
      const bool give_up =
          now - first->second.arrived >= patience_ || waiting_.size() > kMaxWaiting;
      if (!give_up) return;
      OnLost(static_cast<uint64_t>(first->first - *next_));
      next_ = first->first;
    }
    const Waiting packet = first->second;
    waiting_.erase(first);
    ++*next_;
    Deliver(packet);
  }
}

void StreamJudge::OnLost(uint64_t count) {
  report_.lost += count;
  after_loss_ = true;
  resyncing_ = true;
}

void StreamJudge::Deliver(const Waiting& packet) {
  ++report_.packets;
  report_.bytes += packet.bytes;
  if (packet.repaired) ++report_.repaired;
  if (!packet.mark || (kind_ == MediaKind::kVideo && !packet.vp8)) {
    Complain("harmed payload");
    return;
  }
  if (after_loss_) {
    // Unless the lost frames were ones that nothing refers to, the decoder is out until the next
    // keyframe. Which they were nobody knows; a gap in the numbers below would tell, but a
    // conference client asks for a keyframe as well.
    decoding_ = false;
    frame_.open = false;
    last_vp8_.reset();
  }
  const bool begins = kind_ == MediaKind::kAudio || packet.vp8->start_of_frame();
  if (begins) {
    if (frame_.open) Complain("a frame without its end");
    BeginFrame(packet);
  } else if (frame_.open) {
    ContinueFrame(packet);
  } else if (!after_loss_) {
    Complain("a frame without its beginning");
  }
  if (frame_.open && (packet.marker || kind_ == MediaKind::kAudio)) EndFrame(packet);
}

void StreamJudge::BeginFrame(const Waiting& packet) {
  after_loss_ = false;
  const bool keyframe = kind_ == MediaKind::kAudio || packet.vp8_keyframe;
  if (keyframe) resyncing_ = false;
  const auto source = std::pair(packet.mark->source, packet.mark->encoding);
  if (report_.current_source != source) {
    if (report_.current_source) ++report_.switches;
    // The keyframe may have been among what was lost.
    if (!keyframe && !resyncing_) {
      Complain(report_.current_source ? "a new source or layer without a keyframe"
                                      : "begins without a keyframe");
      decoding_ = false;
    }
    report_.current_source = source;
  }
  if (packet.mark->packet != 0) Complain("a frame that begins in its middle");
  if (last_timestamp_) {
    const int32_t step = packet.timestamp - *last_timestamp_;
    if (step <= 0) {
      Complain("timestamp steps by " + std::to_string(step));
    } else if (step > kMaxTimestampStepSeconds * static_cast<int32_t>(clock_rate_)) {
      Complain("timestamp jumps by " + std::to_string(step));
    }
  }
  if (packet.vp8) CheckPictureNumbers(*packet.vp8);
  last_timestamp_ = packet.timestamp;
  frame_ = {.open = true,
            .whole = true,
            .keyframe = keyframe,
            .timestamp = packet.timestamp,
            .csrc = packet.csrc,
            .first = *packet.mark,
            .next_packet = 1,
            .vp8 = packet.vp8};
}

void StreamJudge::CheckPictureNumbers(const Vp8Descriptor& now) {
  if (last_vp8_) {
    if (last_vp8_->picture_id && now.picture_id && PictureIdStep(*last_vp8_, now) != 1) {
      Complain("picture id " + std::to_string(*now.picture_id) + " after " +
               std::to_string(*last_vp8_->picture_id));
    }
    if (last_vp8_->tl0_picture_index && now.tl0_picture_index) {
      const bool base = !now.temporal_layer || now.temporal_layer->value() == 0;
      const auto expected = static_cast<uint8_t>(*last_vp8_->tl0_picture_index + (base ? 1 : 0));
      if (*now.tl0_picture_index != expected) {
        Complain("tl0picidx " + std::to_string(*now.tl0_picture_index) + " instead of " +
                 std::to_string(expected));
      }
    }
  }
  last_vp8_ = now;
}

void StreamJudge::ContinueFrame(const Waiting& packet) {
  if (packet.timestamp != frame_.timestamp) Complain("timestamp changes within a frame");
  if (packet.csrc != frame_.csrc) Complain("CSRC changes within a frame");
  if (packet.mark->frame != frame_.first.frame || packet.mark->source != frame_.first.source ||
      packet.mark->encoding != frame_.first.encoding) {
    Complain("another frame's packet within a frame");
  } else if (packet.mark->packet != frame_.next_packet) {
    Complain("a packet is missing within a frame");
  }
  if (packet.vp8 && frame_.vp8 && packet.vp8->picture_id != frame_.vp8->picture_id) {
    Complain("picture id changes within a frame");
  }
  ++frame_.next_packet;
}

void StreamJudge::EndFrame(const Waiting& packet) {
  frame_.open = false;
  if (frame_.next_packet != frame_.first.packets) {
    Complain("a frame of " + std::to_string(frame_.first.packets) + " packets ends after " +
             std::to_string(frame_.next_packet));
    frame_.whole = false;
  }
  ++report_.frames;
  ++report_.frames_by_source[*report_.current_source];
  if (frame_.keyframe && kind_ == MediaKind::kVideo) ++report_.keyframes;
  report_.csrc = frame_.csrc;
  const TimeDelta latency = packet.arrived - frame_.first.captured;
  report_.min_latency = std::min(report_.min_latency.value_or(latency), latency);
  report_.max_latency = std::max(report_.max_latency, latency);
  report_.total_latency += latency;
  MeasureCaptureOffset(frame_.first, frame_.timestamp);
  if (frame_.keyframe) decoding_ = true;
  if (!frame_.whole) decoding_ = false;
  if (decoding_) OnDecodable(frame_, packet.arrived);
}

void StreamJudge::OnDecodable(const Frame& /*frame*/, Timestamp arrived) {
  ++report_.decodable;
  if (report_.last_decodable) {
    report_.longest_freeze = std::max(report_.longest_freeze, arrived - *report_.last_decodable);
  }
  if (!report_.first_decodable) report_.first_decodable = arrived;
  report_.last_decodable = arrived;
}

void StreamJudge::MeasureCaptureOffset(const PayloadMark& mark, RtpTimestamp timestamp) {
  if (!sender_report_) return;
  // RFC 3550 §6.4.1: the pair of a sender report puts RTP timestamps on the sender's NTP timeline.
  const int64_t ticks = timestamp - sender_report_->second;
  const auto since_report = TimeDelta(ticks * 1'000'000'000 / static_cast<int64_t>(clock_rate_));
  report_.capture_offset =
      NtpDifference(sender_report_->first, ToNtp(mark.captured)) + since_report;
}

void StreamJudge::Complain(const std::string& what) {
  ++report_.errors;
  if (report_.problems.size() >= kMaxProblems) return;
  report_.problems.push_back("packet " + std::to_string(next_.value_or(0) - 1) + ": " + what);
}

}  // namespace stellwerk::synthetic
