#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "tests/transport/dtls/dtls_pair.h"
#include "tests/transport/dtls/raw_dtls_peer.h"
#include "transport/dtls/dtls_session.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;

// Joins a raw client, which has sent `to_server`, and our server until both are silent.
void Converse(RawDtlsPeer& client, DtlsSession& server, std::vector<Bytes> to_server) {
  while (!to_server.empty()) {
    DtlsOutput out;
    for (const auto& datagram : std::exchange(to_server, {})) {
      server.HandleDatagram(Timestamp(), datagram, out);
    }
    for (const auto& datagram : out.datagrams) {
      for (auto& answer : client.Handle(datagram)) to_server.push_back(std::move(answer));
    }
  }
}

TEST(DtlsHandshake, JoinsClientAndServer) {
  DtlsPair pair;
  pair.Connect();
  EXPECT_EQ(pair.client.state(), DtlsState::kConnected);
  EXPECT_EQ(pair.server.state(), DtlsState::kConnected);
  EXPECT_EQ(pair.client.NextTimeout(), kNever);
  EXPECT_EQ(pair.server.NextTimeout(), kNever);
}

TEST(DtlsHandshake, KeepsEveryDatagramWithinTheMtu) {
  DtlsPair pair;
  pair.Connect();
  ASSERT_EQ(pair.server.state(), DtlsState::kConnected);
  EXPECT_GT(pair.largest_datagram, 300U);  // a certificate went over
  EXPECT_LE(pair.largest_datagram, kDtlsMtu);
}

TEST(DtlsHandshake, YieldsTheSameKeysOnBothSides) {
  DtlsPair pair;
  EXPECT_FALSE(pair.client.ExportSrtpKeys());
  pair.Connect();
  const auto client = pair.client.ExportSrtpKeys();
  const auto server = pair.server.ExportSrtpKeys();
  ASSERT_TRUE(client && server);
  EXPECT_EQ(client->local.profile, SrtpProfile::kAeadAes128Gcm);
  EXPECT_EQ(client->local.key, server->remote.key);
  EXPECT_EQ(client->local.salt, server->remote.salt);
  EXPECT_EQ(client->remote.key, server->local.key);
  EXPECT_EQ(client->remote.salt, server->local.salt);
  EXPECT_NE(client->local.key, client->remote.key);
}

TEST(DtlsHandshake, CarriesApplicationDataBothWays) {
  DtlsPair pair;
  pair.Connect();
  const Bytes ping = {1, 2, 3};
  const Bytes pong(1160, 7);
  ASSERT_TRUE(pair.client.SendApplicationData(ping, pair.from_client));
  ASSERT_TRUE(pair.server.SendApplicationData(pong, pair.from_server));
  pair.Exchange();
  EXPECT_EQ(pair.from_server.application_data, std::vector<Bytes>{ping});
  EXPECT_EQ(pair.from_client.application_data, std::vector<Bytes>{pong});
  EXPECT_LE(pair.largest_datagram, kDtlsMtu);
}

TEST(DtlsHandshake, RefusesApplicationDataThatIsTooEarlyOrTooLarge) {
  DtlsPair pair;
  EXPECT_EQ(pair.client.SendApplicationData(Bytes{1}, pair.from_client).error(),
            DropReason::kDtlsNotReady);
  pair.Connect();
  EXPECT_EQ(pair.client.SendApplicationData(Bytes(1190), pair.from_client).error(),
            DropReason::kTooLarge);
}

TEST(DtlsHandshake, FailsOnTheWrongFingerprint) {
  DtlsPair pair;
  const DtlsIdentity other = MakeIdentity();
  pair.client = DtlsSession(pair.client_identity, DtlsRole::kClient, other.fingerprint());
  pair.Connect();
  EXPECT_EQ(pair.client.state(), DtlsState::kFailed);
  EXPECT_NE(pair.client.failure_reason().find("fingerprint"), std::string::npos);
  EXPECT_FALSE(pair.client.ExportSrtpKeys());
  // The alert tells the other side.
  EXPECT_EQ(pair.server.state(), DtlsState::kFailed);
  EXPECT_EQ(pair.client.NextTimeout(), kNever);
}

