#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <uv.h>

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "transport/tcp/tcp_connection.h"
#include "transport/tcp/tcp_listener.h"

namespace stellwerk {
namespace {

using namespace std::chrono_literals;

class TcpTest : public ::testing::TestWithParam<std::string> {
 protected:
  static constexpr uint64_t kFailAfterMs = 10'000;

  TcpTest() { uv_loop_init(&loop_); }
  ~TcpTest() override {
    clients_.clear();
    listener_.reset();
    at_server_.clear();
    at_client_.clear();
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0) << "a handle was left open";
  }

  void Listen(const TcpListenerOptions& options = {}, const std::string& ip = "127.0.0.1") {
    auto listener = TcpListener::Listen(
        &loop_, pool_, {.ip = *IpAddress::Parse(ip), .port = 0}, [this] { return now_; },
        [this](std::span<ReceivedDatagram> batch) {
          for (auto& datagram : batch) at_server_.push_back(std::move(datagram));
        },
        [this](const Tuple& tuple) { closed_at_server_.push_back(tuple); },
        [this](const Tuple& tuple) { return known_.contains(tuple); }, options);
    ASSERT_TRUE(listener.ok()) << listener.status();
    listener_ = *std::move(listener);
  }
  TcpConnection* Connect() {
    auto client = TcpConnection::Connect(
        &loop_, pool_, listener_->local_address(), [this] { return now_; },
        [this](const Tuple&) { ++connected_; },
        [this](std::span<ReceivedDatagram> batch) {
          for (auto& datagram : batch) at_client_.push_back(std::move(datagram));
        },
        [this](const Tuple& tuple) { closed_at_client_.push_back(tuple); });
    EXPECT_TRUE(client.ok()) << client.status();
    clients_.push_back(*std::move(client));
    return clients_.back().get();
  }
  PacketRef Packet(std::string_view text) {
    const std::vector<uint8_t> bytes(text.begin(), text.end());
    return pool_.Copy(bytes);
  }
  static std::string TextOf(const ReceivedDatagram& datagram) {
    const auto bytes = datagram.packet.bytes();
    return {bytes.begin(), bytes.end()};
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

  uv_loop_t loop_;
  Timestamp now_{1'700'000'000s};
  PacketPool pool_;
  std::unique_ptr<TcpListener> listener_;
  std::vector<std::unique_ptr<TcpConnection>> clients_;
  std::vector<ReceivedDatagram> at_server_;
  std::vector<ReceivedDatagram> at_client_;
  std::vector<Tuple> closed_at_server_;
  std::set<Tuple> known_;  // connections of sessions
  std::vector<Tuple> closed_at_client_;
  int connected_ = 0;
};

TEST_P(TcpTest, FramesTravelBothWays) {
  Listen({}, GetParam());
  TcpConnection* client = Connect();
  RunUntil([&] { return connected_ == 1; });
  client->Send(Packet("question"));
  client->Send(Packet(std::string(kMaxDatagram, 'q')));
  RunUntil([&] { return at_server_.size() == 2; });
  EXPECT_EQ(TextOf(at_server_[0]), "question");
  EXPECT_EQ(at_server_[1].packet.size(), kMaxDatagram);
  EXPECT_EQ(at_server_[0].tuple.protocol, IpProtocol::kTcp);
  EXPECT_EQ(at_server_[0].tuple.local, listener_->local_address());
  EXPECT_EQ(at_server_[0].tuple.remote, client->tuple().local);

  const std::vector<OutgoingDatagram> out = {
      {.tuple = at_server_[0].tuple, .packet = Packet("answer")}};
  listener_->Send(out);
  RunUntil([&] { return at_client_.size() == 1; });
  EXPECT_EQ(TextOf(at_client_[0]), "answer");
}
INSTANTIATE_TEST_SUITE_P(Families, TcpTest, testing::Values("127.0.0.1", "::1"),
                         [](const auto& name) { return name.param == "::1" ? "V6" : "V4"; });

using TcpListenerTest = TcpTest;

TEST_F(TcpListenerTest, EndOfAConnectionIsToldOnce) {
  Listen();
  Connect();
  RunUntil([&] { return connected_ == 1 && listener_->connection_count() == 1; });
  const Tuple client_tuple = clients_[0]->tuple();
  clients_.clear();
  RunUntil([&] { return !closed_at_server_.empty(); });
  EXPECT_THAT(closed_at_server_, testing::ElementsAre(Tuple{.protocol = IpProtocol::kTcp,
                                                            .local = listener_->local_address(),
                                                            .remote = client_tuple.local}));
  EXPECT_EQ(listener_->connection_count(), 0U);
}

TEST_F(TcpListenerTest, ClientLearnsThatTheServerWentAway) {
  Listen();
  Connect();
  RunUntil([&] { return listener_->connection_count() == 1; });
  listener_.reset();
  RunUntil([&] { return !closed_at_client_.empty(); });
}

TEST_F(TcpListenerTest, RefusedConnectionIsToldWithoutALocalPort) {
  Listen();
  const SocketAddress nobody = listener_->local_address();
  listener_.reset();
  uv_run(&loop_, UV_RUN_NOWAIT);
  auto client = TcpConnection::Connect(
      &loop_, pool_, nobody, [this] { return now_; }, [this](const Tuple&) { ++connected_; },
      [](auto) {}, [this](const Tuple& tuple) { closed_at_client_.push_back(tuple); });
  ASSERT_TRUE(client.ok());
  clients_.push_back(*std::move(client));
  RunUntil([&] { return !closed_at_client_.empty(); });
  EXPECT_EQ(connected_, 0);
  EXPECT_EQ(closed_at_client_[0].local.port, 0);
}

TEST_F(TcpListenerTest, ConnectionsBeyondTheBoundAreClosed) {
  Listen({.max_connections = 2});
  for (int i = 0; i < 3; ++i) Connect();
  RunUntil([&] { return closed_at_client_.size() == 1; });
  EXPECT_EQ(listener_->connection_count(), 2U);
  EXPECT_EQ(listener_->stats().connections_refused, 1U);
}

TEST_F(TcpListenerTest, FramesThatAreTooLongAreCountedAndTheConnectionGoesOn) {
  Listen();
  TcpConnection* client = Connect();
  RunUntil([&] { return connected_ == 1; });
  client->Send(Packet(std::string(kMaxDatagram + 1, 'x')));
  client->Send(Packet(std::string(65'535, 'x')));
  client->Send(Packet("after"));
  RunUntil([&] { return !at_server_.empty(); });
  EXPECT_EQ(TextOf(at_server_[0]), "after");
  EXPECT_EQ(listener_->stats().drops[DropReason::kTooLarge], 2U);
  EXPECT_EQ(listener_->stats().frames_received, 1U);
}

TEST_F(TcpListenerTest, StrangersAreClosedWhateverTheySend) {
  Listen();
  TcpConnection* stranger = Connect();
  TcpConnection* peer = Connect();
  RunUntil([&] { return connected_ == 2 && listener_->connection_count() == 2; });
  peer->Send(Packet("a check"));
  RunUntil([&] { return at_server_.size() == 1; });
  known_.insert(at_server_[0].tuple);
  now_ += 9s;
  stranger->Send(Packet("junk"));
  RunUntil([&] { return at_server_.size() == 2; });
  listener_->CloseIdle(now_);
  EXPECT_EQ(listener_->connection_count(), 2U);
  now_ += 1s;
  listener_->CloseIdle(now_);
  EXPECT_THAT(closed_at_server_, testing::ElementsAre(at_server_[1].tuple));
  // The peer is closed when nothing comes any more, or when its session is gone.
  now_ += 29s;
  listener_->CloseIdle(now_);
  EXPECT_EQ(listener_->connection_count(), 1U);
  now_ += 1s;
  listener_->CloseIdle(now_);
  EXPECT_EQ(listener_->connection_count(), 0U);
}

TEST_F(TcpListenerTest, ConnectionOfASessionThatIsGoneIsClosed) {
  Listen();
  TcpConnection* peer = Connect();
  RunUntil([&] { return connected_ == 1; });
  peer->Send(Packet("a check"));
  RunUntil([&] { return at_server_.size() == 1; });
  known_.insert(at_server_[0].tuple);
  now_ += 20s;
  listener_->CloseIdle(now_);
  EXPECT_EQ(listener_->connection_count(), 1U);
  known_.clear();
  listener_->CloseIdle(now_);
  EXPECT_EQ(listener_->connection_count(), 0U);
}

TEST_F(TcpListenerTest, OneAddressHasRoomForFewStrangersBesideItsSessions) {
  Listen({.max_strangers_per_ip = 2});
  TcpConnection* peer = Connect();
  RunUntil([&] { return connected_ == 1; });
  peer->Send(Packet("a check"));
  RunUntil([&] { return at_server_.size() == 1; });
  known_.insert(at_server_[0].tuple);
  for (int i = 0; i < 3; ++i) Connect();
  RunUntil([&] { return closed_at_client_.size() == 1; });
  EXPECT_EQ(listener_->connection_count(), 3U);
  EXPECT_EQ(listener_->stats().connections_refused, 1U);
}

TEST_F(TcpListenerTest, SlowReaderLosesWholeFrames) {
  Listen({.connection = {.max_queued_bytes = 100'000}});
  TcpConnection* client = Connect();
  RunUntil([&] { return connected_ == 1; });
  client->Send(Packet("hello"));
  RunUntil([&] { return at_server_.size() == 1; });
  // The loop does not run meanwhile, so the client reads nothing.
  std::vector<OutgoingDatagram> out;
  for (int i = 0; i < 20'000; ++i) {
    out.push_back({.tuple = at_server_[0].tuple,
                   .packet = Packet(std::to_string(i) + std::string(1000, '.'))});
  }
  listener_->Send(out);
  const uint64_t dropped = listener_->stats().drops[DropReason::kQueueFull];
  const uint64_t sent = listener_->stats().frames_sent;
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(dropped + sent, 20'000U);
  RunUntil([&] { return at_client_.size() == sent; });
  for (std::size_t i = 0; i < at_client_.size(); ++i) {
    EXPECT_EQ(TextOf(at_client_[i]), std::to_string(i) + std::string(1000, '.'));
  }
}

}  // namespace
}  // namespace stellwerk
