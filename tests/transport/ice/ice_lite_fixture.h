#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/transport/ice/check_builder.h"
#include "transport/ice/ice_lite.h"

namespace stellwerk {

using namespace std::chrono_literals;

class IceLiteTest : public ::testing::Test {
 protected:
  // Hands the agent a check; returns its answer, or nothing.
  void Check(const Tuple& from, const CheckOptions& options = {}) {
    request_ = BuildCheck(options);
    out_.Clear();
    const auto message = StunMessage::Parse(request_);
    ASSERT_TRUE(message);
    agent_.HandleStun(now_, from, *message, changes_, out_);
  }
  std::optional<StunMessage> Answer() const {
    if (out_.datagrams.empty()) return std::nullopt;
    const auto message = StunMessage::Parse(out_.datagrams.front().packet.bytes());
    EXPECT_TRUE(message);
    return message ? std::optional(*message) : std::nullopt;
  }
  void Advance(TimeDelta delta) {
    const Timestamp end = now_ + delta;
    while (agent_.NextTimeout() <= end) {
      now_ = std::max(now_, agent_.NextTimeout());
      agent_.HandleTimeout(now_, changes_, out_);
    }
    now_ = end;
  }

  const Tuple a_ = TupleFrom("198.51.100.1:1111");
  const Tuple b_ = TupleFrom("203.0.113.2:2222");
  PacketPool pool_;
  TransportOutbox out_;
  IceChanges changes_;
  std::vector<uint8_t> request_;
  Timestamp now_{1'700'000'000s};
  IceLite agent_{pool_, {.ufrag = "ours", .pwd = "a password of 22 chars"}, now_};
};

}  // namespace stellwerk
