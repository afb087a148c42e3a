#include "tests/transport/session/session_link.h"
#include "transport/stun/stun_message.h"
#include "transport/stun/stun_writer.h"

namespace stellwerk {
namespace {

using testing::ElementsAre;

TEST_F(SessionLinkTest, PeerMovesToAnotherAddressAndMediaFollows) {
  Establish(id_, 4000);
  ASSERT_TRUE(client_.endpoint.AddCandidatePair(id_, Pair(4001), now_, client_.out).ok());
  client_.endpoint.OnTupleClosed(Pair(4000), now_, client_.out);
  Run(500ms);
  EXPECT_EQ(server_.endpoint.StatsOf(id_)->selected, Reversed(Pair(4001)));
  SendRtp(server_, id_, Rtp(1, 7, "to the new place"));
  SendRtp(client_, id_, Rtp(1, 8, "from the new place"));
  Run(100ms);
  EXPECT_EQ(client_.media.size(), 1U);
  EXPECT_EQ(server_.media.size(), 1U);
  EXPECT_THAT(server_.StatesOf(id_), ElementsAre(TransportState::kConnected));
}

TEST_F(SessionLinkTest, NatRebindingIsFollowedWithinAKeepalive) {
  Establish(id_, 4000);
  // The client keeps using its port; a NAT on the way changes it.
  carries_ = [this](const InFlight& packet) {
    auto& mutable_packet = const_cast<InFlight&>(packet);
    SocketAddress& client_side =
        packet.to_server ? mutable_packet.tuple.remote : mutable_packet.tuple.local;
    if (packet.to_server) {
      client_side.port = 4999;
      return true;
    }
    if (client_side.port != 4999) return false;  // the old mapping is gone
    client_side.port = 4000;
    return true;
  };
  Run(3s);
  EXPECT_EQ(server_.endpoint.StatsOf(id_)->selected->remote.port, 4999);
  SendRtp(server_, id_, Rtp(1, 7, "through the new mapping"));
  Run(100ms);
  EXPECT_EQ(client_.media.size(), 1U);
}

TEST_F(SessionLinkTest, IceRestartLosesNothing) {
  Establish(id_, 4000);
  ASSERT_TRUE(
      server_.endpoint.RestartIce(id_, Ice("s1-new"), Ice("c1-new"), now_, server_.out).ok());
  ASSERT_TRUE(
      client_.endpoint.RestartIce(id_, Ice("c1-new"), Ice("s1-new"), now_, client_.out).ok());
  for (uint16_t i = 0; i < 100; ++i) {
    SendRtp(server_, id_, Rtp(i, 7, "down"));
    SendRtp(client_, id_, Rtp(i, 8, "up"));
    Run(10ms);
  }
  Run(100ms);
  EXPECT_EQ(client_.media.size(), 100U);
  EXPECT_EQ(server_.media.size(), 100U);
  // The old ufrag is free again, the new one is not.
  EXPECT_TRUE(
      server_.endpoint.AddSession({.id = TransportId(2), .local_ice = Ice("s1")}, now_).ok());
  EXPECT_FALSE(
      server_.endpoint.AddSession({.id = TransportId(3), .local_ice = Ice("s1-new")}, now_).ok());
  Run(1min);
  EXPECT_THAT(server_.StatesOf(id_), ElementsAre(TransportState::kConnected));
}

TEST_F(SessionLinkTest, NewSessionOnTheSamePortTakesItOver) {
  Establish(id_, 4000);
  client_.endpoint.RemoveSession(id_, now_, client_.out);
  client_.out.Clear();  // the browser crashed: no close_notify
  Establish(TransportId(2), 4000);
  SendRtp(client_, TransportId(2), Rtp(1, 8, "new"));
  Run(100ms);
  ASSERT_EQ(server_.media.size(), 1U);
  EXPECT_EQ(server_.media[0].transport, TransportId(2));
  EXPECT_FALSE(server_.endpoint.StatsOf(id_)->selected);
}

class HostileDatagramTest : public SessionLinkTest {
 protected:
  void Receive(std::span<const uint8_t> bytes) {
    server_.endpoint.HandleDatagram(now_, now_, Reversed(Pair(6666)), server_.pool.Copy(bytes),
                                    server_.out);
  }
  std::optional<uint16_t> ErrorAnswered() {
    if (server_.out.datagrams.empty()) return std::nullopt;
    return StunMessage::Parse(server_.out.datagrams.front().packet.bytes())->error_code();
  }
};

TEST_F(HostileDatagramTest, CheckWithoutCredentialsGets400NoLargerThanItself) {
  std::vector<uint8_t> bytes(40);
  StunWriter writer(bytes, StunClass::kRequest, kStunBinding, StunTransactionId{1});
  writer.AddPriority(1);
  writer.AddFingerprint();
  bytes.resize(writer.Finish());
  Receive(bytes);
  EXPECT_EQ(ErrorAnswered(), kStunBadRequest);
  EXPECT_LE(server_.out.datagrams[0].packet.size(), bytes.size());
}

TEST_F(HostileDatagramTest, CheckForNobodyGets401) {
  std::vector<uint8_t> bytes(100);
  StunWriter writer(bytes, StunClass::kRequest, kStunBinding, StunTransactionId{1});
  writer.AddUsername("nobody:me");
  writer.AddMessageIntegrity("x");
  bytes.resize(writer.Finish());
  Receive(bytes);
  EXPECT_EQ(ErrorAnswered(), kStunUnauthenticated);
  EXPECT_EQ(server_.out.drops[DropReason::kUnknownPeer], 1U);
}

TEST_F(HostileDatagramTest, JunkFromStrangersIsCountedAndNeverAnswered) {
  Establish(id_, 4000);
  SeededRandom random(11);
  for (int i = 0; i < 2000; ++i) {
    std::vector<uint8_t> bytes(1 + random.NextU32() % 200);
    random.Fill(bytes);
    if (bytes[0] <= 3) bytes[0] = 200;  // STUN has its own tests
    Receive(bytes);
  }
  EXPECT_TRUE(server_.out.datagrams.empty());
  EXPECT_GT(server_.out.drops[DropReason::kUnknownPeer], 0U);
  EXPECT_GT(server_.out.drops[DropReason::kUnknownProtocol], 0U);
}

TEST_F(HostileDatagramTest, JunkFromThePeersAddressDoesNotEndTheSession) {
  Establish(id_, 4000);
  SeededRandom random(12);
  for (int i = 0; i < 2000; ++i) {
    std::vector<uint8_t> bytes(1 + random.NextU32() % 200);
    random.Fill(bytes);
    server_.endpoint.HandleDatagram(now_, now_, Reversed(Pair(4000)), server_.pool.Copy(bytes),
                                    server_.out);
  }
  SendRtp(client_, id_, Rtp(1, 8, "still here"));
  Run(100ms);
  EXPECT_EQ(server_.media.size(), 1U);
  EXPECT_THAT(server_.StatesOf(id_), ElementsAre(TransportState::kConnected));
}

}  // namespace
}  // namespace stellwerk
