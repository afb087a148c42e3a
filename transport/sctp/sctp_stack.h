#pragma once

#include <chrono>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "rtc/base/units.h"

namespace stellwerk {

class SctpSocket;
struct SctpCallbacks;

// usrsctp, which keeps its state in globals: so there is one SctpStack in a process, it is used by
// one thread, and it outlives all associations. Its timers run by what associations pass as `now`.
// (usrsctp starts one thread even so, which sleeps: it is for address changes, and we have none.)
class SctpStack {
 public:
  SctpStack();
  ~SctpStack();
  SctpStack(const SctpStack&) = delete;
  SctpStack& operator=(const SctpStack&) = delete;

  // How often timers need to be looked after while an association waits for something.
  static constexpr TimeDelta kTick = std::chrono::milliseconds(10);

 private:
  friend class SctpSocket;
  friend struct SctpCallbacks;

  // The handle stands for the socket in usrsctp's address type. It is a number, not a pointer:
  // usrsctp puts it into cookies that travel to the peer, and calls back with handles of
  // sockets that are gone.
  uintptr_t Register(SctpSocket& socket);
  void Deregister(uintptr_t handle);
  // Null if the socket is gone.
  static SctpSocket* Find(uintptr_t handle);
  // Runs usrsctp's timers up to `now`, those of all associations: what they yield waits in their
  // sockets.
  void Advance(Timestamp now);

  absl::flat_hash_map<uintptr_t, SctpSocket*> sockets_;
  uintptr_t next_handle_ = 1;
  Timestamp ticked_until_ = kNever;
};

}  // namespace stellwerk
