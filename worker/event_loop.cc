#include "worker/event_loop.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "rtc/base/check.h"

namespace stellwerk {
namespace {

template <typename Handle>
void CloseAndDelete(Handle* handle) {
  handle->data = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(handle),
           [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLoop>> EventLoop::Create(uv_loop_t* loop, Callbacks callbacks) {
  const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) return absl::InternalError(std::string("timerfd: ") + std::strerror(errno));
  return std::unique_ptr<EventLoop>(new EventLoop(loop, fd, std::move(callbacks)));
}

EventLoop::EventLoop(uv_loop_t* loop, int timer_fd, Callbacks callbacks)
    : loop_(loop),
      timer_fd_(timer_fd),
      callbacks_(std::move(callbacks)),
      timer_(new uv_poll_t),
      turn_end_(new uv_prepare_t),
      hurry_(new uv_idle_t) {
  STELLWERK_CHECK(uv_poll_init(loop_, timer_, timer_fd_) == 0);
  timer_->data = this;
  // Nothing to do when it expires but to wake: the turn's end serves what is due and sets the timer
  // anew, which also takes its expiry back. So nobody has to read it.
  STELLWERK_CHECK(uv_poll_start(timer_, UV_READABLE, [](uv_poll_t*, int, int) {}) == 0);
  STELLWERK_CHECK(uv_idle_init(loop_, hurry_) == 0);
  STELLWERK_CHECK(uv_prepare_init(loop_, turn_end_) == 0);
  turn_end_->data = this;
  STELLWERK_CHECK(uv_prepare_start(turn_end_, [](uv_prepare_t* handle) {
                    static_cast<EventLoop*>(handle->data)->OnTurnEnd();
                  }) == 0);
}

EventLoop::~EventLoop() {
  uv_poll_stop(timer_);
  CloseAndDelete(timer_);
  CloseAndDelete(turn_end_);
  CloseAndDelete(hurry_);
  ::close(timer_fd_);
}

Timestamp EventLoop::Now() {
  if (!now_) now_ = clock_.Now();
  return *now_;
}

void EventLoop::ServeDeadline() {
  if (deadline_ > Now()) return;
  deadline_ = kNever;
  callbacks_.on_deadline(Now());
}

void EventLoop::OnTurnEnd() {
  // The prepare phase: everything that woke the loop has been handled, and the loop sleeps next.
  ServeDeadline();
  deadline_ = callbacks_.on_turn_end(Now());
  if (deadline_ <= Now()) {
    // More is due, but not before the sockets had their turn.
    uv_idle_start(hurry_, [](uv_idle_t* hurry) { uv_idle_stop(hurry); });
  } else if (deadline_ < armed_ || armed_ <= Now()) {
    // A timer that is set for earlier stays: it wakes the loop once for nothing, which is cheaper
    // than a system call for every deadline that moves on. One that has expired must not stay.
    Arm(deadline_);
  }
  turns_.Count(clock_.Now() - Now());
  now_.reset();
}

void EventLoop::Arm(Timestamp deadline) {
  itimerspec when{};  // zero disarms
  if (deadline != kNever) {
    const TimeDelta at = clock_.ToMonotonic(deadline);
    when.it_value.tv_sec = at.count() / 1'000'000'000;
    when.it_value.tv_nsec = at.count() % 1'000'000'000;
  }
  STELLWERK_CHECK(timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &when, nullptr) == 0);
  armed_ = deadline;
}

}  // namespace stellwerk
