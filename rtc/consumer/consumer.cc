#include "rtc/consumer/consumer.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "rtc/base/ntp_time.h"
#include "rtc/base/prefetch.h"
#include "rtc/consumer/codec_matching.h"
#include "rtc/rtp/red_payload.h"

namespace stellwerk {
namespace {

// About two seconds of 2.5 Mb/s, or of audio.
constexpr std::size_t kVideoNumbers = 512;
constexpr std::size_t kAudioNumbers = 128;
// Taken for the round trip before the first report.
constexpr TimeDelta kDefaultRoundTrip = std::chrono::milliseconds(100);
constexpr TimeDelta kMinResendInterval = std::chrono::milliseconds(20);
constexpr uint8_t kMaxResends = 10;
constexpr float kLossyPath = 0.04F;

uint32_t ClockRateOf(const ConsumerParameters& parameters) {
  if (!parameters.codecs.empty()) return parameters.codecs.front().clock_rate;
  return parameters.kind == MediaKind::kAudio ? 48'000 : 90'000;
}

// Between the last frame of a source and the first of the next: an Opus packet's usual 20 ms, or a
// moment.
uint32_t MinStepOf(const ConsumerParameters& parameters) {
  return ClockRateOf(parameters) / (parameters.kind == MediaKind::kAudio ? 50 : 1000);
}

FrameNumbers RandomFrameNumbers(Random& random) {
  const uint64_t bits = random.NextU64();
  return {.picture_id = static_cast<uint16_t>(bits & 0x7FFF),
          .tl0_picture_index = static_cast<uint8_t>(bits >> 16),
          .frame_number = static_cast<uint16_t>(bits >> 32)};
}

}  // namespace

Consumer::Consumer(ConsumerId id, TransportId transport, const ConsumerParameters& parameters,
                   Random& random, Timestamp now)
    : transport_(transport),
      // RFC 3550 §5.1: random first numbers. Sequence numbers start in the lower half, so that an
      // SRTP receiver that misses the first packets cannot miss a wrap-around (RFC 3711 §3.3.1).
      sequence_(parameters.kind == MediaKind::kAudio ? kAudioNumbers : kVideoNumbers,
                0x10000 + (random.NextU32() & 0x7FFF)),
      timestamps_(ClockRateOf(parameters), random.NextU32(), now, MinStepOf(parameters)),
      sent_(parameters.rtx_ssrc
                ? (parameters.kind == MediaKind::kAudio ? kAudioNumbers : kVideoNumbers)
                : 0),
      parameters_(parameters),
      frames_(RandomFrameNumbers(random),
              parameters.extensions.Has(RtpExtension::kDependencyDescriptor)),
      id_(id),
      rtx_sequence_(static_cast<uint16_t>(random.NextU32() & 0x7FFF)) {}

void Consumer::SetSource(std::optional<ProducerId> producer, const ProducerParameters* parameters) {
  source_ = parameters == nullptr ? std::nullopt : producer;
  codecs_.clear();
  any_codec_ = false;
  run_codec_ = kNoCodec;
  if (!source_) {
    selector_.SetSource(0);
    return;
  }
  red_codec_.reset();
  for (const CodecParameters& codec : parameters->codecs) {
    auto match = MatchCodec(codec, parameters_.codecs);
    if (codec.codec == Codec::kRed) {
      const auto red = MatchRed(codec, parameters->codecs, parameters_.codecs);
      match = red ? std::optional(red->codec) : std::nullopt;
      if (red && red->stripped) red_codec_ = static_cast<uint8_t>(codecs_.size());
    }
    any_codec_ |= match.has_value();
    codecs_.push_back(match ? static_cast<int8_t>(*match) : kNoCodec);
  }
  selector_.SetSource(
      static_cast<uint8_t>(std::clamp<std::size_t>(parameters->encodings.size(), 1, 32)));
}

void Consumer::SetEnabled(bool enabled) {
  if (enabled == enabled_) return;
  enabled_ = enabled;
  selector_.Stop();
  continuity_.Pause();
}

void Consumer::SetTarget(std::optional<Layer> target) {
  if (target == target_) return;
  target_ = target;
  if (!target) {
    selector_.Stop();
    continuity_.Pause();
    return;
  }
  selector_.SetPreferred(SpatialLayer(target->encoding));
  UpdateLimits();
}

void Consumer::UpdateLimits() {
  const auto current = selector_.current();
  if (!current || !target_) return;
  // A lower encoding than the wanted one has less in any case.
  const bool below = *current < selector_.wanted();
  filter_.SetLimits(below
                        ? LayerLimits()
                        : LayerLimits{.spatial = target_->spatial, .temporal = target_->temporal});
}

std::optional<Layer> Consumer::current() const {
  const auto encoding = selector_.current();
  if (!encoding) return std::nullopt;
  return Layer{.encoding = *encoding,
               .spatial = filter_.spatial_layer(),
               .temporal = filter_.temporal_layer()};
}

std::optional<uint8_t> Consumer::AwaitedEncoding() const {
  if (!enabled_ || !source_ || !any_codec_ || !target_) return std::nullopt;
  if (const auto awaited = selector_.awaited()) return awaited;
  return filter_.awaits_keyframe() ? selector_.current() : std::nullopt;
}

void Consumer::Prefetch() const {
  // The members for every packet come first.
  stellwerk::Prefetch(this, offsetof(Consumer, id_));
}

void Consumer::PrefetchRings() const {
  sequence_.PrefetchNext();
  sent_.PrefetchNext(sequence_.newest_output() + 1);
  frames_.Prefetch();
  filter_.Prefetch();
}

void Consumer::PrefetchPicture() const { filter_.PrefetchNext(); }

bool Consumer::HandlePacket(const SourcePacket& packet, Timestamp now, RtcOutbox& out) {
  if (!enabled_ || !target_) return false;
  if (packet.codec != red_codec_ || packet.payload_size == 0) {
    return HandleUnpacked(packet, now, out);
  }
  // RFC 2198 §3: the primary is the end of the payload.
  SourcePacket unpacked = packet;
  const auto primary = FindRedPrimary(packet.payload());
  if (!primary) out.drops.Count(DropReason::kMalformed);
  const std::size_t size = primary ? primary->data.size() : 0;
  unpacked.payload_offset =
      static_cast<uint16_t>(packet.payload_offset + packet.payload_size - size);
  unpacked.payload_size = static_cast<uint16_t>(size);
  return HandleUnpacked(unpacked, now, out);
}

bool Consumer::HandleUnpacked(const SourcePacket& packet, Timestamp now, RtcOutbox& out) {
  const int8_t codec = packet.codec < codecs_.size() ? codecs_[packet.codec] : kNoCodec;
  if (!tails_.empty() && HandleTails(packet, codec, now, out)) return false;
  const bool has_payload = packet.payload_size > 0 && codec != kNoCodec;
  // What the new codec or sender says, nothing from before explains.
  if (packet.encoding == selector_.current() &&
      (packet.restarted || (has_payload && codec != run_codec_))) {
    selector_.Stop();
  }
  const auto choice = selector_.OnPacket(packet.encoding, has_payload && packet.info.is_keyframe);
  if (choice == SimulcastSelector::Verdict::kIgnore) return false;
  const bool starts = choice == SimulcastSelector::Verdict::kStart;
  if (starts) {
    StartRun(packet, codec, now, out);
  } else if (packet.timestamp_jump) {
    timestamps_.StartRun(packet.timestamp, packet.captured, now);
  }

  const int64_t seq = packet.seq.value();
  const auto state = sequence_.StateOf(seq);
  if (state != NumberMap::State::kNew && state != NumberMap::State::kReserved) return false;
  LayerVerdict verdict;
  const SpatialLayer before = filter_.spatial_layer();
  const auto frame = has_payload ? Select(packet, verdict) : std::nullopt;
  if (!starts && filter_.spatial_layer() != before) ++counters_.switches;
  if (frame) {
    Forward(packet, *frame, packet.marker || verdict.ends_picture, now, out);
  } else if (const auto open = sequence_.Drop(seq)) {
    Fill(*open, now, out);
  }
  return starts;
}

std::optional<FrameNumbers> Consumer::Select(const SourcePacket& packet, LayerVerdict& verdict) {
  const auto* vp8 = std::get_if<Vp8Descriptor>(&packet.info.descriptor);
  if (vp8 == nullptr || packet.dependency_descriptor) return Decide(packet, verdict);
  // A picture has one fate.
  if (picture_ && picture_->timestamp == packet.timestamp &&
      picture_->source_id == vp8->picture_id) {
    return picture_->numbers;
  }
  const auto numbers = Decide(packet, verdict);
  picture_.reset();
  if (numbers) picture_ = Picture{packet.timestamp, vp8->picture_id, *numbers};
  return numbers;
}

std::optional<FrameNumbers> Consumer::Decide(const SourcePacket& packet, LayerVerdict& verdict) {
  verdict = filter_.OnPacket(packet);
  frames_.NoteMissing(packet, filter_.base_only());
  if (!verdict.pass) {
    frames_.Drop(packet);
    return std::nullopt;
  }
  auto numbers = frames_.OnPacket(packet);
  if (numbers && verdict.active_targets) {
    numbers->active_targets = verdict.active_targets->mask;
    numbers->active_target_count = verdict.active_targets->count;
  }
  return numbers;
}

void Consumer::StartRun(const SourcePacket& packet, int8_t codec, Timestamp now, RtcOutbox& out) {
  EndRun(packet, now, out);
  run_producer_ = packet.producer;
  run_encoding_ = packet.encoding;
  run_codec_ = codec;
  run_payload_type_ = parameters_.codecs[static_cast<std::size_t>(codec)].payload_type;
  sequence_.StartRun(packet.seq.value());
  const auto replay = std::exchange(replay_, std::nullopt);
  if (replay && replay->encoding == packet.encoding && replay->first == packet.timestamp) {
    timestamps_.StartReplay(replay->first, replay->live, replay->captured, now);
  } else {
    timestamps_.StartRun(packet.timestamp, packet.captured, now);
  }
  UpdateLimits();
  filter_.StartRun(packet);
  frames_.StartRun(packet);
  picture_.reset();
  newest_frame_.reset();
  ++counters_.switches;
}

void Consumer::EndRun(const SourcePacket& next, Timestamp now, RtcOutbox& out) {
  std::vector<NumberMap::Kept> open = sequence_.EndRun();
  // Audio has no frames.
  if (!open.empty() && newest_frame_ && run_codec_ != kNoCodec) {
    if (tails_.size() == RunTail::kMaxTails) FillTail(0, now, out);
    tails_.push_back({.producer = run_producer_,
                      .encoding = run_encoding_,
                      .codec = run_codec_,
                      .payload_type = run_payload_type_,
                      .filter = std::exchange(filter_, LayerFilter()),
                      .frames = frames_,
                      .timestamps = timestamps_,
                      .newest_frame = *newest_frame_,
                      .open = std::move(open),
                      .expires = now + RunTail::kPatience});
    open.clear();
  }
  for (const NumberMap::Kept& kept : open) Fill(kept.output, now, out);
  // What another source still sends does not come here any more, and what the new run has from its
  // beginning on, it carries itself: receivers would wait in vain.
  for (std::size_t i = tails_.size(); i-- > 0;) {
    const bool can_come = tails_[i].producer == next.producer &&
                          (tails_[i].encoding != next.encoding ||
                           (!next.restarted && tails_[i].open.back().source < next.seq.value()));
    if (!can_come) FillTail(i, now, out);
  }
}

bool Consumer::HandleTails(const SourcePacket& packet, int8_t codec, Timestamp now,
                           RtcOutbox& out) {
  for (std::size_t i = tails_.size(); i-- > 0;) {
    RunTail& tail = tails_[i];
    if (now >= tail.expires || (packet.restarted && packet.encoding == tail.encoding)) {
      FillTail(i, now, out);
      continue;
    }
    const auto output = tail.Take(packet);
    if (!output) continue;
    LayerVerdict verdict;
    const bool playable = packet.payload_size > 0 && codec == tail.codec;
    const auto frame = playable ? tail.Select(packet, verdict) : std::nullopt;
    if (frame) {
      Send(packet,
           {.output = *output,
            .codec = tail.codec,
            .payload_type = tail.payload_type,
            .timestamp = tail.timestamps.Peek(packet.timestamp),
            .frame = *frame,
            .marker = packet.marker || verdict.ends_picture,
            .rewrites_payload = tail.frames.RewritesPayload(packet)},
           now, out);
    } else {
      FillAs(*output, tail.codec, tail.timestamps.newest(), now, out);
    }
    if (tail.open.empty()) tails_.erase(tails_.begin() + static_cast<std::ptrdiff_t>(i));
    return true;
  }
  return false;
}

void Consumer::FillTail(std::size_t i, Timestamp now, RtcOutbox& out) {
  const RunTail tail = std::move(tails_[i]);
  tails_.erase(tails_.begin() + static_cast<std::ptrdiff_t>(i));
  for (const NumberMap::Kept& kept : tail.open) {
    FillAs(kept.output, tail.codec, tail.timestamps.newest(), now, out);
  }
}

void Consumer::Forward(const SourcePacket& packet, const FrameNumbers& frame, bool marker,
                       Timestamp now, RtcOutbox& out) {
  const auto output = sequence_.Forward(packet.seq.value());
  if (!output) return;
  const Rewriting as{.output = *output,
                     .codec = run_codec_,
                     .payload_type = run_payload_type_,
                     .timestamp = timestamps_.Rewrite(packet.timestamp),
                     .frame = frame,
                     .marker = marker,
                     .rewrites_payload = frames_.RewritesPayload(packet)};
  if (!Send(packet, as, now, out)) return;
  if (*output == sequence_.newest_output()) between_frames_ = marker;
  if (!is_audio() && (!newest_frame_ || packet.timestamp > *newest_frame_)) {
    newest_frame_ = packet.timestamp;
    continuity_.OnFrame(now);
  }
}

bool Consumer::Send(const SourcePacket& packet, const Rewriting& as, Timestamp now,
                    RtcOutbox& out) {
  const SlotHeaderFields fields{.payload_type = as.payload_type,
                                .ssrc = parameters_.ssrc,
                                .seq = ToSeqNum(ExtendedSeqNum(as.output)),
                                .timestamp = as.timestamp,
                                .marker = as.marker,
                                .with_mid = !mid_known_,
                                .source = packet.producer,
                                .packet = &packet,
                                .frame = as.frame,
                                .rewrites_payload = as.rewrites_payload,
                                .original_sequence_number = std::nullopt};
  OutgoingRtp* rtp = Emit(fields, is_audio() ? RtpClass::kAudio : RtpClass::kVideo, out);
  if (rtp == nullptr) {
    out.drops.Count(DropReason::kTooLarge);
    // The number is taken, so receivers wait for it.
    FillAs(as.output, as.codec, as.timestamp, now, out);
    return false;
  }
  rtp->arrival = packet.arrival;
  budget_.OnMedia(DataSize::Bytes(static_cast<int64_t>(rtp->wire_size())));
  ++counters_.packets;
  counters_.bytes += packet.payload_size;
  sent_.Add({.output = as.output,
             .source_seq = packet.seq.value(),
             .resent = now,
             .producer = packet.producer,
             .timestamp = as.timestamp,
             .frame = as.frame,
             .encoding = packet.encoding,
             .codec = static_cast<uint8_t>(as.codec),
             .marker = as.marker,
             .rewrites_payload = as.rewrites_payload,
             .size = static_cast<uint16_t>(rtp->wire_size())});
  return true;
}

OutgoingRtp* Consumer::Emit(const SlotHeaderFields& fields, RtpClass media_class, RtcOutbox& out) {
  OutgoingRtp& rtp = out.rtp.emplace_back();
  rtp.transport = transport_;
  rtp.media_class = media_class;
  if (header_.Write(fields, parameters_.mid, parameters_.extensions, rtp)) return &rtp;
  out.rtp.pop_back();
  return nullptr;
}

void Consumer::FillAs(int64_t output, int8_t codec_or_none, RtpTimestamp timestamp, Timestamp now,
                      RtcOutbox& out) {
  const auto codec = static_cast<std::size_t>(std::max<int8_t>(codec_or_none, 0));
  if (codec >= parameters_.codecs.size()) return;
  const SlotHeaderFields fields{.payload_type = parameters_.codecs[codec].payload_type,
                                .ssrc = parameters_.ssrc,
                                .seq = ToSeqNum(ExtendedSeqNum(output)),
                                .timestamp = timestamp,
                                .with_mid = !mid_known_,
                                .source = run_producer_,
                                .packet = nullptr,
                                .frame = {},
                                .original_sequence_number = std::nullopt};
  if (Emit(fields, RtpClass::kPadding, out) == nullptr) return;
  sent_.Add({.output = output,
             .resent = now,
             .producer = run_producer_,
             .timestamp = fields.timestamp,
             .frame = {},
             .codec = static_cast<uint8_t>(codec),
             .filler = true});
}

void Consumer::HandleNack(const Nack& nack, const RepairPath& path, Timestamp now,
                          HistoryLookup history, RtcOutbox& out) {
  DataSize room = path.room;
  // Bounds the work that one hostile NACK of thousands of numbers can cause.
  std::size_t numbers_left = kVideoNumbers;
  const int64_t newest = sequence_.newest_output();
  const TimeDelta interval =
      std::max(round_trip_time_.value_or(kDefaultRoundTrip), kMinResendInterval);
  nack.ForEachLost([&](SeqNum lost) {
    if (numbers_left == 0) return;
    --numbers_left;
    ++counters_.nacked;
    SentLog::Entry* entry = sent_.Find(newest + (lost - ToSeqNum(ExtendedSeqNum(newest))));
    if (entry == nullptr || entry->resends >= kMaxResends) {
      ++counters_.unanswered;
      if (entry != nullptr) GiveUp(*entry);
      return;
    }
    // The answer to the NACK before may still be on its way. The first one is answered at once.
    if (entry->resends > 0 && now - entry->resent < interval) return;
    if (!enabled_) return;
    if (budget_.exhausted() || room <= DataSize()) {
      ++counters_.unanswered;
      return;
    }
    // A repair that is lost as well takes another round trip, and of some 25 packets in a frame one
    // may well need it: decoders go on without the frame by then. So where repairs are likely to be
    // lost, or one was, there are two.
    room -= Resend(*entry, path.loss > kLossyPath || entry->resends > 0 ? 2 : 1, now, history, out);
  });
}

DataSize Consumer::Resend(SentLog::Entry& entry, int copies, Timestamp now, HistoryLookup history,
                          RtcOutbox& out) {
  DataSize sent;
  for (int i = 0; i < copies; ++i) {
    const OutgoingRtp* rtp = EmitRtx(entry, history, out);
    if (rtp == nullptr) {
      ++counters_.unanswered;
      GiveUp(entry);
      return sent;
    }
    out.rtp.back().media_class = RtpClass::kRetransmission;
    const DataSize size = DataSize::Bytes(static_cast<int64_t>(rtp->wire_size()));
    budget_.OnRetransmission(size);
    sent += size;
    ++counters_.retransmitted;
  }
  if (entry.resends == 0 && !entry.given_up) ++repaired_;
  ++entry.resends;
  entry.resent = now;
  return sent;
}

void Consumer::GiveUp(SentLog::Entry& entry) {
  if (std::exchange(entry.given_up, true)) return;
  ++counters_.lost_after_repair;
  if (entry.resends > 0) --repaired_;
}

void Consumer::OnReportBlock(const ReportBlock& block, std::optional<TimeDelta> round_trip_time) {
  if (!has_sent()) return;
  mid_known_ = true;
  if (block.source == parameters_.ssrc) {
    fraction_lost_ = block.fraction_lost;
    UpdateScore(block);
  }
  if (round_trip_time) round_trip_time_ = round_trip_time;
}

void Consumer::UpdateScore(const ReportBlock& block) {
  const Reported now{.highest = block.extended_highest_sequence,
                     .lost = block.cumulative_lost,
                     .repaired = repaired_,
                     .unrepaired = counters_.lost_after_repair};
  if (reported_) {
    const auto expected = static_cast<int32_t>(now.highest - reported_->highest);
    // Some receivers report many times a second; a handful of packets says nothing.
    if (expected >= 0 && expected < 10) return;
    // Receivers don't count as received what came by RTX.
    const int64_t lost =
        int64_t{now.lost} - reported_->lost -
        (static_cast<int64_t>(now.repaired) - static_cast<int64_t>(reported_->repaired));
    const auto given_up = static_cast<int64_t>(now.unrepaired - reported_->unrepaired);
    score_.OnInterval(expected, parameters_.rtx_ssrc ? std::max(lost, given_up) : lost);
  }
  reported_ = now;
}

std::optional<SenderReport> Consumer::MakeSenderReport(Timestamp now,
                                                       int64_t source_timestamp) const {
  if (!enabled_ || !has_sent() || !selector_.current()) return std::nullopt;
  std::optional<SenderReport> report(std::in_place);
  report->sender = parameters_.ssrc;
  report->ntp_time = ToNtp(now);
  report->rtp_timestamp = timestamps_.Peek(source_timestamp);
  report->packet_count = static_cast<uint32_t>(counters_.packets);
  report->octet_count = static_cast<uint32_t>(counters_.bytes);
  return report;
}

}  // namespace stellwerk
