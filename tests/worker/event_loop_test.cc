#include "worker/event_loop.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <memory>
#include <vector>

namespace stellwerk {
namespace {

using namespace std::chrono_literals;

class EventLoopTest : public ::testing::Test {
 protected:
  EventLoopTest() {
    EXPECT_EQ(uv_loop_init(&uv_), 0);
    uv_async_init(&uv_, &wake_, [](uv_async_t* wake) {
      auto& self = *static_cast<EventLoopTest*>(wake->data);
      while (self.loop_->ReadClock() < self.busy_until_) {
      }
    });
    wake_.data = this;
    loop_ =
        *EventLoop::Create(&uv_, {.on_deadline = [this](Timestamp now) { served_.push_back(now); },
                                  .on_turn_end =
                                      [this](Timestamp) {
                                        ++turns_;
                                        return served_.empty() ? deadline_ : after_;
                                      }});
  }
  ~EventLoopTest() override {
    uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
    loop_.reset();
    uv_run(&uv_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&uv_), 0);
  }
  // Whether something wakes the loop within that time.
  bool Wakes(int milliseconds) {
    pollfd poll{.fd = uv_backend_fd(&uv_), .events = POLLIN, .revents = 0};
    return ::poll(&poll, 1, milliseconds) > 0;
  }

  uv_loop_t uv_{};
  uv_async_t wake_{};
  std::unique_ptr<EventLoop> loop_;
  Timestamp busy_until_{};
  Timestamp deadline_ = kNever;  // named until it was served
  Timestamp after_ = kNever;     // and this from then on
  std::vector<Timestamp> served_;
  int turns_ = 0;
};

TEST_F(EventLoopTest, WakesForADeadlineAndServesItOnce) {
  deadline_ = loop_->ReadClock() + 2ms;
  uv_run(&uv_, UV_RUN_ONCE);  // names the deadline, and sleeps until it comes
  uv_run(&uv_, UV_RUN_NOWAIT);
  ASSERT_EQ(served_.size(), 1U);
  EXPECT_GE(served_[0], deadline_);
  EXPECT_EQ(turns_, 2);
  EXPECT_FALSE(Wakes(5));
}

TEST_F(EventLoopTest, WhatFallsDueDuringATurnIsServedAtItsEndAndWakesNobody) {
  deadline_ = loop_->ReadClock() + 20ms;
  busy_until_ = deadline_ + 1ms;
  after_ = deadline_ + 1h;
  uv_async_send(&wake_);
  uv_run(&uv_, UV_RUN_ONCE);  // woken long before, and busy until the deadline has passed
  EXPECT_TRUE(served_.empty());
  EXPECT_TRUE(Wakes(0)) << "the timer has expired meanwhile";
  // What the loop does before it would sleep again.
  uv_run(&uv_, UV_RUN_NOWAIT);
  EXPECT_EQ(served_.size(), 1U);
  EXPECT_EQ(turns_, 2);
  EXPECT_FALSE(Wakes(5)) << "it was set anew";
}

TEST_F(EventLoopTest, ADeadlineInThePastIsServedInTheNextTurn) {
  deadline_ = loop_->ReadClock() - 1s;
  uv_run(&uv_, UV_RUN_ONCE);
  EXPECT_TRUE(served_.empty()) << "sockets come first";
  EXPECT_FALSE(Wakes(5)) << "it did not sleep, so no timer had to wake it";
  uv_run(&uv_, UV_RUN_NOWAIT);
  EXPECT_EQ(served_.size(), 1U);
}

}  // namespace
}  // namespace stellwerk
