// RTCP in both directions.
#include <algorithm>
#include <bit>
#include <utility>

#include "rtc/base/ntp_time.h"
#include "rtc/router/room.h"

namespace stellwerk {
namespace {

// Reports of so many slots fit one datagram, with their CNAMEs.
constexpr std::size_t kSlotsPerCompound = 8;
// So many newcomers as are remembered within this time are a rush.
constexpr TimeDelta kRush = std::chrono::seconds(1);
// As much as the link carries in this time.
constexpr TimeDelta kMaxRepairsWaiting = std::chrono::milliseconds(50);
// On a full link the pacer's queue may never be empty.
constexpr TimeDelta kMaxReplayWait = std::chrono::milliseconds(300);

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

void Router::Room::HandleRtcp(Timestamp now, TransportId transport_id,
                              std::span<const uint8_t> packet, RtcOutbox& out) {
  Transport* transport = FindTransport(transport_id);
  if (transport == nullptr) return out.drops.Count(DropReason::kClosed);
  const auto compound = ParseRtcp(packet);
  if (!compound) return out.drops.Count(compound.error());
  for (uint32_t i = 0; i < compound->malformed; ++i) out.drops.Count(DropReason::kMalformed);
  for (const RtcpMessage& message : compound->messages) {
    std::visit(
        Overloaded{
            [&](const SenderReport& report) {
              OnSenderReport(*transport, report, now);
              OnReportBlocks(*transport, report.report_blocks, now, out);
            },
            [&](const ReceiverReport& report) {
              OnReportBlocks(*transport, report.report_blocks, now, out);
            },
            [&](const Nack& nack) { OnNack(*transport, nack, now, out); },
            [&](const Pli& pli) { OnSubscriberWantsKeyframe(*transport, pli.media, now, out); },
            [&](const Fir& fir) {
              for (const auto& entry : fir.entries) {
                OnSubscriberWantsKeyframe(*transport, entry.media, now, out);
              }
            },
            [&](const Bye& bye) { OnBye(*transport, bye); },
            [&](const Xr& xr) {
              if (!xr.receiver_reference_time) return;
              transport->reference_time = {.receiver = xr.sender,
                                           .compact = xr.receiver_reference_time->Compact(),
                                           .arrival = now};
            },
            [&](const TransportFeedback& feedback) {
              transport->downlink.OnTransportFeedback(feedback, now);
              FollowEstimate(*transport, now, out);
            },
            [&](const Remb& remb) {
              transport->downlink.OnRemb(remb.bitrate, now);
              FollowEstimate(*transport, now, out);
            },
            [](const Sdes&) {}},  // names are the controller's
        message);
  }
}

void Router::Room::OnSenderReport(Transport& transport, const SenderReport& report, Timestamp now) {
  const auto route = transport.demultiplexer.Find(report.sender);
  if (!route) return;
  if (route->producer->streams()[route->encoding].ssrc != report.sender) return;  // of the RTX
  transport.clock.OnSenderReport(report.ntp_time, now);
  route->producer->HandleSenderReport(route->encoding, report, now);
}

void Router::Room::OnReportBlocks(Transport& transport, const ReportBlocks& blocks, Timestamp now,
                                  RtcOutbox& out) {
  float lost = 0;
  int reports = 0;
  std::optional<TimeDelta> shortest;
  for (const ReportBlock& block : blocks) {
    const auto found = transport.slots_by_ssrc.find(block.source);
    if (found == transport.slots_by_ssrc.end()) continue;
    std::optional<TimeDelta> round_trip;
    if (block.last_sender_report != 0) {
      // RFC 3550 §6.4.1: A - LSR - DLSR; clocks that round differently may make it negative.
      const uint32_t compact =
          ToNtp(now).Compact() - block.last_sender_report - block.delay_since_last_sender_report;
      if (static_cast<int32_t>(compact) >= 0) round_trip = CompactNtpToTimeDelta(compact);
      // What is beyond a minute is not a round trip but a wrong report.
      if (round_trip > std::chrono::seconds(60)) round_trip.reset();
    }
    found->second->consumer->OnReportBlock(block, round_trip);
    lost += static_cast<float>(block.fraction_lost) / 256;
    ++reports;
    if (!round_trip) continue;
    shortest = std::min(shortest.value_or(*round_trip), *round_trip);
    for (Producer* producer : transport.demultiplexer.producers()) {
      producer->OnRoundTripTime(*round_trip);
    }
  }
  if (reports == 0) return;
  transport.downlink.OnReceiverReport(lost / static_cast<float>(reports), shortest, now);
  FollowEstimate(transport, now, out);
}

void Router::Room::OnNack(Transport& transport, const Nack& nack, Timestamp now, RtcOutbox& out) {
  const auto found = transport.slots_by_ssrc.find(nack.media);
  if (found == transport.slots_by_ssrc.end()) return out.drops.Count(DropReason::kUnknownStream);
  Consumer& consumer = *found->second->consumer;
  if (consumer.parameters().ssrc != nack.media) return;  // lost retransmissions are not repeated
  const std::size_t first = out.rtp.size();
  const Downlink& downlink = transport.downlink;
  Consumer::RepairPath path{.loss = downlink.estimate().inherent_loss};
  // After an outage more is asked for than the link carries in a second, and it would all go before
  // new pictures. What is still missed later is asked for again.
  if (downlink.estimated() && consumer.parameters().kind == MediaKind::kVideo) {
    path.room = downlink.estimate().capacity * kMaxRepairsWaiting - downlink.queued_repairs();
  }
  consumer.HandleNack(nack, path, now, HistoryReader{*this}, out);
  Admit(*found->second, first, now, out);
}

void Router::Room::OnSubscriberWantsKeyframe(Transport& transport, Ssrc media, Timestamp now,
                                             RtcOutbox& out) {
  const auto found = transport.slots_by_ssrc.find(media);
  if (found == transport.slots_by_ssrc.end()) return out.drops.Count(DropReason::kUnknownStream);
  Slot& slot = *found->second;
  if (slot.source == nullptr || !slot.consumer->enabled()) return;
  Producer& producer = *slot.source->producer;
  feedback_.clear();
  const auto& selector = slot.consumer->selector();
  producer.RequestKeyframe(selector.current().value_or(selector.target()),
                           KeyframeReason::kRecovery, now, feedback_);
  if (Transport* publisher = FindTransport(producer.transport())) {
    SendFeedback(*publisher, feedback_, out);
  }
  Schedule(producer);
}

void Router::Room::AskForKeyframe(Slot& slot, KeyframeReason reason, Timestamp now,
                                  RtcOutbox& out) {
  auto encoding = slot.consumer->AwaitedEncoding();
  const auto asked_before = std::exchange(slot.asked_for, encoding);
  if (!encoding || slot.source == nullptr) {
    slot.replay_awaited.reset();
    return;
  }
  Producer& producer = *slot.source->producer;
  if (producer.is_audio()) return;
  if (reason == KeyframeReason::kStart) {
    // The first picture of all is soonest there if it is small; a better one follows.
    const auto lowest =
        static_cast<uint8_t>(std::countr_zero(slot.source->active_encodings | 1U << *encoding));
    Replayed replayed = Replay(slot, *encoding, now, out);
    if (replayed == Replayed::kNot && !slot.consumer->has_sent() && lowest < *encoding) {
      encoding = lowest;
      replayed = Replay(slot, lowest, now, out);
    }
    if (replayed == Replayed::kDone) return;
    if (replayed == Replayed::kLater) {
      if (!slot.replay_awaited) slot.replay_awaited = now;
      if (now - *slot.replay_awaited < kMaxReplayWait) {
        slot.asked_for.reset();
        return;
      }
    }
  }
  if (const auto current = slot.consumer->current(); current && current->encoding < *encoding) {
    // Each is counted once, however long it waits.
    if (asked_before == encoding && producer.streams()[*encoding].keyframe.wanted()) return;
    const bool rush = now - slot.source->newcomers.front() < kRush;
    reason = rush ? KeyframeReason::kUpgradeInRush : KeyframeReason::kUpgrade;
  }
  feedback_.clear();
  producer.RequestKeyframe(*encoding, reason, now, feedback_);
  if (Transport* publisher = FindTransport(producer.transport())) {
    SendFeedback(*publisher, feedback_, out);
  }
  Schedule(producer);
}

void Router::Room::AskForKeyframes(Source& source, Timestamp now, RtcOutbox& out) {
  for (Slot* slot : source.slots) AskForKeyframe(*slot, KeyframeReason::kStart, now, out);
}

void Router::Room::OnBye(Transport& transport, const Bye& bye) {
  for (const Ssrc ssrc : bye.sources) {
    const auto route = transport.demultiplexer.Find(ssrc);
    if (route && route->producer->streams()[route->encoding].ssrc == ssrc) {
      route->producer->HandleBye(route->encoding);
    }
  }
}

void Router::Room::SendRtcp(const Transport& transport, std::span<const RtcpMessage> messages,
                            RtcOutbox& out) {
  if (!transport.writable || messages.empty()) return;
  std::vector<uint8_t> bytes = SerializeRtcp(messages);
  if (!bytes.empty()) {
    out.rtcp.push_back({.transport = transport.id, .bytes = std::move(bytes)});
    return;
  }
  if (messages.size() < 2) return out.drops.Count(DropReason::kTooLarge);
  SendRtcp(transport, messages.first(messages.size() / 2), out);
  SendRtcp(transport, messages.subspan(messages.size() / 2), out);
}

void Router::Room::SendFeedback(const Transport& transport, Producer::Feedback& feedback,
                                RtcOutbox& out) {
  if (feedback.empty()) return;
  // RFC 4585 §3.1: feedback follows a report, unless reduced size was negotiated (RFC 5506), which
  // not every peer does. An empty report is eight bytes.
  feedback.emplace_back(std::in_place_type<ReceiverReport>);
  std::get<ReceiverReport>(feedback.back()).sender = transport.rtcp_ssrc;
  std::rotate(feedback.begin(), feedback.end() - 1, feedback.end());
  SendRtcp(transport, feedback, out);
  feedback.clear();
}

std::optional<SenderReport> Router::Room::MakeSenderReport(const Slot& slot, Timestamp now) const {
  const auto encoding = slot.consumer->selector().current();
  if (slot.source == nullptr || !encoding) return std::nullopt;
  const Producer& producer = *slot.source->producer;
  const StreamClock& clock = producer.streams()[*encoding].clock;
  if (!clock.started()) return std::nullopt;
  return slot.consumer->MakeSenderReport(now, clock.TimestampAt(now, producer.clock()));
}

void Router::Room::SendSenderReport(const Slot& slot, Timestamp now, RtcOutbox& out) {
  auto report = MakeSenderReport(slot, now);
  if (!report) return;
  const ConsumerParameters& parameters = slot.consumer->parameters();
  const std::array<RtcpMessage, 2> messages = {
      RtcpMessage(std::move(*report)),
      RtcpMessage(Sdes::ForCname(parameters.ssrc, parameters.cname))};
  SendRtcp(*slot.transport, messages, out);
}

void Router::Room::SendReports(Transport& transport, Timestamp now, RtcOutbox& out) {
  std::vector<RtcpMessage> messages;
  // What we receive from this transport.
  auto& received =
      std::get<ReceiverReport>(messages.emplace_back(std::in_place_type<ReceiverReport>));
  received.sender = transport.rtcp_ssrc;
  for (Producer* producer : transport.demultiplexer.producers()) {
    for (ReceiveStream& stream : producer->streams()) {
      if (!stream.ssrc || received.report_blocks.size() == kMaxReportBlocks) continue;
      const auto report = stream.statistics.MakeReport(now);
      if (!report) continue;
      received.report_blocks.push_back(
          {.source = *stream.ssrc,
           .fraction_lost = report->fraction_lost,
           .cumulative_lost = report->cumulative_lost,
           .extended_highest_sequence = report->extended_highest,
           .jitter = report->jitter,
           .last_sender_report = report->last_sender_report,
           .delay_since_last_sender_report = report->delay_since_last});
    }
  }
  if (received.report_blocks.empty() && !transport.reference_time) messages.clear();
  if (const auto reference = std::exchange(transport.reference_time, std::nullopt)) {
    auto& xr = std::get<Xr>(messages.emplace_back(std::in_place_type<Xr>));
    xr.sender = transport.rtcp_ssrc;
    xr.dlrr.push_back({.receiver = reference->receiver,
                       .last_receiver_report = reference->compact,
                       .delay = TimeDeltaToCompactNtp(now - reference->arrival)});
  }
  SendRtcp(transport, messages, out);

  // What we send to it.
  messages.clear();
  Sdes names;
  const auto flush = [&] {
    if (messages.empty()) return;
    messages.emplace_back(std::exchange(names, {}));
    SendRtcp(transport, messages, out);
    messages.clear();
  };
  for (const Slot* slot : transport.slots) {
    auto report = MakeSenderReport(*slot, now);
    if (!report) continue;
    messages.emplace_back(std::move(*report));
    const ConsumerParameters& parameters = slot->consumer->parameters();
    names.chunks.push_back(Sdes::ForCname(parameters.ssrc, parameters.cname).chunks.front());
    if (names.chunks.size() == kSlotsPerCompound) flush();
  }
  flush();
}

}  // namespace stellwerk
