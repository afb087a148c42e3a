#include "transport/ice/ice_controlling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>

#include "tests/transport/ice/check_builder.h"
#include "transport/ice/ice_lite.h"

namespace stellwerk {
namespace {

using namespace std::chrono_literals;

const IceParameters kClient = {.ufrag = "client", .pwd = "the client's password.."};
const IceParameters kServer = {.ufrag = "server", .pwd = "the server's password.."};

Tuple Reversed(const Tuple& tuple) {
  return {.protocol = tuple.protocol, .local = tuple.remote, .remote = tuple.local};
}

// A controlling agent and a lite one, joined without delay. `reachable` decides per pair, as the
// client sees it.
class IceControllingTest : public ::testing::Test {
 protected:
  void Run(TimeDelta duration) {
    const Timestamp end = now_ + duration;
    while (true) {
      Deliver();
      const Timestamp next = std::min(client_.NextTimeout(), server_.NextTimeout());
      if (next > end) break;
      now_ = std::max(now_, next);
      client_.HandleTimeout(now_, changes_, client_out_);
      server_.HandleTimeout(now_, changes_, server_out_);
    }
    now_ = end;
  }
  void Deliver() {
    while (!client_out_.datagrams.empty() || !server_out_.datagrams.empty()) {
      const auto to_server = std::exchange(client_out_.datagrams, {});
      for (const auto& d : to_server) {
        ++checks_sent_;
        const auto message = StunMessage::Parse(d.packet.bytes());
        ASSERT_TRUE(message);
        if (message->use_candidate()) last_nominated_ = d.tuple;
        if (reachable_(d.tuple))
          server_.HandleStun(now_, Reversed(d.tuple), *message, changes_, server_out_);
      }
      const auto to_client = std::exchange(server_out_.datagrams, {});
      for (const auto& d : to_client) {
        client_.HandleStun(now_, Reversed(d.tuple), *StunMessage::Parse(d.packet.bytes()), changes_,
                           client_out_);
      }
    }
  }

