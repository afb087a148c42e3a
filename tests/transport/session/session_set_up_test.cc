#include <openssl/srtp.h>

#include "tests/transport/session/session_link.h"

namespace stellwerk {
namespace {

using testing::ElementsAre;

TEST_F(SessionLinkTest, BothEndsConnectAndAgreeOnTheAddress) {
  Establish(id_, 4000);
  EXPECT_EQ(client_.endpoint.StatsOf(id_)->selected, Pair(4000));
  EXPECT_EQ(server_.endpoint.StatsOf(id_)->selected, Reversed(Pair(4000)));
  EXPECT_TRUE(server_.endpoint.Knows(Reversed(Pair(4000))));
  EXPECT_FALSE(server_.endpoint.Knows(Reversed(Pair(4001))));
  EXPECT_EQ(server_.endpoint.StatsOf(id_)->srtp_profile, "SRTP_AEAD_AES_128_GCM");
  EXPECT_EQ(server_.EventsOf<SelectedTupleChanged>(id_).size(), 1U);
  EXPECT_EQ(server_.EventsOf<SctpConnected>(id_).size(), 1U);
  EXPECT_EQ(client_.EventsOf<SctpConnected>(id_).size(), 1U);
}

TEST_F(SessionLinkTest, ClientHelloThatComesBeforeConnectIsNotLost) {
  Add(id_, 4000);
  ConnectClient(id_);
  Run(500ms);
  EXPECT_THAT(server_.StatesOf(id_), testing::IsEmpty());
  ConnectServer(id_);
  // Well below the second after which a lost flight would be repeated.
  Run(300ms);
  EXPECT_THAT(server_.StatesOf(id_), ElementsAre(TransportState::kConnected));
  EXPECT_THAT(client_.StatesOf(id_), ElementsAre(TransportState::kConnected));
}

TEST_F(SessionLinkTest, WrongFingerprintFailsAndNothingPasses) {
  Add(id_, 4000);
  auto remote = Remote(client_, "c1", DtlsRole::kServer);
  remote.fingerprint.digest[0] ^= 1;
  ASSERT_TRUE(server_.endpoint.Connect(id_, remote, now_, server_.out).ok());
  ConnectClient(id_);
  Run(1s);
  EXPECT_THAT(server_.StatesOf(id_), ElementsAre(TransportState::kFailed));
  EXPECT_FALSE(server_.EventsOf<TransportStateChanged>(id_).front().reason.empty());
  SendRtp(server_, id_, Rtp(1, 7, "secret"));
  EXPECT_TRUE(server_.out.datagrams.empty());
  EXPECT_EQ(server_.endpoint.NextTimeout(), kNever);
}

TEST_F(SessionLinkTest, PeerWithoutACommonSrtpProfileFails) {
  ASSERT_EQ(SSL_CTX_set_tlsext_use_srtp(client_.identity.context(), "SRTP_AES128_CM_SHA1_32"), 0);
  Add(id_, 4000);
  auto to_client = Remote(client_, "c1", DtlsRole::kServer, false);
  ASSERT_TRUE(server_.endpoint.Connect(id_, to_client, now_, server_.out).ok());
  ConnectClient(id_);
  Run(1s);
  EXPECT_THAT(server_.StatesOf(id_), ElementsAre(TransportState::kFailed));
  EXPECT_EQ(server_.EventsOf<TransportStateChanged>(id_).front().reason, "no common SRTP profile");
  EXPECT_EQ(client_.StatesOf(id_).back(), TransportState::kGone) << "it was not told";
  EXPECT_EQ(server_.endpoint.NextTimeout(), kNever);
}

TEST_F(SessionLinkTest, DataChannelsNeedNoSrtpProfile) {
  ASSERT_EQ(SSL_CTX_set_tlsext_use_srtp(client_.identity.context(), "SRTP_AES128_CM_SHA1_32"), 0);
  Establish(id_, 4000);
  EXPECT_EQ(server_.EventsOf<SctpConnected>(id_).size(), 1U);
  EXPECT_EQ(server_.endpoint.StatsOf(id_)->srtp_profile, "");
}

TEST_F(SessionLinkTest, PassiveClientGetsOurClientHello) {
  Add(id_, 4000);
  ASSERT_TRUE(
      server_.endpoint.Connect(id_, Remote(client_, "c1", DtlsRole::kClient), now_, server_.out)
          .ok());
  ASSERT_TRUE(
      client_.endpoint.Connect(id_, Remote(server_, "s1", DtlsRole::kServer), now_, client_.out)
          .ok());
  Run(1s);
  EXPECT_THAT(server_.StatesOf(id_), ElementsAre(TransportState::kConnected));
  EXPECT_THAT(client_.StatesOf(id_), ElementsAre(TransportState::kConnected));
}

TEST_F(SessionLinkTest, NothingIsSentBeforeACheckCame) {
  ASSERT_TRUE(server_.endpoint.AddSession({.id = id_, .local_ice = Ice("s1")}, now_).ok());
  // Even as DTLS client, which would have something to say.
  ASSERT_TRUE(
      server_.endpoint.Connect(id_, Remote(client_, "c1", DtlsRole::kClient), now_, server_.out)
          .ok());
  SendRtp(server_, id_, Rtp(1, 7, "x"));
  server_.endpoint.SendRtcp(id_, Rtcp(7), server_.out);
  EXPECT_TRUE(server_.out.datagrams.empty());
  EXPECT_EQ(server_.out.drops[DropReason::kDtlsNotReady], 2U);
}

TEST_F(SessionLinkTest, LostChecksDelayOnly) {
  SeededRandom dice(3);
  carries_ = [&](const InFlight& packet) { return packet.bytes[0] > 3 || dice.NextU32() % 2 == 0; };
  Add(id_, 4000);
  ConnectServer(id_);
  ConnectClient(id_);
  Run(10s);
  EXPECT_THAT(client_.StatesOf(id_), ElementsAre(TransportState::kConnected));
  EXPECT_THAT(server_.StatesOf(id_), ElementsAre(TransportState::kConnected));
}

TEST_F(SessionLinkTest, RemovalTellsThePeer) {
  Establish(id_, 4000);
  client_.endpoint.RemoveSession(id_, now_, client_.out);
  Run(100ms);
  EXPECT_THAT(server_.StatesOf(id_),
              ElementsAre(TransportState::kConnected, TransportState::kGone));
  EXPECT_EQ(client_.endpoint.session_count(), 0U);
  EXPECT_EQ(client_.endpoint.NextTimeout(), kNever);
}

TEST_F(SessionLinkTest, PeerThatVanishesIsDisconnectedThenGone) {
  Establish(id_, 4000);
  carries_ = [](const InFlight&) { return false; };
  Run(15s);
  EXPECT_THAT(server_.StatesOf(id_),
              ElementsAre(TransportState::kConnected, TransportState::kDisconnected));
  Run(20s);
  EXPECT_THAT(server_.StatesOf(id_),
              ElementsAre(TransportState::kConnected, TransportState::kDisconnected,
                          TransportState::kGone));
  EXPECT_EQ(server_.endpoint.NextTimeout(), kNever);
  EXPECT_FALSE(server_.endpoint.Knows(Reversed(Pair(4000))));
}

TEST_F(SessionLinkTest, ShortBreakIsSurvived) {
  Establish(id_, 4000);
  carries_ = [](const InFlight&) { return false; };
  Run(15s);
  carries_ = [](const InFlight&) { return true; };
  Run(5s);
  EXPECT_THAT(server_.StatesOf(id_),
              ElementsAre(TransportState::kConnected, TransportState::kDisconnected,
                          TransportState::kConnected));
  SendRtp(server_, id_, Rtp(1, 7, "again"));
  Run(100ms);
  EXPECT_EQ(client_.media.size(), 1U);
}

TEST_F(SessionLinkTest, NamesThatAreTakenAreRefused) {
  Add(id_, 4000);
  EXPECT_EQ(server_.endpoint.AddSession({.id = id_, .local_ice = Ice("other")}, now_).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(
      server_.endpoint.AddSession({.id = TransportId(2), .local_ice = Ice("s1")}, now_).code(),
      absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(client_.endpoint
                .AddSession({.id = TransportId(2),
                             .local_ice = Ice("c2"),
                             .controlling = true,
                             .candidate_pairs = {Pair(4000)}},
                            now_)
                .code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(
      server_.endpoint
          .AddSession({.id = TransportId(3), .local_ice = {.ufrag = "abc", .pwd = "short"}}, now_)
          .code(),
      absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(server_.endpoint.Connect(TransportId(9), {}, now_, server_.out).code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace stellwerk