TEST(DtlsHandshake, ServerFailsOnTheWrongFingerprint) {
  DtlsPair pair;
  pair.server =
      DtlsSession(pair.server_identity, DtlsRole::kServer, pair.server_identity.fingerprint());
  pair.Connect();
  EXPECT_EQ(pair.server.state(), DtlsState::kFailed);
  EXPECT_EQ(pair.client.state(), DtlsState::kFailed);
}

TEST(DtlsHandshake, DistrustsWeakHashes) {
  DtlsPair pair;
  Fingerprint weak = pair.client_identity.fingerprint();
  weak.algorithm = "md5";
  weak.digest.resize(16);
  pair.server = DtlsSession(pair.server_identity, DtlsRole::kServer, weak);
  pair.Connect();
  EXPECT_EQ(pair.server.state(), DtlsState::kFailed);
}

TEST(DtlsHandshake, WaitsForAFingerprintThatComesLate) {
  DtlsPair pair;
  pair.server = DtlsSession(pair.server_identity, DtlsRole::kServer);
  pair.Connect();
  ASSERT_EQ(pair.client.state(), DtlsState::kConnected);
  EXPECT_EQ(pair.server.state(), DtlsState::kHandshaking);
  EXPECT_FALSE(pair.server.ExportSrtpKeys());

  // What the client sends meanwhile is not lost, and not believed either.
  ASSERT_TRUE(pair.client.SendApplicationData(Bytes{42}, pair.from_client));
  pair.Exchange();
  EXPECT_TRUE(pair.from_server.application_data.empty());

  pair.server.SetRemoteFingerprint(pair.now, pair.client_identity.fingerprint(), pair.from_server);
  EXPECT_EQ(pair.server.state(), DtlsState::kConnected);
  EXPECT_EQ(pair.from_server.application_data, std::vector<Bytes>{{42}});
  EXPECT_TRUE(pair.server.ExportSrtpKeys());
}

TEST(DtlsHandshake, FailsOnAWrongFingerprintThatComesLate) {
  DtlsPair pair;
  pair.server = DtlsSession(pair.server_identity, DtlsRole::kServer);
  pair.Connect();
  ASSERT_TRUE(pair.client.SendApplicationData(Bytes{42}, pair.from_client));
  pair.Exchange();
  pair.server.SetRemoteFingerprint(pair.now, pair.server_identity.fingerprint(), pair.from_server);
  EXPECT_EQ(pair.server.state(), DtlsState::kFailed);
  EXPECT_TRUE(pair.from_server.application_data.empty());
  EXPECT_FALSE(pair.server.ExportSrtpKeys());
}

TEST(DtlsHandshake, PutsAFragmentedClientHelloTogether) {
  const DtlsIdentity client_identity = MakeIdentity();
  const DtlsIdentity server_identity = MakeIdentity();
  RawDtlsPeer client(
      client_identity,
      {.srtp_profiles = "SRTP_AEAD_AES_128_GCM", .padding_bytes = 1400, .mtu = 1200});
  DtlsSession server(server_identity, DtlsRole::kServer, client_identity.fingerprint());
  const auto hello = client.Handle({});
  ASSERT_GE(hello.size(), 2U);
  DtlsOutput out;
  server.HandleDatagram(Timestamp(), hello[0], out);
  EXPECT_TRUE(out.datagrams.empty());
  server.HandleDatagram(Timestamp(), hello[1], out);
  EXPECT_FALSE(out.datagrams.empty());
}

TEST(DtlsHandshake, FinishesWithAFragmentedClientHelloInReverseOrder) {
  const DtlsIdentity client_identity = MakeIdentity();
  const DtlsIdentity server_identity = MakeIdentity();
  RawDtlsPeer client(client_identity,
                     {.srtp_profiles = "SRTP_AEAD_AES_128_GCM", .padding_bytes = 1000, .mtu = 500});
  DtlsSession server(server_identity, DtlsRole::kServer, client_identity.fingerprint());
  auto to_server = client.Handle({});
  ASSERT_GE(to_server.size(), 3U);
  std::reverse(to_server.begin(), to_server.end());
  Converse(client, server, std::move(to_server));
  EXPECT_TRUE(client.is_finished());
  EXPECT_EQ(server.state(), DtlsState::kConnected) << server.failure_reason();
}

