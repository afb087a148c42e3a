#pragma once

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "rtc/base/units.h"

namespace stellwerk {

class SctpAssociation;

// usrsctp, which keeps its state in globals: so there is one SctpStack in a process, it is used by
// one thread, and it outlives all associations. It runs no thread of its own: associations move its
// timers on with the `now` that they are given.
class SctpStack {
 public:
  SctpStack();
  ~SctpStack();
  SctpStack(const SctpStack&) = delete;
  SctpStack& operator=(const SctpStack&) = delete;

 private:
  friend class SctpAssociation;
  // How coarse usrsctp's timers are here.
  static constexpr TimeDelta kTick = std::chrono::milliseconds(10);

  // The handle stands for the association in usrsctp's address type. It is a number, not a pointer:
  // usrsctp puts it into cookies that travel to the peer, and calls back with handles of
  // associations that are gone.
  uintptr_t Register(SctpAssociation& association);
  void Deregister(uintptr_t handle);
  [[nodiscard]] SctpAssociation* Find(uintptr_t handle) const;
  // Runs usrsctp's timers up to `now`, of all associations: what they send waits in their queues.
  void Advance(Timestamp now);

  absl::flat_hash_map<uintptr_t, SctpAssociation*> associations_;
  uintptr_t next_handle_ = 1;
  Timestamp ticked_until_ = kNever;
};

}  // namespace stellwerk
