#include "transport/sctp/sctp_stack.h"

#include <usrsctp.h>

#include <algorithm>

#include "rtc/base/check.h"
#include "transport/sctp/usrsctp_callbacks.h"

namespace stellwerk {
namespace {

SctpStack* the_stack = nullptr;

void Configure() {
  // RFC 8831 §5 asks for partial reliability and stream reset, and for nothing else.
  usrsctp_sysctl_set_sctp_pr_enable(1);
  usrsctp_sysctl_set_sctp_reconfig_enable(1);
  usrsctp_sysctl_set_sctp_ecn_enable(0);
  usrsctp_sysctl_set_sctp_asconf_enable(0);
  usrsctp_sysctl_set_sctp_auth_enable(0);
  usrsctp_sysctl_set_sctp_nrsack_enable(0);
  usrsctp_sysctl_set_sctp_pktdrop_enable(0);
  // Packets that belong to no association get no answer.
  usrsctp_sysctl_set_sctp_blackhole(2);
  // 256 kB in fragments of one MTU are 230 chunks; the default of 512 leaves no room for a second
  // message.
  usrsctp_sysctl_set_sctp_max_chunks_on_queue(1024);
}

}  // namespace

SctpStack::SctpStack() {
  STELLWERK_CHECK(the_stack == nullptr);
  the_stack = this;
  usrsctp_init_nothreads(0, &SctpCallbacks::OnPacket, nullptr);
  Configure();
}

SctpStack::~SctpStack() {
  STELLWERK_CHECK(sockets_.empty());
  // Sockets that were closed are freed by a timer.
  constexpr int kAttempts = 100;
  for (int i = 0; i < kAttempts && usrsctp_finish() != 0; ++i) usrsctp_handle_timers(100);
  the_stack = nullptr;
}

uintptr_t SctpStack::Register(SctpSocket& socket) {
  const uintptr_t handle = next_handle_++;
  sockets_[handle] = &socket;
  usrsctp_register_address(reinterpret_cast<void*>(handle));
  return handle;
}

void SctpStack::Deregister(uintptr_t handle) {
  usrsctp_deregister_address(reinterpret_cast<void*>(handle));
  sockets_.erase(handle);
}

SctpSocket* SctpStack::Find(uintptr_t handle) {
  if (the_stack == nullptr) return nullptr;
  const auto found = the_stack->sockets_.find(handle);
  return found == the_stack->sockets_.end() ? nullptr : found->second;
}

void SctpStack::Advance(Timestamp now) {
  if (ticked_until_ == kNever) ticked_until_ = now;
  // To the millisecond: a timer that is started on a stale count fires early, and usrsctp, which
  // then looks at the wall clock too, would not find the packet overdue yet.
  const int64_t elapsed = ToMilliseconds(now - ticked_until_);
  if (elapsed <= 0) return;
  ticked_until_ += std::chrono::milliseconds(elapsed);
  constexpr int64_t kLongest = 24 * 60 * 60 * 1000;  // the timer arithmetic has 32 bits
  usrsctp_handle_timers(static_cast<uint32_t>(std::min(elapsed, kLongest)));
}

}  // namespace stellwerk
