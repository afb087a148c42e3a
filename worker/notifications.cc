#include "worker/notifications.h"

#include <variant>

namespace stellwerk {
namespace {

using MaybeNotification = std::optional<proto::Notification>;

std::optional<ProducerId> Source(ProducerId id) {
  return id == ProducerId() ? std::nullopt : std::optional<ProducerId>(id);
}

MaybeNotification Convert(const TransportStateChanged& event) {
  return proto::TransportPhaseChanged{event.transport, ToPhase(event.state), event.reason};
}
// Where a peer is concerns nobody but the worker.
MaybeNotification Convert(const SelectedTupleChanged&) { return std::nullopt; }
MaybeNotification Convert(const DataChannelOpened& event) {
  return proto::DataChannelOpened{event.transport, event.stream, event.channel};
}
MaybeNotification Convert(const DataChannelClosed& event) {
  return proto::DataChannelClosed{event.transport, event.stream, std::nullopt, std::nullopt};
}
// Messages queue in the worker.
MaybeNotification Convert(const DataChannelsWritable&) { return std::nullopt; }
MaybeNotification Convert(const SctpConnected& event) {
  return proto::SctpConnected{event.transport};
}

proto::Notification Convert(const ConsumerSourceChanged& event) {
  return proto::ConsumerSourceChanged{event.consumer, Source(event.producer)};
}
proto::Notification Convert(const ActiveSpeakersChanged& event) {
  return proto::ActiveSpeakersChanged{event.router, event.loudest};
}
proto::Notification Convert(const ProducerActivityChanged& event) {
  return proto::ProducerActivityChanged{event.producer, event.active};
}
proto::Notification Convert(const ConsumerCodecUnsupported& event) {
  return proto::ConsumerCodecUnsupported{event.consumer, event.producer};
}
proto::Notification Convert(const ProducerEncodingsWanted& event) {
  return proto::ProducerEncodingsWanted{event.producer, event.encodings};
}

}  // namespace

std::optional<proto::Notification> ToNotification(const TransportEvent& event) {
  return std::visit([](const auto& body) { return Convert(body); }, event);
}

proto::Notification ToNotification(const RtcEvent& event) {
  return std::visit([](const auto& body) { return Convert(body); }, event);
}

proto::TransportPhase ToPhase(TransportState state) {
  switch (state) {
    case TransportState::kNew:
      return proto::TransportPhase::kNew;
    case TransportState::kConnected:
      return proto::TransportPhase::kConnected;
    case TransportState::kDisconnected:
      return proto::TransportPhase::kDisconnected;
    case TransportState::kGone:
      return proto::TransportPhase::kGone;
    case TransportState::kFailed:
      return proto::TransportPhase::kFailed;
  }
  return proto::TransportPhase::kFailed;
}

}  // namespace stellwerk