struct ProfileCase {
  const char* offered;
  SrtpProfile chosen;
};
class ProfileChoice : public testing::TestWithParam<ProfileCase> {};

TEST_P(ProfileChoice, FollowsOurPreferenceNotTheOrderOfTheOffer) {
  const DtlsIdentity client_identity = MakeIdentity();
  const DtlsIdentity server_identity = MakeIdentity();
  RawDtlsPeer client(client_identity, {.srtp_profiles = GetParam().offered});
  DtlsSession server(server_identity, DtlsRole::kServer, client_identity.fingerprint());
  Converse(client, server, client.Handle({}));
  ASSERT_EQ(server.state(), DtlsState::kConnected) << server.failure_reason();
  const auto keys = server.ExportSrtpKeys();
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->local.profile, GetParam().chosen);
  EXPECT_EQ(keys->remote.profile, GetParam().chosen);
}

INSTANTIATE_TEST_SUITE_P(
    Offers, ProfileChoice,
    testing::Values(
        ProfileCase{"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM",
                    SrtpProfile::kAeadAes128Gcm},
        ProfileCase{"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM", SrtpProfile::kAeadAes256Gcm},
        ProfileCase{"SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80",
                    SrtpProfile::kAes128CmSha1_80}));

TEST(DtlsHandshake, RefusesAPeerWithoutSrtp) {
  const DtlsIdentity client_identity = MakeIdentity();
  const DtlsIdentity server_identity = MakeIdentity();
  for (const char* profiles : {"", "SRTP_AES128_CM_SHA1_32"}) {
    RawDtlsPeer client(client_identity, {.srtp_profiles = profiles});
    DtlsSession server(server_identity, DtlsRole::kServer, client_identity.fingerprint());
    Converse(client, server, client.Handle({}));
    EXPECT_EQ(server.state(), DtlsState::kFailed) << profiles;
    EXPECT_NE(server.failure_reason().find("SRTP"), std::string::npos);
  }
}

TEST(DtlsHandshake, TakesAPeerWithoutSrtpWhereOnlyDataIsCarried) {
  const DtlsIdentity client_identity = MakeIdentity();
  const DtlsIdentity server_identity = MakeIdentity();
  RawDtlsPeer client(client_identity, {});
  DtlsSession server(server_identity, DtlsRole::kServer, client_identity.fingerprint(),
                     {.require_srtp = false});
  Converse(client, server, client.Handle({}));
  EXPECT_EQ(server.state(), DtlsState::kConnected);
  EXPECT_FALSE(server.ExportSrtpKeys());
}

TEST(DtlsHandshake, TellsThePeerWhenItCloses) {
  DtlsPair pair;
  pair.Connect();
  pair.server.Close(pair.from_server);
  EXPECT_EQ(pair.server.state(), DtlsState::kClosed);
  pair.Exchange();
  EXPECT_EQ(pair.client.state(), DtlsState::kClosed);
  EXPECT_EQ(pair.client.SendApplicationData(Bytes{1}, pair.from_client).error(),
            DropReason::kClosed);
}

TEST(DtlsHandshake, IgnoresJunkBeforeDuringAndAfter) {
  DtlsPair pair;
  const std::array<Bytes, 4> junk = {Bytes{22}, Bytes(1200, 22), Bytes{20, 254, 253, 0, 0},
                                     Bytes{23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 9, 0, 2, 1, 1}};
  DtlsOutput ignored;
  for (const auto& bytes : junk) pair.server.HandleDatagram(pair.now, bytes, ignored);
  pair.Connect();
  ASSERT_EQ(pair.server.state(), DtlsState::kConnected);
  for (const auto& bytes : junk) pair.server.HandleDatagram(pair.now, bytes, ignored);
  EXPECT_EQ(pair.server.state(), DtlsState::kConnected);
  EXPECT_TRUE(ignored.application_data.empty());
  ASSERT_TRUE(pair.client.SendApplicationData(Bytes{5}, pair.from_client));
  pair.Exchange();
  EXPECT_EQ(pair.from_server.application_data, std::vector<Bytes>{{5}});
}

}  // namespace
}  // namespace stellwerk
