#include <thread>

#include "tests/transport/session/session_link.h"

namespace stellwerk {
namespace {

using testing::ElementsAre;

// A session without data channels keeps its TLS state for kDtlsKeptAfterConnect only.
class TlsReleaseTest : public SessionLinkTest {
 protected:
  void EstablishWithoutData() {
    Add(id_, 4000);
    ConnectServerWithoutData();
    ASSERT_TRUE(
        client_.endpoint
            .Connect(id_, Remote(server_, "s1", DtlsRole::kClient, false), now_, client_.out)
            .ok());
    Run(1s);
    ASSERT_THAT(server_.StatesOf(id_), ElementsAre(TransportState::kConnected));
    ASSERT_THAT(client_.StatesOf(id_), ElementsAre(TransportState::kConnected));
  }
  void ConnectServerWithoutData() {
    ASSERT_TRUE(
        server_.endpoint
            .Connect(id_, Remote(client_, "c1", DtlsRole::kServer, false), now_, server_.out)
            .ok());
  }
  // The handshake is through for the server, but not for the client.
  void LoseTheServersLastFlight() {
    carries_ = [](const InFlight& packet) {
      const bool is_last_flight =  // ChangeCipherSpec, and what comes encrypted after it
          packet.bytes[0] == 20 || (packet.bytes[0] == 22 && packet.bytes[4] == 1);
      return packet.to_server || !is_last_flight;
    };
    Add(id_, 4000);
    ConnectServerWithoutData();
    ASSERT_TRUE(
        client_.endpoint
            .Connect(id_, Remote(server_, "s1", DtlsRole::kClient, false), now_, client_.out)
            .ok());
    Run(1s);
    ASSERT_THAT(server_.StatesOf(id_), ElementsAre(TransportState::kConnected));
  }
  // And is carried. OpenSSL's timer reads the wall clock: it begins with 100 ms, and has doubled
  // where the machine was busy.
  void RepeatTheClientsFlight() {
    bool is_repeated = false;
    carries_ = [&](const InFlight& packet) {
      is_repeated = is_repeated || (packet.to_server && packet.bytes[0] == 22);
      return true;
    };
    for (int i = 0; i < 8 && !is_repeated; ++i) {
      std::this_thread::sleep_for(120ms);
      Run(1s);
    }
    carries_ = [](const InFlight&) { return true; };
    ASSERT_TRUE(is_repeated);
  }
  absl::Status OfferData() {
    return server_.endpoint.Connect(id_, Remote(client_, "c1", DtlsRole::kServer), now_,
                                    server_.out);
  }
};

TEST_F(TlsReleaseTest, MediaGoesOnAfterTheRelease) {
  EstablishWithoutData();
  Run(kDtlsKeptAfterConnect + 1s);
  SendRtp(client_, id_, Rtp(1, 7, "still here"));
  SendRtp(server_, id_, Rtp(1, 8, "so are we"));
  server_.endpoint.SendRtcp(id_, Rtcp(8), server_.out);
  Run(100ms);
  EXPECT_EQ(server_.media.size(), 1U);
  EXPECT_EQ(client_.media.size(), 2U);
}

TEST_F(TlsReleaseTest, PeerThatClosesAfterTheReleaseIsGoneAtOnce) {
  EstablishWithoutData();
  Run(kDtlsKeptAfterConnect + 1s);
  client_.endpoint.RemoveSession(id_, now_, client_.out);
  Run(100ms);
  EXPECT_THAT(server_.StatesOf(id_),
              ElementsAre(TransportState::kConnected, TransportState::kGone));
}

TEST_F(TlsReleaseTest, ServerThatClosesAfterTheReleaseTellsThePeer) {
  EstablishWithoutData();
  Run(kDtlsKeptAfterConnect + 1s);
  server_.endpoint.RemoveSession(id_, now_, server_.out);
  Run(100ms);
  EXPECT_THAT(client_.StatesOf(id_),
              ElementsAre(TransportState::kConnected, TransportState::kGone));
}

TEST_F(TlsReleaseTest, LastFlightIsRepeatedUntilTheRelease) {
  LoseTheServersLastFlight();
  Run(kDtlsKeptAfterConnect - 10s);
  ASSERT_THAT(client_.StatesOf(id_), testing::IsEmpty());
  RepeatTheClientsFlight();
  EXPECT_THAT(client_.StatesOf(id_), ElementsAre(TransportState::kConnected));
}

TEST_F(TlsReleaseTest, LastFlightIsNotRepeatedAfterTheRelease) {
  LoseTheServersLastFlight();
  Run(kDtlsKeptAfterConnect + 1s);
  RepeatTheClientsFlight();
  EXPECT_THAT(client_.StatesOf(id_), testing::IsEmpty());
  EXPECT_THAT(server_.StatesOf(id_), ElementsAre(TransportState::kConnected));
}

TEST_F(TlsReleaseTest, DataChannelsBeforeTheReleaseKeepTheState) {
  EstablishWithoutData();
  Run(kDtlsKeptAfterConnect - 10s);
  ASSERT_TRUE(OfferData().ok());
  ASSERT_TRUE(
      client_.endpoint.Connect(id_, Remote(server_, "s1", DtlsRole::kClient), now_, client_.out)
          .ok());
  Run(1s);
  EXPECT_EQ(server_.EventsOf<SctpConnected>(id_).size(), 1U);
  Run(kDtlsKeptAfterConnect * 2);
  ASSERT_TRUE(client_.endpoint.OpenDataChannel(id_, {.label = "late"}, now_, client_.out).ok());
  Run(1s);
  EXPECT_EQ(server_.EventsOf<DataChannelOpened>(id_).size(), 1U);
}

TEST_F(TlsReleaseTest, DataChannelsAfterTheReleaseAreRefused) {
  EstablishWithoutData();
  Run(kDtlsKeptAfterConnect + 1s);
  const absl::Status status = OfferData();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("new transport"));
  // Nothing has changed for what there is.
  SendRtp(client_, id_, Rtp(1, 7, "x"));
  Run(100ms);
  EXPECT_EQ(server_.media.size(), 1U);
}

}  // namespace
}  // namespace stellwerk
