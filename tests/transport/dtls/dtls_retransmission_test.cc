// OpenSSL's retransmission timer reads the wall clock, so these tests wait in real time: as long as
// a lost flight costs (100 ms at first), bounded by a deadline, without a fixed sleep.
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <chrono>

#include "tests/transport/dtls/dtls_pair.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

// Our clock at the pace of the wall clock.
void Settle(DtlsPair& pair) {
  const auto started = std::chrono::steady_clock::now();
  const Timestamp epoch = pair.now;
  while (std::chrono::steady_clock::now() - started < std::chrono::seconds(20)) {
    pair.Exchange();
    const Timestamp next = std::min(pair.client.NextTimeout(), pair.server.NextTimeout());
    if (next == kNever) return;
    const auto wait = std::chrono::duration_cast<milliseconds>(next - pair.now).count();
    poll(nullptr, 0, static_cast<int>(std::clamp<int64_t>(wait + 1, 1, 1000)));
    pair.now =
        epoch + std::chrono::duration_cast<TimeDelta>(std::chrono::steady_clock::now() - started);
    pair.client.HandleTimeout(pair.now, pair.from_client);
    pair.server.HandleTimeout(pair.now, pair.from_server);
  }
}

class LostDatagram : public testing::TestWithParam<int> {};

TEST_P(LostDatagram, IsHealedByRetransmission) {
  DtlsPair pair;
  pair.loses = [](int number) { return number == GetParam(); };
  pair.client.Start(pair.now, pair.from_client);
  Settle(pair);
  EXPECT_EQ(pair.client.state(), DtlsState::kConnected) << pair.client.failure_reason();
  EXPECT_EQ(pair.server.state(), DtlsState::kConnected) << pair.server.failure_reason();
}

// The ClientHello, the server's flight, the client's second flight, the server's Finished.
INSTANTIATE_TEST_SUITE_P(EachFlight, LostDatagram, testing::Range(0, 4));

TEST(DtlsRetransmission, HasADeadlineWhileTheHandshakeRuns) {
  DtlsPair pair;
  EXPECT_EQ(pair.client.NextTimeout(), kNever);
  pair.client.Start(pair.now, pair.from_client);
  EXPECT_GT(pair.client.NextTimeout(), pair.now);
  EXPECT_LE(pair.client.NextTimeout(), pair.now + milliseconds(100));
}

TEST(DtlsRetransmission, DoesNothingBeforeItsDeadline) {
  DtlsPair pair;
  pair.client.Start(pair.now, pair.from_client);
  pair.from_client.datagrams.clear();
  pair.client.HandleTimeout(pair.now, pair.from_client);
  EXPECT_TRUE(pair.from_client.datagrams.empty());
}

}  // namespace
}  // namespace stellwerk
