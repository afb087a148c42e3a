// The way of an RTP packet through a room: take in, then fan out.
#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "rtc/base/prefetch.h"
#include "rtc/router/room.h"
#include "rtc/rtp/header_extensions/audio_level.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"

namespace stellwerk {
namespace {

// A replay takes the link for as long as a first picture is worth waiting for, or, to whom has a
// picture already, for no longer than a keyframe.
constexpr int64_t kMaxReplayPackets = 100;
constexpr DataSize kMaxReplay = DataSize::Bytes(96'000);
constexpr TimeDelta kMaxFirstReplay = std::chrono::milliseconds(400);
constexpr TimeDelta kMaxFurtherReplay = std::chrono::milliseconds(50);
// Together with what waits already: of many slots that begin, or step up, each waits for its turn.
constexpr TimeDelta kMaxFirstReplays = std::chrono::milliseconds(150);

DataSize MostToReplay(const Downlink& downlink, bool has_picture) {
  if (!downlink.estimated()) return kMaxReplay;
  return std::min(kMaxReplay, downlink.estimate().capacity *
                                  (has_picture ? kMaxFurtherReplay : kMaxFirstReplay));
}

// Whether that much may join what waits in the pacer.
bool FitsNow(DataSize replay, const Downlink& downlink, bool has_picture) {
  if (!downlink.estimated() || downlink.queued() <= DataSize()) return true;
  return replay + downlink.queued() <=
         downlink.estimate().capacity * (has_picture ? kMaxFurtherReplay : kMaxFirstReplays);
}

}  // namespace

void Router::Room::HandleRtp(Timestamp now, TransportId transport_id,
                             std::span<ReceivedRtp> packets, RtcOutbox& out) {
  Transport* transport = FindTransport(transport_id);
  for (ReceivedRtp& received : packets) {
    if (transport == nullptr) {
      out.drops.Count(DropReason::kClosed);
    } else {
      TakeIn(*transport, received, now, out);
    }
  }
  FanOut(now, out);
}

void Router::Room::TakeIn(Transport& transport, ReceivedRtp& received, Timestamp now,
                          RtcOutbox& out) {
  const auto view = RtpPacketView::Parse(received.packet.bytes());
  if (!view) return out.drops.Count(view.error());
  RecordTransportCc(transport, *view, received.arrival, now);

  feedback_.clear();
  const auto route = transport.demultiplexer.Resolve(*view);
  if (!route) return out.drops.Count(DropReason::kUnknownStream);
  Producer& producer = *route->producer;
  auto taken =
      producer.HandleRtp(now, received.arrival, *view, received.packet, route->encoding, feedback_);
  SendFeedback(transport, feedback_, out);
  if (producer.streams()[route->encoding].nack.missing() > 0) Schedule(producer);
  if (!taken) return out.drops.Count(taken.error());
  if (!taken->has_value()) return;
  SourcePacket& packet = **taken;
  if (packet.unusable) out.drops.Count(*packet.unusable);

  Source& source = *FindSource(producer.id());
  if (&source != taken_from_) FanOut(now, out);
  taken_from_ = &source;
  bool other_encodings = false;
  if (packet.payload_size > 0) {
    NoteActivity(source, now, out);
    NoteAudioLevel(packet, received.arrival, now, out);
    other_encodings = UpdateActiveEncodings(source, now);
    if (other_encodings && !producer.is_audio()) {
      // This packet may be what a slot can start with.
      UpdateOptions(source, now);
      for (Slot* slot : source.slots) Allocate(*slot->transport, now);
    }
  }
  // A slot that starts looks into the history, which must not be ahead of what was fanned out.
  const bool may_start = packet.info.is_keyframe || !packet.newest;
  if (may_start) FanOut(now, out);
  taken_.push_back(std::move(packet));
  if (may_start || other_encodings) FanOut(now, out);
  // Only now: the packet that showed that an encoding is there may have been its keyframe.
  if (other_encodings) AskForKeyframes(source, now, out);
}

void Router::Room::RecordTransportCc(Transport& transport, const RtpPacketView& view,
                                     Timestamp arrival, Timestamp now) {
  for (const ExtensionId id : transport.transport_cc_ids) {
    const auto data = view.FindExtension(id);
    if (!data) continue;
    const auto number = ParseTransportSeqNum(*data);
    if (!number) continue;
    transport.last_media_ssrc = view.ssrc();
    transport.transport_cc.OnPacket(*number, arrival, now);
    // Nothing else of the transport has another deadline now.
    if (transport.transport_cc.NextTimeout() < transport.scheduled) Schedule(transport);
    return;
  }
}

void Router::Room::NoteActivity(Source& source, Timestamp now, RtcOutbox& out) {
  if (!source.last_media) {
    out.events.emplace_back(
        ProducerActivityChanged{.producer = source.producer->id(), .active = true});
  }
  source.last_media = now;
}

void Router::Room::NoteAudioLevel(const SourcePacket& packet, Timestamp arrival, Timestamp now,
                                  RtcOutbox& out) {
  for (const SourceExtension& extension : packet.extensions()) {
    if (extension.extension != RtpExtension::kAudioLevel) continue;
    const auto level = AudioLevel::Parse(extension.data);
    if (!level || !levels_.OnAudioLevel(packet.producer, *level, arrival)) continue;
    // Before this packet is fanned out: first words are not clipped.
    MakeHeard(std::span(&packet.producer, 1), now, out);
  }
}

void Router::Room::FanOut(Timestamp now, RtcOutbox& out) {
  if (taken_.empty()) return;
  const std::vector<Slot*>& slots = taken_from_->slots;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    PrefetchSlots(slots, i);
    Deliver(*slots[i], taken_, now, out);
  }
  taken_.clear();
}

void Router::Room::PrefetchSlots(std::span<Slot* const> slots, std::size_t at) {
  // Each refers to what is fetched next, so they are at different distances.
  if (at + 6 < slots.size()) Prefetch(slots[at + 6], offsetof(Slot, demand));
  if (at + 4 < slots.size()) {
    slots[at + 4]->consumer->Prefetch();
    Prefetch(&slots[at + 4]->transport->scheduled, sizeof(Timestamp));
    slots[at + 4]->transport->downlink.Prefetch();
  }
  if (at + 2 < slots.size()) {
    slots[at + 2]->consumer->PrefetchRings();
    slots[at + 2]->transport->downlink.PrefetchHistory();
  }
  if (at + 1 < slots.size()) slots[at + 1]->consumer->PrefetchPicture();
}

void Router::Room::Deliver(Slot& slot, std::span<const SourcePacket> packets, Timestamp now,
                           RtcOutbox& out) {
  std::size_t first = out.rtp.size();
  for (const SourcePacket& packet : packets) {
    if (!slot.consumer->HandlePacket(packet, now, out)) continue;
    Admit(slot, first, now, out);
    // A switch took effect. The receiver needs the new source's clock before it can play voice and
    // picture in step.
    SendSenderReport(slot, now, out);
    CatchUp(slot, packet, now, out);
    first = out.rtp.size();
  }
  Admit(slot, first, now, out);
}

void Router::Room::Admit(Slot& slot, std::size_t first, Timestamp now, RtcOutbox& out) {
  if (first == out.rtp.size()) return;
  Transport& transport = *slot.transport;
  DataSize sent;
  DataSize audio;
  DataSize retransmitted;
  for (std::size_t i = first; i < out.rtp.size(); ++i) {
    const OutgoingRtp& rtp = out.rtp[i];
    const DataSize size = DataSize::Bytes(static_cast<int64_t>(rtp.wire_size())) + kPacketOverhead;
    sent += size;
    if (rtp.media_class == RtpClass::kAudio) audio += size;
    if (rtp.media_class == RtpClass::kRetransmission) retransmitted += size;
  }
  slot.sent.Add(sent, now);
  if (audio > DataSize()) transport.audio_sent.Add(audio, now);
  if (retransmitted > DataSize()) transport.retransmitted.Add(retransmitted, now);
  transport.downlink.Admit(first, now, out);
  // Nothing else of the transport has another deadline now.
  if (transport.downlink.NextTimeout() < transport.scheduled) Schedule(transport);
}

void Router::Room::CatchUp(Slot& slot, const SourcePacket& start, Timestamp now, RtcOutbox& out) {
  if (start.newest) return;
  // The keyframe's first packet came late; what followed it passed by and is taken from the
  // history.
  const Producer& producer = *slot.source->producer;
  const int64_t newest = producer.streams()[start.encoding].tracker.newest().value();
  for (int64_t seq = start.seq.value() + 1; seq <= newest; ++seq) {
    if (auto packet = producer.FromHistory(start.encoding, ExtendedSeqNum(seq))) {
      const std::size_t first = out.rtp.size();
      slot.consumer->HandlePacket(*packet, now, out);
      Admit(slot, first, now, out);
    }
  }
}

Router::Room::Replayed Router::Room::Replay(Slot& slot, uint8_t encoding, Timestamp now,
                                            RtcOutbox& out) {
  const auto current = slot.consumer->current();
  if (current && current->encoding == encoding) return Replayed::kNot;
  if (current && !slot.consumer->between_frames()) return Replayed::kNot;
  const Producer& producer = *slot.source->producer;
  const ReceiveStream& stream = producer.streams()[encoding];
  if (!stream.keyframe_start) return Replayed::kNot;
  const int64_t first = stream.keyframe_start->value();
  const int64_t newest = stream.tracker.newest().value();
  if (newest - first >= kMaxReplayPackets) return Replayed::kNot;

  const Downlink& downlink = slot.transport->downlink;
  // For what is missing the receiver would have to wait.
  const auto size = stream.history.SizeOf(ExtendedSeqNum(first), ExtendedSeqNum(newest),
                                          MostToReplay(downlink, current.has_value()));
  if (!size) return Replayed::kNot;
  if (!FitsNow(*size, downlink, current.has_value())) {
    // A keyframe is less, and sooner there than the last of many replays.
    return current ? Replayed::kLater : Replayed::kNot;
  }
  const auto keyframe = producer.FromHistory(encoding, ExtendedSeqNum(first));
  const auto live = producer.FromHistory(encoding, ExtendedSeqNum(newest));
  if (!keyframe || !live) return Replayed::kNot;
  slot.consumer->StartReplay(*keyframe, *live);
  for (int64_t seq = first; seq <= newest; ++seq) {
    const auto packet = producer.FromHistory(encoding, ExtendedSeqNum(seq));
    if (!packet) continue;
    const std::size_t before = out.rtp.size();
    const bool starts = slot.consumer->HandlePacket(*packet, now, out);
    Admit(slot, before, now, out);
    if (starts) SendSenderReport(slot, now, out);
  }
  const auto reached = slot.consumer->current();
  return reached && reached->encoding == encoding ? Replayed::kDone : Replayed::kNot;
}

}  // namespace stellwerk
