#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <uv.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "transport/udp/udp_socket.h"

namespace stellwerk {

using namespace std::chrono_literals;

// A loop with sockets on the loopback interface. Loopback is fast but not instantaneous, so a test
// runs the loop until what it waits for has come; the deadline only bounds a failure.
class UdpTest : public ::testing::TestWithParam<std::string> {
 protected:
  static constexpr uint64_t kFailAfterMs = 10'000;

  UdpTest() { uv_loop_init(&loop_); }
  ~UdpTest() override {
    sockets_.clear();
    received_.clear();
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0) << "a handle was left open";
  }

  UdpSocket& Bind(const std::string& ip, const UdpOptions& options = {}) {
    auto socket = UdpSocket::Bind(
        &loop_, pool_, {.ip = *IpAddress::Parse(ip), .port = 0}, [this] { return now_; },
        [this](std::span<ReceivedDatagram> batch) {
          ++batches_;
          largest_batch_ = std::max(largest_batch_, batch.size());
          for (ReceivedDatagram& datagram : batch) received_.push_back(std::move(datagram));
        },
        options);
    EXPECT_TRUE(socket.ok()) << socket.status();
    sockets_.push_back(*std::move(socket));
    return *sockets_.back();
  }
  OutgoingDatagram Datagram(const SocketAddress& from, const SocketAddress& to,
                            std::string_view text) {
    const std::vector<uint8_t> bytes(text.begin(), text.end());
    return {.tuple = {.protocol = IpProtocol::kUdp, .local = from, .remote = to},
            .packet = pool_.Copy(bytes)};
  }
  void RunUntil(const std::function<bool()>& done) {
    uv_timer_t timer;
    uv_timer_init(&loop_, &timer);
    bool expired = false;
    timer.data = &expired;
    uv_timer_start(
        &timer, [](uv_timer_t* t) { *static_cast<bool*>(t->data) = true; }, kFailAfterMs, 0);
    while (!done() && !expired) uv_run(&loop_, UV_RUN_ONCE);
    uv_close(static_cast<uv_handle_t*>(static_cast<void*>(&timer)), nullptr);
    uv_run(&loop_, UV_RUN_NOWAIT);
    EXPECT_FALSE(expired) << "what was waited for did not come";
  }
  static std::string TextOf(const ReceivedDatagram& datagram) {
    const auto bytes = datagram.packet.bytes();
    return {bytes.begin(), bytes.end()};
  }

  uv_loop_t loop_;
  Timestamp now_{1'700'000'000s};
  PacketPool pool_;
  int batches_ = 0;
  std::size_t largest_batch_ = 0;
  std::vector<ReceivedDatagram> received_;
  std::vector<std::unique_ptr<UdpSocket>> sockets_;
};

}  // namespace stellwerk
