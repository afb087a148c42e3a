#include "rtc/producer/producer.h"

#include <algorithm>
#include <utility>

#include "rtc/base/outbox.h"
#include "rtc/rtp/rtx.h"

namespace stellwerk {
namespace {

// What a subscriber can use. MID, RID and the congestion control's are ours to write.
constexpr RtpExtension kForwarded[] = {
    RtpExtension::kAudioLevel,       RtpExtension::kDependencyDescriptor,
    RtpExtension::kPlayoutDelay,     RtpExtension::kVideoOrientation,
    RtpExtension::kVideoContentType, RtpExtension::kColorSpace,
    RtpExtension::kAbsCaptureTime,
};

// abs-capture-time tells how far the capturer's clock is from the sender's: for our subscribers
// that is the clock of our sender reports, not the publisher's.
AbsCaptureTime AgainstOurClock(AbsCaptureTime time, const PublisherClock& publisher) {
  const auto ours = publisher.ToOurs(time.capture_time);
  if (!time.clock_offset || !ours) {
    time.clock_offset.reset();
    return time;
  }
  // How far the publisher's clock is ahead of ours, which is the same at any of its times.
  const uint64_t shift = time.capture_time.value() - ToNtp(*ours).value();
  *time.clock_offset = static_cast<int64_t>(static_cast<uint64_t>(*time.clock_offset) + shift);
  return time;
}

// Encodings of one picture are made from the same frames: one that falls silent while another goes
// on for ReceiveStream::frame_starts frames has been turned off by the publisher. Time alone says
// nothing: a screen share may have a frame a second, and after a stall some encoding comes first.
constexpr TimeDelta kMinSilence = std::chrono::milliseconds(500);

}  // namespace

Producer::Producer(ProducerId id, TransportId transport, const ProducerParameters& parameters,
                   Ssrc feedback_sender, const PublisherClock& clock)
    : id_(id),
      transport_(transport),
      parameters_(parameters),
      feedback_sender_(feedback_sender),
      clock_(clock) {
  bool pli = false;
  bool fir = false;
  for (std::size_t i = 0; i < parameters_.codecs.size(); ++i) {
    const CodecParameters& codec = parameters_.codecs[i];
    const auto index = static_cast<uint8_t>(i);
    payload_types_[codec.payload_type.value() & 0x7F] = {PayloadKind::kMedia, index};
    if (codec.rtx_payload_type) {
      payload_types_[codec.rtx_payload_type->value() & 0x7F] = {PayloadKind::kRtx, index};
    }
    nack_ |= codec.nack;
    pli |= codec.pli;
    fir |= codec.fir;
  }
  fir_only_ = fir && !pli;
  for (const RtpExtension extension : kForwarded) {
    const ExtensionId extension_id = parameters_.extensions.IdOf(extension);
    if (extension_id.value() != 0) forwarded_extensions_[extension_id.value()] = extension;
  }
  const uint32_t clock_rate =
      parameters_.codecs.empty() ? 90'000 : parameters_.codecs.front().clock_rate;
  for (const EncodingParameters& encoding : parameters_.encodings) {
    streams_.emplace_back(encoding, parameters_.kind, clock_rate);
  }
  if (streams_.empty()) streams_.emplace_back(EncodingParameters{}, parameters_.kind, clock_rate);
}

void Producer::LearnSsrc(uint8_t encoding, PayloadKind kind, Ssrc ssrc) {
  ReceiveStream& stream = streams_[encoding];
  if (kind == PayloadKind::kRtx) {
    stream.rtx_ssrc = ssrc;
    return;
  }
  if (stream.ssrc && stream.ssrc != ssrc) stream.tracker.ExpectRestart();
  stream.ssrc = ssrc;
}

Expected<std::optional<Producer::Place>, DropReason> Producer::Locate(ReceiveStream& stream,
                                                                      const RtpPacketView& view,
                                                                      PayloadKind kind) {
  if (kind == PayloadKind::kMedia) {
    const auto position = stream.tracker.OnPacket(view.sequence_number());
    if (!position) return Unexpected(DropReason::kUnexpectedSequence);
    return std::optional(Place{.position = *position, .payload = view.payload()});
  }
  // Browsers probe for bandwidth with empty RTX packets.
  if (view.payload().empty()) return std::optional<Place>();
  auto rtx = RtxPayload::Parse(view.payload());
  if (!rtx) return Unexpected(rtx.error());
  const auto position = stream.tracker.OnRepaired(rtx->original_sequence_number);
  if (!position) return Unexpected(DropReason::kUnexpectedSequence);
  return std::optional(Place{.position = *position, .payload = rtx->original_payload});
}

Expected<std::optional<SourcePacket>, DropReason> Producer::HandleRtp(
    Timestamp now, Timestamp arrival, const RtpPacketView& view, const PacketRef& packet,
    uint8_t encoding, Feedback& feedback) {
  const PayloadTypeUse use = payload_types_[view.payload_type().value()];
  if (use.kind == PayloadKind::kUnknown) return Unexpected(DropReason::kUnknownPayloadType);
  ReceiveStream& stream = streams_[encoding];
  auto place = Locate(stream, view, use.kind);
  if (!place) return Unexpected(place.error());
  if (!place->has_value()) return std::optional<SourcePacket>();
  const auto [position, payload] = **place;
  if (position.duplicate) {
    ++stream.counters.duplicates;
    // Browsers also probe by sending again what has arrived.
    if (use.kind == PayloadKind::kRtx) return std::optional<SourcePacket>();
    return Unexpected(DropReason::kDuplicate);
  }
  if (use.kind == PayloadKind::kMedia) {
    stream.statistics.OnPacket(position.seq, position.restarted, view.timestamp(), arrival);
  } else {
    ++stream.counters.repaired;
  }
  if (position.restarted) {
    stream.keyframe_start.reset();
    stream.timestamps = {};
    stream.clock = StreamClock(stream.clock.clock_rate());
    stream.history.Clear();
    stream.descriptors.Reset();
    stream.layers.Reset();
  }
  ++stream.counters.arrived;
  stream.UpdateScore(now);
  FollowLoss(stream, encoding, position, now, feedback);

  SourcePacket source =
      Describe(view, packet, payload, use.codec,
               [&stream](std::span<const uint8_t> data) { return stream.descriptors.Read(data); });
  source.encoding = encoding;
  source.seq = position.seq;
  source.newest = position.newest;
  source.restarted = position.restarted;
  source.timestamp = stream.timestamps.Unwrap(view.timestamp());
  if (source.payload_size == 0) return std::optional(std::move(source));

  // What came by RTX says nothing about the way here.
  if (use.kind == PayloadKind::kMedia) {
    source.arrival = arrival;
    source.timestamp_jump = !stream.clock.OnPacket(source.timestamp, arrival);
  }
  source.captured = stream.clock.TimeOf(source.timestamp, clock_);
  stream.OnMedia(source.timestamp, source.newest, now);
  ++stream.counters.packets;
  stream.counters.bytes += source.payload_size;
  const DataSize size =
      DataSize::Bytes(static_cast<int64_t>(packet.bytes().size())) + kPacketOverhead;
  stream.rate.Add(size, now);
  if (!is_audio()) {
    stream.layers.OnPacket(source.info, source.dependencies, size, now);
    NoteAllocation(view, encoding);
  }
  if (!is_audio() && source.info.is_keyframe) NoteKeyframe(stream, source);
  // A request from before could not be addressed.
  if (std::exchange(stream.request_when_known, false) && stream.keyframe.wanted()) {
    SendKeyframeRequest(stream, feedback);
  }
  stream.history.Store({.packet = packet,
                        .seq = source.seq,
                        .timestamp = source.timestamp,
                        .captured = source.captured,
                        .payload_offset = source.payload_offset,
                        .payload_size = source.payload_size,
                        .codec = source.codec,
                        .marker = source.marker},
                       now);
  return std::optional(std::move(source));
}

void Producer::NoteKeyframe(ReceiveStream& stream, SourcePacket& source) {
  if (stream.keyframe_start && stream.keyframe_timestamp == source.timestamp &&
      source.seq > *stream.keyframe_start) {
    // Where spatial layers don't build on each other each has its own, and the picture begins with
    // the lowest: who began with another would lack that.
    source.info.is_keyframe = false;
    return;
  }
  ++stream.counters.keyframes;
  if (!stream.keyframe_start || source.seq > *stream.keyframe_start ||
      source.timestamp == stream.keyframe_timestamp) {
    stream.keyframe_start = source.seq;
    stream.keyframe_timestamp = source.timestamp;
  }
  stream.keyframe.OnKeyframe();
}

SourcePacket Producer::Describe(const RtpPacketView& view, const PacketRef& packet,
                                std::span<const uint8_t> payload, uint8_t codec,
                                ReadDependencies read) const {
  SourcePacket source;
  source.packet = packet;
  source.producer = id_;
  source.codec = codec;
  source.marker = view.marker();
  source.payload_offset = static_cast<uint16_t>(payload.data() - packet.bytes().data());
  view.ForEachExtension([&](ExtensionId extension_id, std::span<const uint8_t> data) {
    const auto& extension = forwarded_extensions_[extension_id.value()];
    if (!extension || source.extension_count == SourcePacket::kMaxExtensions) return;
    source.extension_list[source.extension_count++] = {.extension = *extension, .data = data};
    if (*extension == RtpExtension::kDependencyDescriptor) {
      source.dependency_descriptor = DependencyDescriptorHead::Parse(data);
      source.dependencies = read(data);
    } else if (*extension == RtpExtension::kAbsCaptureTime) {
      const auto time = AbsCaptureTime::Parse(data);
      if (time) source.capture_time = AgainstOurClock(*time, clock_);
    }
  });
  if (payload.empty()) return source;
  // A structure that can't be read would make the keyframe useless, and what follows.
  if (source.dependency_descriptor && source.dependency_descriptor->has_structure &&
      !source.dependencies) {
    source.dependency_descriptor.reset();
  }
  const Codec coding = parameters_.codecs[codec].codec;
  auto info = source.dependencies ? Inspect(coding, payload, *source.dependencies)
                                  : Inspect(coding, payload, source.dependency_descriptor);
  // A payload that does not parse is useless to everyone; as an empty packet it leaves no gap.
  if (!info) {
    source.unusable = info.error();
    return source;
  }
  source.info = std::move(*info);
  source.payload_size = static_cast<uint16_t>(payload.size());
  return source;
}

void Producer::FollowLoss(ReceiveStream& stream, uint8_t encoding,
                          const SequenceTracker::Position& position, Timestamp now,
                          Feedback& feedback) {
  if (!nack_) return;
  if (position.restarted) {
    stream.nack.Restart(position.seq);
    return;
  }
  lost_.clear();
  if (!stream.nack.OnPacket(position.seq, now, lost_)) {
    RequestKeyframe(encoding, KeyframeReason::kRecovery, now, feedback);
  }
  SendNack(stream, feedback);
}

void Producer::SendNack(ReceiveStream& stream, Feedback& feedback) {
  if (lost_.empty() || !stream.ssrc) return;
  stream.counters.nacked += lost_.size();
  feedback.emplace_back(Nack::For(feedback_sender_, *stream.ssrc, lost_));
}

void Producer::RequestKeyframe(uint8_t encoding, KeyframeReason reason, Timestamp now,
                               Feedback& feedback) {
  if (is_audio() || encoding >= streams_.size()) return;
  ReceiveStream& stream = streams_[encoding];
  if (stream.keyframe.Request(now, reason)) SendKeyframeRequest(stream, feedback);
}

void Producer::SendKeyframeRequest(ReceiveStream& stream, Feedback& feedback) {
  if (!stream.ssrc) {
    // Nobody to ask yet. A new stream begins with a keyframe; if its first packet is none, it is
    // asked for then.
    stream.request_when_known = true;
    return;
  }
  if (fir_only_) {
    feedback.emplace_back(
        Fir{.sender = feedback_sender_, .entries = {{*stream.ssrc, stream.fir_command++}}});
  } else {
    feedback.emplace_back(Pli{.sender = feedback_sender_, .media = *stream.ssrc});
  }
}

void Producer::CancelKeyframeRequests() {
  for (ReceiveStream& stream : streams_) stream.keyframe.Cancel();
}

void Producer::HandleSenderReport(uint8_t encoding, const SenderReport& report, Timestamp arrival) {
  ReceiveStream& stream = streams_[encoding];
  stream.statistics.OnSenderReport(report.ntp_time, arrival);
  if (!stream.clock.started()) return;
  stream.clock.OnSenderReport(report.ntp_time, stream.timestamps.Peek(report.rtp_timestamp));
}

void Producer::HandleBye(uint8_t encoding) { streams_[encoding].last_media.reset(); }

void Producer::OnRoundTripTime(TimeDelta rtt) {
  for (ReceiveStream& stream : streams_) stream.nack.OnRoundTripTime(rtt);
}

std::optional<SourcePacket> Producer::FromHistory(uint8_t encoding, ExtendedSeqNum seq) const {
  if (encoding >= streams_.size()) return std::nullopt;
  const PacketHistory::Entry* entry = streams_[encoding].history.Find(seq);
  if (entry == nullptr) return std::nullopt;
  auto view = RtpPacketView::Parse(entry->packet.bytes());
  if (!view) return std::nullopt;
  SourcePacket source = Describe(
      *view, entry->packet,
      entry->packet.bytes().subspan(entry->payload_offset, entry->payload_size), entry->codec,
      [&](std::span<const uint8_t> data) { return streams_[encoding].descriptors.Reread(data); });
  source.encoding = encoding;
  source.seq = seq;
  source.timestamp = entry->timestamp;
  source.captured = entry->captured;
  source.marker = entry->marker;
  return source;
}

void Producer::HandleTimeout(Timestamp now, Feedback& feedback) {
  for (ReceiveStream& stream : streams_) {
    if (stream.keyframe.HandleTimeout(now)) SendKeyframeRequest(stream, feedback);
    if (stream.nack.missing() == 0) continue;
    lost_.clear();
    stream.nack.HandleTimeout(now, lost_);
    SendNack(stream, feedback);
  }
}

Timestamp Producer::NextTimeout() const {
  Timestamp next = kNever;
  for (const ReceiveStream& stream : streams_) {
    next = std::min({next, stream.keyframe.NextTimeout(), stream.nack.NextTimeout()});
  }
  return next;
}

uint32_t Producer::ActiveEncodings(Timestamp now) const {
  // Whose last packet is older than this has missed that many frames of some other.
  Timestamp limit{};
  for (const ReceiveStream& stream : streams_) limit = std::max(limit, stream.frame_starts.front());
  uint32_t mask = 0;
  for (std::size_t i = 0; i < streams_.size() && i < 32; ++i) {
    const auto& last_media = streams_[i].last_media;
    if (!last_media) continue;
    const bool others_went_on = *last_media < limit;
    if (!others_went_on || now - *last_media < kMinSilence) mask |= uint32_t{1} << i;
  }
  return mask;
}

}  // namespace stellwerk
