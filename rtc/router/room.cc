#include "rtc/router/room.h"

#include <algorithm>
#include <string>
#include <utility>

namespace stellwerk {
namespace {

absl::Status Unknown(const char* what, uint32_t id) {
  return absl::NotFoundError(std::string("no ") + what + " " + std::to_string(id));
}
absl::Status Taken(const char* what, uint32_t id) {
  return absl::AlreadyExistsError(std::string(what) + " " + std::to_string(id) + " exists already");
}

}  // namespace

Router::Room::Transport* Router::Room::FindTransport(TransportId id) {
  const auto found = transports_.find(id);
  return found == transports_.end() ? nullptr : found->second.get();
}
Router::Room::Source* Router::Room::FindSource(ProducerId id) {
  const auto found = sources_.find(id);
  return found == sources_.end() ? nullptr : found->second.get();
}
Router::Room::Slot* Router::Room::FindSlot(ConsumerId id) {
  const auto found = slots_.find(id);
  return found == slots_.end() ? nullptr : found->second.get();
}

absl::Status Router::Room::AddTransport(TransportId id, Timestamp now) {
  if (FindTransport(id) != nullptr) return Taken("transport", id.value());
  auto transport = std::make_unique<Transport>();
  transport->id = id;
  transport->rtcp_ssrc = Ssrc(std::max<uint32_t>(random_.NextU32(), 1));
  DrawReportTime(*transport, now);
  Schedule(*transports_.emplace(id, std::move(transport)).first->second);
  return absl::OkStatus();
}

void Router::Room::RemoveTransport(TransportId id, Timestamp now, RtcOutbox& out) {
  Transport* transport = FindTransport(id);
  if (transport == nullptr) return;
  transport->writable = false;
  while (!transport->slots.empty()) {
    RemoveConsumer(transport->slots.back()->consumer->id(), now, out);
  }
  while (!transport->demultiplexer.producers().empty()) {
    RemoveProducer(transport->demultiplexer.producers().back()->id(), now, out);
  }
  transport_deadlines_.Remove(id);
  transports_.erase(id);
}

void Router::Room::OnTransportWritable(TransportId id, bool writable, Timestamp now,
                                       RtcOutbox& out) {
  Transport* transport = FindTransport(id);
  if (transport == nullptr || transport->writable == writable) return;
  transport->writable = writable;
  if (!writable) transport->downlink.Clear();
  // All first: each would have the link shared out again, and ask for the keyframes of all.
  bool video = false;
  for (Slot* slot : transport->slots) video |= RefreshEnabled(*slot) && IsVideo(*slot);
  if (video) Reallocate(*transport, now, out);
}

absl::Status Router::Room::AddProducer(ProducerId id, TransportId transport_id,
                                       const ProducerParameters& parameters, Timestamp now) {
  Transport* transport = FindTransport(transport_id);
  if (transport == nullptr) return Unknown("transport", transport_id.value());
  if (FindSource(id) != nullptr) return Taken("producer", id.value());
  auto source = std::make_unique<Source>();
  source->producer = std::make_unique<Producer>(id, transport_id, parameters, transport->rtcp_ssrc,
                                                transport->clock);
  if (!transport->demultiplexer.Add(*source->producer)) {
    return absl::AlreadyExistsError("MID or SSRC of producer " + std::to_string(id.value()) +
                                    " is in use on transport " +
                                    std::to_string(transport_id.value()));
  }
  RefreshTransportCcIds(*transport);
  source->watched.fill(now);
  if (source->producer->is_audio()) {
    audio_producers_.push_back(id);
    levels_.AddProducer(id);
    next_loudest_ = now;
  }
  sources_.emplace(id, std::move(source));
  if (next_tick_ == kNever) next_tick_ = now;
  return absl::OkStatus();
}

void Router::Room::RemoveProducer(ProducerId id, Timestamp now, RtcOutbox& out) {
  Source* source = FindSource(id);
  if (source == nullptr) return;
  Producer& producer = *source->producer;
  while (!source->slots.empty()) {
    Slot& slot = *source->slots.back();
    Point(slot, nullptr, now, out);
    if (slot.consumer->parameters().mode == SlotMode::kLoudest) {
      out.events.emplace_back(
          ConsumerSourceChanged{.consumer = slot.consumer->id(), .producer = ProducerId(0)});
    }
  }
  if (producer.is_audio()) {
    std::erase(audio_producers_, id);
    levels_.RemoveProducer(id);
    next_loudest_ = now;
  }
  Transport* transport = FindTransport(producer.transport());
  transport->demultiplexer.Remove(producer);
  RefreshTransportCcIds(*transport);
  producer_deadlines_.Remove(id);
  sources_.erase(id);
}

absl::Status Router::Room::SetProducerPaused(ProducerId id, bool paused, Timestamp now,
                                             RtcOutbox& out) {
  Source* source = FindSource(id);
  if (source == nullptr) return Unknown("producer", id.value());
  if (source->producer->paused() == paused) return absl::OkStatus();
  source->producer->set_paused(paused);
  // What came while it was paused is not for anybody to see later.
  for (ReceiveStream& stream : source->producer->streams()) stream.keyframe_start.reset();
  if (source->producer->is_audio()) {
    // Who is muted is not heard, so not ranked.
    paused ? levels_.RemoveProducer(id) : levels_.AddProducer(id);
    next_loudest_ = now;
  }
  for (Slot* slot : source->slots) UpdateEnabled(*slot, now, out);
  return absl::OkStatus();
}

absl::Status Router::Room::AddConsumer(ConsumerId id, TransportId transport_id,
                                       const ConsumerParameters& parameters, Timestamp now) {
  Transport* transport = FindTransport(transport_id);
  if (transport == nullptr) return Unknown("transport", transport_id.value());
  if (FindSlot(id) != nullptr) return Taken("consumer", id.value());
  if (parameters.codecs.empty()) {
    return absl::InvalidArgumentError("consumer " + std::to_string(id.value()) + " has no codec");
  }
  if (transport->slots_by_ssrc.contains(parameters.ssrc) ||
      (parameters.rtx_ssrc && transport->slots_by_ssrc.contains(*parameters.rtx_ssrc))) {
    return absl::AlreadyExistsError("SSRC of consumer " + std::to_string(id.value()) +
                                    " is in use on transport " +
                                    std::to_string(transport_id.value()));
  }
  auto slot = std::make_unique<Slot>();
  slot->consumer = std::make_unique<Consumer>(id, transport_id, parameters, random_, now);
  slot->transport = transport;
  transport->slots.push_back(slot.get());
  UpdateEstimated(*transport);
  transport->slots_by_ssrc[parameters.ssrc] = slot.get();
  if (parameters.rtx_ssrc) transport->slots_by_ssrc[*parameters.rtx_ssrc] = slot.get();
  slots_.emplace(id, std::move(slot));
  if (parameters.mode == SlotMode::kLoudest) next_loudest_ = now;
  return absl::OkStatus();
}

void Router::Room::RemoveConsumer(ConsumerId id, Timestamp /*now*/, RtcOutbox& out) {
  Slot* slot = FindSlot(id);
  if (slot == nullptr) return;
  Transport& transport = *slot->transport;
  const ConsumerParameters& parameters = slot->consumer->parameters();
  if (slot->consumer->has_sent()) {
    Bye bye;
    bye.sources.push_back(parameters.ssrc);
    const RtcpMessage message(bye);
    SendRtcp(transport, std::span(&message, 1), out);
  }
  Detach(*slot);
  std::erase(transport.slots, slot);
  UpdateEstimated(transport);
  transport.slots_by_ssrc.erase(parameters.ssrc);
  if (parameters.rtx_ssrc) transport.slots_by_ssrc.erase(*parameters.rtx_ssrc);
  slots_.erase(id);
}

void Router::Room::Detach(Slot& slot) {
  if (slot.source == nullptr) return;
  std::erase(slot.source->slots, &slot);
  if (slot.source->slots.empty()) slot.source->producer->CancelKeyframeRequests();
  slot.source = nullptr;
}

void Router::Room::Point(Slot& slot, Source* source, Timestamp now, RtcOutbox& out) {
  if (slot.source == source) return;
  Detach(slot);
  slot.source = source;
  if (source == nullptr) {
    slot.consumer->SetSource(std::nullopt, nullptr);
    UpdateEnabled(slot, now, out);
    return;
  }
  source->slots.push_back(&slot);
  std::rotate(source->newcomers.begin(), source->newcomers.begin() + 1, source->newcomers.end());
  source->newcomers.back() = now;
  const Producer& producer = *source->producer;
  slot.consumer->SetSource(producer.id(), &producer.parameters());
  slot.consumer->OnActiveEncodings(producer.ActiveEncodings(now));
  if (!producer.is_audio()) UpdateOptions(*source, now);
  if (slot.consumer->codec_unsupported()) {
    out.events.emplace_back(
        ConsumerCodecUnsupported{.consumer = slot.consumer->id(), .producer = producer.id()});
  }
  RefreshEnabled(slot);
  if (!producer.is_audio()) Reallocate(*slot.transport, now, out);
}

bool Router::Room::RefreshEnabled(Slot& slot) {
  const bool enabled = slot.transport->writable && !slot.paused && slot.source != nullptr &&
                       !slot.source->producer->paused();
  if (enabled == slot.consumer->enabled()) return false;
  slot.consumer->SetEnabled(enabled);
  return true;
}

void Router::Room::UpdateEnabled(Slot& slot, Timestamp now, RtcOutbox& out) {
  if (RefreshEnabled(slot) && IsVideo(slot)) Reallocate(*slot.transport, now, out);
}

absl::Status Router::Room::SetConsumerSource(ConsumerId id, std::optional<ProducerId> source_id,
                                             Timestamp now, RtcOutbox& out) {
  Slot* slot = FindSlot(id);
  if (slot == nullptr) return Unknown("consumer", id.value());
  Source* source = nullptr;
  if (source_id) {
    source = FindSource(*source_id);
    if (source == nullptr) return Unknown("producer", source_id->value());
    if (source->producer->parameters().kind != slot->consumer->parameters().kind) {
      return absl::InvalidArgumentError("producer " + std::to_string(source_id->value()) +
                                        " is not of the kind of consumer " +
                                        std::to_string(id.value()));
    }
  }
  Point(*slot, source, now, out);
  return absl::OkStatus();
}

absl::Status Router::Room::SetConsumerDemand(ConsumerId id, const ConsumerDemand& demand,
                                             Timestamp now, RtcOutbox& out) {
  Slot* slot = FindSlot(id);
  if (slot == nullptr) return Unknown("consumer", id.value());
  slot->demand = demand;
  Reallocate(*slot->transport, now, out);
  return absl::OkStatus();
}

absl::Status Router::Room::SetConsumerPaused(ConsumerId id, bool paused, Timestamp now,
                                             RtcOutbox& out) {
  Slot* slot = FindSlot(id);
  if (slot == nullptr) return Unknown("consumer", id.value());
  slot->paused = paused;
  UpdateEnabled(*slot, now, out);
  return absl::OkStatus();
}

absl::Status Router::Room::RequestKeyframe(ConsumerId id, Timestamp now, RtcOutbox& out) {
  Slot* slot = FindSlot(id);
  if (slot == nullptr) return Unknown("consumer", id.value());
  OnSubscriberWantsKeyframe(*slot->transport, slot->consumer->parameters().ssrc, now, out);
  return absl::OkStatus();
}

void Router::Room::RefreshTransportCcIds(Transport& transport) {
  transport.transport_cc_ids.clear();
  for (const Producer* producer : transport.demultiplexer.producers()) {
    const ExtensionId id = producer->parameters().extensions.IdOf(RtpExtension::kTransportCc);
    auto& ids = transport.transport_cc_ids;
    if (id.value() != 0 && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
}

}  // namespace stellwerk
