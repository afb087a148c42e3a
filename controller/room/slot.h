#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "controller/room/track.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

// One participant in this controller's life; never reused, unlike an identity, which a client
// chooses.
using ParticipantId = StrongInt<struct ParticipantIdTag, uint64_t>;

// A slot that shows one participant, whoever else there is. It holds for an identity: the person
// may leave and return.
struct SlotPin {
  std::string identity;
  std::optional<TrackSource> source;  // nullopt: the most wanted of that person's tracks
  friend bool operator==(const SlotPin&, const SlotPin&) = default;
};

// Nothing above these is sent to the slot.
struct LayerLimit {
  static constexpr uint8_t kHighest = 7;  // more than any encoder makes
  SpatialLayer spatial{kHighest};
  TemporalLayer temporal{kHighest};
  friend bool operator==(const LayerLimit&, const LayerLimit&) = default;
};

// What a client said about one of its slots; it outlives the slot.
struct SlotView {
  std::optional<SlotPin> pin;
  std::optional<LayerLimit> layers;
  std::optional<uint16_t> height;   // of the picture as it is shown, in pixels
  std::optional<uint8_t> priority;  // nullopt: ours, by what is in the slot
};

// A recvonly m-line of a participant's offer: one consumer in the worker.
struct Slot {
  ConsumerId id;
  Mid mid;
  MediaKind kind = MediaKind::kAudio;
  SlotMode mode = SlotMode::kAssigned;
  SlotView view;
  std::optional<ProducerId> source;
  bool codec_unsupported = false;
  ConsumerDemand demand;  // as the worker has it
};

}  // namespace stellwerk