  const Tuple good_ = TupleFrom("198.51.100.1:1");
  const Tuple spare_ = TupleFrom("198.51.100.2:2");
  std::function<bool(const Tuple&)> reachable_ = [](const Tuple&) { return true; };
  PacketPool pool_;
  SeededRandom random_{7};
  Timestamp now_{1'700'000'000s};
  IceChanges changes_;
  TransportOutbox client_out_;
  TransportOutbox server_out_;
  int checks_sent_ = 0;
  std::optional<Tuple> last_nominated_;
  const std::vector<Tuple> pairs_ = {good_, spare_};
  IceControlling client_{pool_, random_, kClient, pairs_, now_};
  IceLite server_{pool_, kServer, now_};
};

TEST_F(IceControllingTest, SaysNothingBeforeItKnowsThePeer) {
  EXPECT_GE(client_.NextTimeout(), now_ + 30s);
  Run(10s);
  EXPECT_EQ(checks_sent_, 0);
}

TEST_F(IceControllingTest, WaitsForAnAnswerAsLongAsItTakes) {
  EXPECT_EQ(client_.NextTimeout(), kNever);
  client_.HandleTimeout(now_ + 5min, changes_, client_out_);
  EXPECT_EQ(client_.state(), IceState::kNew);
  EXPECT_TRUE(client_out_.datagrams.empty());
}

TEST_F(IceControllingTest, BothSidesAgreeOnTheBestPair) {
  client_.SetRemote(kServer, now_);
  Run(1s);
  EXPECT_EQ(client_.selected(), good_);
  EXPECT_EQ(server_.selected(), Reversed(good_));
  EXPECT_EQ(client_.state(), IceState::kConnected);
}

TEST_F(IceControllingTest, UnreachablePairsAreGivenUpFor) {
  reachable_ = [&](const Tuple& t) { return t == spare_; };
  client_.SetRemote(kServer, now_);
  Run(1s);
  EXPECT_EQ(client_.selected(), spare_);
  EXPECT_EQ(server_.selected(), Reversed(spare_));
}

TEST_F(IceControllingTest, LostChecksAreRepeatedWithGrowingIntervals) {
  reachable_ = [](const Tuple&) { return false; };
  client_.SetRemote(kServer, now_);
  Run(1s);
  EXPECT_EQ(checks_sent_, 6);  // per pair at 0, 250, 750 ms
  reachable_ = [](const Tuple&) { return true; };
  Run(2s);
  EXPECT_EQ(client_.selected(), good_);
}

TEST_F(IceControllingTest, KeepaliveHoldsTheSession) {
  client_.SetRemote(kServer, now_);
  Run(1s);
  checks_sent_ = 0;
  Run(5min);
  EXPECT_EQ(server_.state(), IceState::kConnected);
  EXPECT_EQ(client_.state(), IceState::kConnected);
  EXPECT_NEAR(checks_sent_, 300 / 2.5 + 300 / 4, 5);
}

TEST_F(IceControllingTest, DeadPairGivesWayAndComesBack) {
  client_.SetRemote(kServer, now_);
  Run(1s);
  reachable_ = [&](const Tuple& t) { return t != good_; };
  Run(15s);
  EXPECT_EQ(client_.selected(), spare_);
  EXPECT_EQ(server_.selected(), Reversed(spare_));
  reachable_ = [](const Tuple&) { return true; };
  Run(5s);
  EXPECT_EQ(client_.selected(), good_);
  EXPECT_EQ(server_.selected(), Reversed(good_));
}

TEST_F(IceControllingTest, PeerThatVanishedIsGoneAfterThirtySeconds) {
  client_.SetRemote(kServer, now_);
  Run(1s);
  reachable_ = [](const Tuple&) { return false; };
  Run(35s);
  EXPECT_EQ(client_.state(), IceState::kGone);
  EXPECT_EQ(server_.state(), IceState::kGone);
  EXPECT_EQ(client_.NextTimeout(), kNever);
}

TEST_F(IceControllingTest, RestartFindsThePairAgainWithNewCredentials) {
  client_.SetRemote(kServer, now_);
  Run(1s);
  const IceParameters client2 = {.ufrag = "cl-2", .pwd = "the client's next passwd"};
  const IceParameters server2 = {.ufrag = "se-2", .pwd = "the server's next passwd"};
  server_.Restart(server2, client2, now_, changes_);
  client_.Restart(client2, server2, now_, changes_);
  EXPECT_EQ(client_.selected(), good_);
  Run(1s);
  EXPECT_THAT(changes_.retired_ufrags, testing::UnorderedElementsAre("client", "server"));
  EXPECT_EQ(client_.selected(), good_);
  EXPECT_EQ(server_.selected(), Reversed(good_));
  Run(2min);
  EXPECT_EQ(server_.state(), IceState::kConnected);
}

TEST_F(IceControllingTest, ForgedAnswerIsRefused) {
  client_.SetRemote(kServer, now_);
  client_.HandleTimeout(now_, changes_, client_out_);
  const auto request = StunMessage::Parse(client_out_.datagrams.front().packet.bytes());
  std::vector<uint8_t> forged(128);
  StunWriter writer(forged, StunClass::kSuccess, kStunBinding, request->transaction_id());
  writer.AddMessageIntegrity("a guess");
  forged.resize(writer.Finish());
  client_.HandleStun(now_, good_, *StunMessage::Parse(forged), changes_, client_out_);
  EXPECT_FALSE(client_.selected());
  EXPECT_EQ(client_out_.drops[DropReason::kStunBadIntegrity], 1U);
}

TEST_F(IceControllingTest, AnswerFromAnotherAddressIsRefused) {
  client_.SetRemote(kServer, now_);
  client_.HandleTimeout(now_, changes_, client_out_);
  const auto request = StunMessage::Parse(client_out_.datagrams.front().packet.bytes());
  std::vector<uint8_t> answer(128);
  StunWriter writer(answer, StunClass::kSuccess, kStunBinding, request->transaction_id());
  writer.AddMessageIntegrity(kServer.pwd);
  answer.resize(writer.Finish());
  client_.HandleStun(now_, spare_, *StunMessage::Parse(answer), changes_, client_out_);
  EXPECT_FALSE(client_.selected());
}

TEST_F(IceControllingTest, RoleConflictIsAnsweredAndSurvived) {
  // A peer that wants to control too.
  const auto check = BuildCheck({.username = "client:server", .password = kClient.pwd});
  client_.HandleStun(now_, good_, *StunMessage::Parse(check), changes_, client_out_);
  ASSERT_EQ(client_out_.datagrams.size(), 1U);
  EXPECT_EQ(StunMessage::Parse(client_out_.datagrams[0].packet.bytes())->error_code(),
            kStunRoleConflict);
  client_out_.Clear();

  // A peer that says we should not.
  client_.SetRemote(kServer, now_);
  client_.HandleTimeout(now_, changes_, client_out_);
  const auto first = StunMessage::Parse(client_out_.datagrams.front().packet.bytes());
  const uint64_t tie_breaker = *first->ice_controlling();
  std::vector<uint8_t> conflict(128);
  StunWriter writer(conflict, StunClass::kError, kStunBinding, first->transaction_id());
  writer.AddErrorCode(kStunRoleConflict);
  writer.AddMessageIntegrity(kServer.pwd);
  conflict.resize(writer.Finish());
  client_.HandleStun(now_, good_, *StunMessage::Parse(conflict), changes_, client_out_);
  client_out_.Clear();
  now_ += 250ms;
  client_.HandleTimeout(now_, changes_, client_out_);
  const auto second = StunMessage::Parse(client_out_.datagrams.front().packet.bytes());
  // RFC 8445 §7.3.1.1: nobody has more, so the peer gives way.
  EXPECT_GT(tie_breaker, UINT64_MAX - (uint64_t{1} << 32));
  EXPECT_EQ(second->ice_controlling(), UINT64_MAX);
  EXPECT_NE(second->transaction_id(), first->transaction_id());
}

TEST_F(IceControllingTest, FullPeerThatChecksUsIsAnswered) {
  client_.SetRemote(kServer, now_);
  const Tuple reflexive = TupleFrom("203.0.113.77:7");
  const auto check =
      BuildCheck({.username = "client:server", .password = kClient.pwd, .claims_controlled = true});
  client_.HandleStun(now_, reflexive, *StunMessage::Parse(check), changes_, client_out_);
  ASSERT_EQ(client_out_.datagrams.size(), 1U);
  EXPECT_EQ(StunMessage::Parse(client_out_.datagrams[0].packet.bytes())->message_class(),
            StunClass::kSuccess);
  EXPECT_THAT(changes_.added, testing::ElementsAre(reflexive));
}

}  // namespace
}  // namespace stellwerk
