#pragma once

#include <optional>

#include "proto/notification.h"
#include "rtc/base/outbox.h"
#include "transport/base/outbox.h"

namespace stellwerk {

// Events of the transports and rooms in the words of the control channel. nullopt: not for the
// controller.
std::optional<proto::Notification> ToNotification(const TransportEvent& event);
proto::Notification ToNotification(const RtcEvent& event);
proto::TransportPhase ToPhase(TransportState state);

}  // namespace stellwerk
