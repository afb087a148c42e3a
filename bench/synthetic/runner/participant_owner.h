#pragma once

#include <functional>

#include "bench/synthetic/participant.h"
#include "bench/synthetic/runner/swarm.h"

namespace stellwerk::synthetic {

// Who makes and ends the participants of a client. Without functions: the swarm alone.
struct ParticipantOwner {
  // Null: there is none to be had, and the owner knows why.
  std::function<Participant*(ParticipantConfig)> add = {};
  std::function<void(Participant&)> remove = {};

  [[nodiscard]] absl::StatusOr<Participant*> Add(Swarm& swarm, ParticipantConfig config) const {
    if (!add) return swarm.Add(std::move(config));
    Participant* participant = add(std::move(config));
    if (participant == nullptr) return absl::ResourceExhaustedError("no socket");
    return participant;
  }
  void Remove(Swarm& swarm, Participant& participant) const {
    if (remove) return remove(participant);
    swarm.Remove(&participant);
  }
};

}  // namespace stellwerk::synthetic
