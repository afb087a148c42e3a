#include <gtest/gtest.h>

#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "tests/transport/dtls/dtls_pair.h"
#include "transport/dtls/dtls_session.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;

// One of the ciphers that we take, by OpenSSL's name.
class DtlsRelease : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    for (const auto* identity : {&pair_.client_identity, &pair_.server_identity}) {
      ASSERT_EQ(SSL_CTX_set_cipher_list(identity->context(), GetParam().c_str()), 1);
    }
    // The sessions took the list when they were made.
    pair_.client =
        DtlsSession(pair_.client_identity, DtlsRole::kClient, pair_.server_identity.fingerprint());
    pair_.server =
        DtlsSession(pair_.server_identity, DtlsRole::kServer, pair_.client_identity.fingerprint());
    pair_.Connect();
    ASSERT_EQ(pair_.client.state(), DtlsState::kConnected);
    ASSERT_EQ(pair_.server.state(), DtlsState::kConnected);
  }

  DtlsPair pair_;
};

TEST_P(DtlsRelease, ServerStillTakesThePeersCloseNotify) {
  pair_.server.Release();
  EXPECT_TRUE(pair_.server.released());
  EXPECT_EQ(pair_.server.state(), DtlsState::kConnected);
  pair_.client.Close(pair_.from_client);
  ASSERT_EQ(pair_.from_client.datagrams.size(), 1U);
  pair_.Exchange();
  EXPECT_EQ(pair_.server.state(), DtlsState::kClosed);
}

TEST_P(DtlsRelease, PeerUnderstandsTheServersCloseNotify) {
  pair_.server.Release();
  pair_.server.Close(pair_.from_server);
  EXPECT_EQ(pair_.server.state(), DtlsState::kClosed);
  ASSERT_EQ(pair_.from_server.datagrams.size(), 1U);
  pair_.Exchange();
  EXPECT_EQ(pair_.client.state(), DtlsState::kClosed);
}

TEST_P(DtlsRelease, TwoReleasedSessionsUnderstandEachOther) {
  pair_.server.Release();
  pair_.client.Release();
  pair_.client.Close(pair_.from_client);
  pair_.Exchange();
  EXPECT_EQ(pair_.server.state(), DtlsState::kClosed);
}

TEST_P(DtlsRelease, ForgedAndCutAlertsAreNone) {
  pair_.server.Release();
  pair_.client.Close(pair_.from_client);
  ASSERT_EQ(pair_.from_client.datagrams.size(), 1U);
  const Bytes alert = std::exchange(pair_.from_client.datagrams, {}).front();
  for (std::size_t i = 0; i < alert.size(); ++i) {
    Bytes forged = alert;
    forged[i] ^= 1;
    pair_.server.HandleDatagram(pair_.now, forged, pair_.from_server);
    ASSERT_EQ(pair_.server.state(), DtlsState::kConnected) << "byte " << i;
    pair_.server.HandleDatagram(pair_.now, {alert.data(), i}, pair_.from_server);
    ASSERT_EQ(pair_.server.state(), DtlsState::kConnected) << "cut to " << i;
  }
  EXPECT_TRUE(pair_.from_server.datagrams.empty());
  // The true one, behind another record in its datagram.
  Bytes two = {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, 3, 1, 2, 3};
  two.insert(two.end(), alert.begin(), alert.end());
  pair_.server.HandleDatagram(pair_.now, two, pair_.from_server);
  EXPECT_EQ(pair_.server.state(), DtlsState::kClosed);
}

TEST_P(DtlsRelease, DataIsRefusedAndNotTaken) {
  pair_.server.Release();
  const Bytes data = {1, 2, 3};
  EXPECT_EQ(pair_.server.SendApplicationData(data, pair_.from_server).error(), DropReason::kClosed);
  ASSERT_TRUE(pair_.client.SendApplicationData(data, pair_.from_client));
  pair_.Exchange();
  EXPECT_TRUE(pair_.from_server.application_data.empty());
  EXPECT_EQ(pair_.server.state(), DtlsState::kConnected);
  EXPECT_EQ(pair_.server.NextTimeout(), kNever);
  EXPECT_FALSE(pair_.server.ExportSrtpKeys());
}

INSTANTIATE_TEST_SUITE_P(Ciphers, DtlsRelease,
                         ::testing::Values("ECDHE-ECDSA-AES128-GCM-SHA256",
                                           "ECDHE-ECDSA-AES256-GCM-SHA384",
                                           "ECDHE-ECDSA-CHACHA20-POLY1305"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(DtlsReleaseTooEarly, ChangesNothing) {
  DtlsPair pair;
  pair.server.Release();
  EXPECT_FALSE(pair.server.released());
  pair.Connect();
  EXPECT_EQ(pair.server.state(), DtlsState::kConnected);
}

}  // namespace
}  // namespace stellwerk
