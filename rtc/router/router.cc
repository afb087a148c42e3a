#include "rtc/router/router.h"

#include "rtc/router/room.h"

namespace stellwerk {

Router::Router(RouterId id, Random& random) : room_(std::make_unique<Room>(id, random)) {}
Router::~Router() = default;

absl::Status Router::AddTransport(TransportId id, Timestamp now) {
  return room_->AddTransport(id, now);
}
void Router::RemoveTransport(TransportId id, Timestamp now, RtcOutbox& out) {
  room_->RemoveTransport(id, now, out);
}
void Router::OnTransportWritable(TransportId id, bool writable, Timestamp now, RtcOutbox& out) {
  room_->OnTransportWritable(id, writable, now, out);
}
absl::Status Router::AddProducer(ProducerId id, TransportId transport,
                                 const ProducerParameters& parameters, Timestamp now) {
  return room_->AddProducer(id, transport, parameters, now);
}
void Router::RemoveProducer(ProducerId id, Timestamp now, RtcOutbox& out) {
  room_->RemoveProducer(id, now, out);
}
absl::Status Router::SetProducerPaused(ProducerId id, bool paused, Timestamp now, RtcOutbox& out) {
  return room_->SetProducerPaused(id, paused, now, out);
}
absl::Status Router::AddConsumer(ConsumerId id, TransportId transport,
                                 const ConsumerParameters& parameters, Timestamp now) {
  return room_->AddConsumer(id, transport, parameters, now);
}
void Router::RemoveConsumer(ConsumerId id, Timestamp now, RtcOutbox& out) {
  room_->RemoveConsumer(id, now, out);
}
absl::Status Router::SetConsumerSource(ConsumerId id, std::optional<ProducerId> source,
                                       Timestamp now, RtcOutbox& out) {
  return room_->SetConsumerSource(id, source, now, out);
}
absl::Status Router::SetConsumerDemand(ConsumerId id, const ConsumerDemand& demand, Timestamp now,
                                       RtcOutbox& out) {
  return room_->SetConsumerDemand(id, demand, now, out);
}
absl::Status Router::SetConsumerPaused(ConsumerId id, bool paused, Timestamp now, RtcOutbox& out) {
  return room_->SetConsumerPaused(id, paused, now, out);
}
absl::Status Router::RequestKeyframe(ConsumerId id, Timestamp now, RtcOutbox& out) {
  return room_->RequestKeyframe(id, now, out);
}
void Router::HandleRtp(Timestamp now, TransportId transport, std::span<ReceivedRtp> packets,
                       RtcOutbox& out) {
  room_->HandleRtp(now, transport, packets, out);
}
void Router::HandleRtcp(Timestamp now, TransportId transport, std::span<const uint8_t> packet,
                        RtcOutbox& out) {
  room_->HandleRtcp(now, transport, packet, out);
}
void Router::HandleTimeout(Timestamp now, RtcOutbox& out) { room_->HandleTimeout(now, out); }
Timestamp Router::NextTimeout() const { return room_->NextTimeout(); }
RouterId Router::id() const { return room_->id(); }
bool Router::empty() const { return room_->empty(); }
std::optional<TransportStats> Router::GetTransportStats(TransportId id, Timestamp now) const {
  return room_->GetTransportStats(id, now);
}
std::optional<ProducerStats> Router::GetProducerStats(ProducerId id, Timestamp now) const {
  return room_->GetProducerStats(id, now);
}
std::optional<ConsumerStats> Router::GetConsumerStats(ConsumerId id, Timestamp now) const {
  return room_->GetConsumerStats(id, now);
}
void Router::AddServiceTo(ServiceQuality& sum) const { room_->AddServiceTo(sum); }

}  // namespace stellwerk
