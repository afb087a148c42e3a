#include "bench/synthetic/stream_judge.h"

#include <algorithm>
#include <utility>

namespace stellwerk::synthetic {
namespace {

constexpr std::size_t kMaxProblems = 20;
// More than this is waiting: the missing one will not come any more.
constexpr std::size_t kMaxWaiting = 2000;
// How much later the first packet of a stream may come than one that overtook it.
constexpr TimeDelta kBeginning = std::chrono::milliseconds(50);
// Nothing that a source does makes its timestamps jump further.
constexpr int32_t kMaxTimestampStepSeconds = 60;

bool IsOfSameFrame(const PayloadMark& a, const PayloadMark& b) {
  return a.source == b.source && a.encoding == b.encoding && a.frame == b.frame;
}

std::pair<uint32_t, uint8_t> SourceOf(const PayloadMark& mark) {
  return {mark.source, mark.encoding};
}

bool IsOfSamePicture(const PayloadMark& a, const PayloadMark& b) {
  return a.source == b.source && a.encoding == b.encoding && a.picture == b.picture;
}

// The payload before the mark is as long as its headers say.
bool HasWholeBody(const JudgedPacket& packet, const PayloadMark& mark, std::size_t descriptor) {
  return packet.payload.size() == descriptor + mark.covered + PayloadMark::kSize;
}

}  // namespace

StreamJudge::StreamJudge(MediaKind kind, uint32_t clock_rate, TimeDelta patience)
    : kind_(kind), clock_rate_(clock_rate), patience_(patience) {}

StreamJudge::Received StreamJudge::Read(const JudgedPacket& packet, Timestamp now) {
  Received out{.timestamp = packet.timestamp,
               .marker = packet.marker,
               .csrc = packet.csrc,
               .mark = ReadMark(packet.payload),
               .headers = {.codec = packet.codec},
               .bytes = packet.payload.size(),
               .repaired = packet.repaired,
               .arrived = now};
  if (!out.mark) return out;
  if (packet.arrival) transit_.OnPacket(*out.mark, *packet.arrival);
  std::size_t descriptor = packet.codec == Codec::kOpus ? 1 : 0;
  if (!out.mark->opaque && packet.codec == Codec::kVp8) {
    if (const auto parsed = Vp8Descriptor::Parse(packet.payload)) {
      descriptor = parsed->size;
      out.headers.vp8 = parsed->descriptor;
      out.headers.vp8_keyframe =
          IsVp8Keyframe(parsed->descriptor, packet.payload.subspan(descriptor));
    }
  } else if (!out.mark->opaque && packet.codec == Codec::kVp9) {
    if (const auto parsed = Vp9Descriptor::Parse(packet.payload)) {
      descriptor = parsed->size;
      out.headers.vp9 = *parsed;
    }
  }
  if (!HasWholeBody(packet, *out.mark, descriptor)) out.mark.reset();
  return out;
}

void StreamJudge::OnPacket(const JudgedPacket& packet, Timestamp now) {
  const int64_t seq = packet.seq.value();
  if (next_ && seq < *next_) {
    ++report_.duplicates;  // given up, and here after all
    return;
  }
  if (!next_ && BeginsStream(packet)) next_ = seq;
  if (seq == next_) {
    ++*next_;
    Deliver(Read(packet, now), packet.dependency_descriptor);
    if (!waiting_.empty()) Drain(now);
    return;
  }
  const auto& descriptor = packet.dependency_descriptor;
  Waiting waiting{Read(packet, now), {descriptor.begin(), descriptor.end()}, packet.after_gap};
  if (!waiting_.emplace(seq, std::move(waiting)).second) {
    ++report_.duplicates;
    return;
  }
  Drain(now);
}

Timestamp StreamJudge::NextTimeout() const {
  if (waiting_.empty()) return kNever;
  if (!next_) return begins_at_;
  return waiting_.begin()->second.packet.arrived + patience_;
}

bool StreamJudge::BeginsStream(const JudgedPacket& packet) const {
  if (kind_ == MediaKind::kAudio) return true;
  const auto mark = ReadMark(packet.payload);
  return !mark || (mark->keyframe && mark->packet == 0);
}

void StreamJudge::Restart() {
  waiting_.clear();
  next_.reset();
  begins_at_ = kNever;
  decoding_ = false;
  lost_before_ = 0;
  resyncing_ = true;
  picture_ = {};
  frame_ = {};
  descriptors_ = {};
  headers_ = {};
  ledger_ = {};
  freezes_.Forget();
  gap_counts_ = false;
  last_timestamp_.reset();
  interval_ = 0;
}

void StreamJudge::SetExpected(bool expected, Timestamp now) {
  if (expected == std::exchange(expected_, expected) || kind_ != MediaKind::kVideo) return;
  if (expected) return freezes_.Resume(now);
  const FreezeTotals totals = FreezesUntil(now);
  report_.freezes = totals.count;
  report_.frozen = totals.time;
  freezes_.Pause();
  gap_counts_ = false;
}

FreezeTotals StreamJudge::FreezesUntil(Timestamp now) const {
  FreezeTotals totals{.count = report_.freezes, .time = report_.frozen};
  if (const auto lasting = freezes_.LastingAt(now)) {
    ++totals.count;
    totals.time += *lasting;
  }
  return totals;
}

void StreamJudge::HandleTimeout(Timestamp now) { Drain(now); }

void StreamJudge::Drain(Timestamp now) {
  while (!waiting_.empty()) {
    const auto first = waiting_.begin();
    if (!next_) {
      // The stream's first packet may have been overtaken.
      begins_at_ = std::min(begins_at_, now + kBeginning);
      if (now < begins_at_) return;
      next_ = first->first;
      // No number tells of what was lost before the first that came.
      if (first->second.after_gap) OnLost(1);
    }
    if (first->first != *next_) {
      const bool give_up =
          now - first->second.packet.arrived >= patience_ || waiting_.size() > kMaxWaiting;
      if (!give_up) return;
      OnLost(static_cast<uint64_t>(first->first - *next_));
      next_ = first->first;
    }
    const Waiting waiting = std::move(first->second);
    waiting_.erase(first);
    ++*next_;
    Deliver(waiting.packet, waiting.dependency_descriptor);
  }
}

void StreamJudge::OnLost(uint64_t count) {
  report_.lost += count;
  lost_before_ += count;
  resyncing_ = true;
  headers_.OnLoss();
}

void StreamJudge::Deliver(Received packet, std::span<const uint8_t> dependency_descriptor) {
  if (packet.bytes == 0) {
    // Padding that only takes a number: a forwarder had kept it free for a packet that turned out
    // not to belong here.
    ++report_.fillers;
    headers_.OnFiller();
    return;
  }
  ++report_.packets;
  report_.bytes += packet.bytes;
  if (packet.repaired) ++report_.repaired;
  if (!dependency_descriptor.empty()) {
    packet.headers.dependencies = descriptors_.Read(dependency_descriptor);
    if (resyncing_) {
      // The structure may have been among what was lost.
      if (packet.headers.dependencies && !packet.headers.dependencies->structure_attached) {
        packet.headers.dependencies.reset();
      }
    } else if (!packet.headers.dependencies) {
      Complain("a dependency descriptor that cannot be read");
    }
  }
  const Codec codec = packet.headers.codec;
  const bool readable =
      packet.mark && (packet.mark->opaque || ((codec != Codec::kVp8 || packet.headers.vp8) &&
                                              (codec != Codec::kVp9 || packet.headers.vp9)));
  if (!readable) {
    Complain("harmed payload");
    picture_.whole = false;
    frame_.whole = false;
    return;
  }
  if (packet.mark->opaque && dependency_descriptor.empty()) {
    Complain("a scrambled payload without a dependency descriptor");
  }
  if (kind_ == MediaKind::kAudio) {
    DeliverAudio(packet);
  } else {
    DeliverVideo(packet);
  }
}

void StreamJudge::DeliverAudio(const Received& packet) {
  CheckSource(*packet.mark, true);
  CheckTimestamp(packet.timestamp);
  lost_before_ = 0;
  ++report_.frames_by_source[*report_.current_source];
  OnFrameDone(*packet.mark, packet.arrived, packet.csrc, packet.timestamp);
  OnDecodable(packet.arrived);
}

void StreamJudge::DeliverVideo(const Received& packet) {
  const PayloadMark& mark = *packet.mark;
  const bool continues_frame = frame_.open && IsOfSameFrame(frame_.first, mark);
  const bool continues_picture =
      continues_frame || (picture_.open && IsOfSamePicture(frame_.first, mark));
  // What a publisher's network lost at the end of the old source cannot be waited for.
  const bool excused = lost_before_ > 0 || report_.current_source != SourceOf(mark);
  if (frame_.open && !continues_frame) {
    if (!excused) Complain("another frame's packet within a frame");
    EndFrame();
  }
  if (picture_.open && !continues_picture) {
    if (!excused) Complain("a frame without its end");
    if (lost_before_ == 0) ++report_.cut;
    picture_.whole = false;
    EndPicture();
  }
  if (!continues_picture) BeginPicture(packet);
  if (packet.timestamp != picture_.timestamp) Complain("timestamp changes within a frame");
  if (packet.csrc != picture_.csrc) Complain("CSRC changes within a frame");
  if (!continues_frame) BeginFrame(packet);
  ContinueFrame(packet);
  picture_.judged.bytes += packet.bytes;
  if (!frame_.open || packet.marker) EndFrame();
  if (packet.marker) EndPicture();
}

void StreamJudge::CheckSource(const PayloadMark& mark, bool keyframe) {
  if (keyframe) resyncing_ = false;
  const auto source = SourceOf(mark);
  if (report_.current_source == source) return;
  if (report_.current_source) ++report_.switches;
  // The keyframe may have been among what was lost.
  if (!keyframe && !resyncing_) {
    Complain(report_.current_source ? "a new source or layer without a keyframe"
                                    : "begins without a keyframe");
    decoding_ = false;
  }
  report_.current_source = source;
}

void StreamJudge::CheckTimestamp(RtpTimestamp timestamp) {
  if (last_timestamp_) {
    const int32_t step = timestamp - *last_timestamp_;
    if (step <= 0) {
      Complain("timestamp steps by " + std::to_string(step));
    } else if (step > kMaxTimestampStepSeconds * static_cast<int32_t>(clock_rate_)) {
      Complain("timestamp jumps by " + std::to_string(step));
    } else if (lost_before_ == 0) {
      interval_ = step;
    }
  }
  last_timestamp_ = timestamp;
}

// Whole pictures that were lost: as many as would have filled the gap at the rate before it. Each
// had a packet at least.
void StreamJudge::CountLostPictures(RtpTimestamp timestamp) {
  if (lost_before_ == 0 || interval_ <= 0 || !last_timestamp_) return;
  const int32_t gap = timestamp - *last_timestamp_;
  if (gap <= 0) return;
  const int64_t between = (gap + interval_ / 2) / interval_ - 1;
  report_.frames_lost +=
      std::min(static_cast<uint64_t>(std::max<int64_t>(between, 0)), lost_before_);
}

void StreamJudge::BeginPicture(const Received& packet) {
  const PayloadMark& mark = *packet.mark;
  CountLostPictures(packet.timestamp);
  CheckSource(mark, mark.keyframe && mark.packet == 0);
  CheckTimestamp(packet.timestamp);
  if (mark.packet != 0) {
    if (lost_before_ == 0) Complain("a frame that begins in its middle");
  }
  picture_ = {.open = true,
              .timestamp = packet.timestamp,
              .csrc = packet.csrc,
              .judged = {.source = mark.source,
                         .keyframe = mark.keyframe,
                         .captured = mark.captured,
                         .complete = packet.arrived,
                         .decodable = packet.arrived}};
  picture_.judged.layer = {mark.encoding, SpatialLayer(mark.spatial), TemporalLayer(mark.temporal)};
  lost_before_ = 0;
}

void StreamJudge::BeginFrame(const Received& packet) {
  const auto complain = [this](const std::string& what) { Complain(what); };
  const PayloadMark& mark = *packet.mark;
  frame_ = {.open = true,
            .first = mark,
            .next_packet = 0,
            .headers = packet.headers,
            .complete = packet.arrived};
  // What the first packet would have said cannot be checked.
  if (mark.packet == 0) headers_.OnFrame(packet.headers, mark, ledger_, complain);
}

void StreamJudge::ContinueFrame(const Received& packet) {
  const PayloadMark& mark = *packet.mark;
  if (mark.packet != frame_.next_packet) {
    if (lost_before_ == 0 && frame_.whole && frame_.next_packet > 0) {
      Complain("a packet is missing within a frame");
    }
    frame_.whole = false;
  }
  const bool last = mark.packet + 1 == mark.packets;
  headers_.OnPacket(packet.headers, mark, last,
                    [this](const std::string& what) { Complain(what); });
  frame_.next_packet = static_cast<uint16_t>(mark.packet + 1);
  frame_.complete = std::max(frame_.complete, packet.arrived);
  if (last) frame_.open = false;
  lost_before_ = 0;
}

void StreamJudge::EndFrame() {
  if (frame_.next_packet != frame_.first.packets) frame_.whole = false;
  frame_.open = false;
  const PayloadMark& mark = frame_.first;
  std::optional<Timestamp> at = ledger_.DecodableAt(mark, frame_.complete, report_.missing);
  if (!frame_.whole) at.reset();
  FrameLedger::Entry& entry = ledger_.Add(mark);
  entry.decodable = at;
  const FrameHeaders& headers = frame_.headers;
  if (headers.vp9) entry.picture_id = headers.vp9->picture_id;
  if (headers.vp8) entry.picture_id = headers.vp8->picture_id;
  if (headers.dependencies) entry.frame_number = headers.dependencies->dependencies.frame_number;
  JudgedPicture& picture = picture_.judged;
  picture.layer.spatial = SpatialLayer(mark.spatial);
  picture.complete = std::max(picture.complete, frame_.complete);
  if (!at) {
    picture.decodable.reset();
    if (mark.temporal == 0) decoding_ = false;
  } else {
    if (picture.decodable) picture.decodable = std::max(*picture.decodable, *at);
    if (mark.keyframe) decoding_ = true;
  }
}

void StreamJudge::EndPicture() {
  picture_.open = false;
  JudgedPicture& picture = picture_.judged;
  if (!picture_.whole) picture.decodable.reset();
  ++report_.frames_by_source[*report_.current_source];
  if (picture.keyframe) ++report_.keyframes;
  picture.replayed = newest_shown_ && newest_shown_->first == picture.source &&
                     picture.captured <= newest_shown_->second;
  if (picture.replayed) {
    ++report_.replayed;
  } else {
    newest_shown_ = {picture.source, picture.captured};
  }
  OnFrameDone(frame_.first, picture.complete, picture_.csrc, picture_.timestamp);
  if (picture.decodable) {
    OnDecodable(*picture.decodable);
    if (!picture.replayed) report_.decodable_after.Add(*picture.decodable - picture.captured);
  }
  NoteShown(picture);
  if (observer_) observer_(picture);
}

void StreamJudge::NoteShown(const JudgedPicture& picture) {
  temporal_[next_temporal_++ % temporal_.size()] = picture.layer.temporal.value();
  Layer layer = picture.layer;
  layer.temporal = TemporalLayer(*std::max_element(temporal_.begin(), temporal_.end()));
  if (!report_.shown.empty() && report_.shown.back().source == picture.source &&
      report_.shown.back().layer == layer) {
    std::optional<Timestamp>& decodable = report_.shown.back().decodable;
    if (!decodable) decodable = picture.decodable;
    return;
  }
  if (report_.shown.size() == StreamReport::kMaxShown) return;
  report_.shown.push_back({.since = picture.complete,
                           .source = picture.source,
                           .layer = layer,
                           .decodable = picture.decodable});
}

void StreamJudge::OnFrameDone(const PayloadMark& mark, Timestamp complete, std::optional<Ssrc> csrc,
                              RtpTimestamp timestamp) {
  ++report_.frames;
  report_.csrc = csrc;
  const TimeDelta latency = complete - mark.captured;
  report_.min_latency = std::min(report_.min_latency.value_or(latency), latency);
  report_.max_latency = std::max(report_.max_latency, latency);
  report_.total_latency += latency;
  MeasureCaptureOffset(mark, timestamp);
}

void StreamJudge::OnDecodable(Timestamp at) {
  ++report_.decodable;
  if (report_.last_decodable && gap_counts_) {
    report_.longest_freeze = std::max(report_.longest_freeze, at - *report_.last_decodable);
  }
  if (!report_.first_decodable) report_.first_decodable = at;
  report_.last_decodable = at;
  gap_counts_ = expected_;
  if (kind_ != MediaKind::kVideo) return;
  if (const auto freeze = freezes_.OnFrame(at)) {
    ++report_.freezes;
    report_.frozen += *freeze;
  }
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
