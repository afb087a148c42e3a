#pragma once

#include <optional>
#include <span>
#include <vector>

#include "controller/room/slot.h"

namespace stellwerk {

// A track that could be shown.
struct AssignableSource {
  ProducerId id;
  ParticipantId owner;
  std::string_view identity;  // of the owner
  MediaKind kind = MediaKind::kVideo;
  TrackSource source = TrackSource::kCamera;
  bool muted = false;
  // The owner's place among those who spoke last, 0 = the last; nullopt = never spoke.
  std::optional<std::size_t> spoke;
};

// Orders tracks, the most wanted first: screens, then those who spoke last, then as they were (the
// order of joining); muted ones after all others.
void RankSources(std::vector<AssignableSource>& sources);

// Which track each of one listener's slots shows. `ranked`: the most wanted first. Pinned slots get
// what they are pinned to, the others the most wanted rest, never the listener's own; a track that
// stays shown stays in its slot, so that nobody's picture jumps. When there are slots for all,
// speaking changes nothing.
std::vector<std::optional<ProducerId>> AssignSlots(std::span<const Slot> slots,
                                                   std::span<const AssignableSource> ranked,
                                                   ParticipantId listener);

}  // namespace stellwerk
