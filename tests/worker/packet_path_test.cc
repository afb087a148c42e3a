#include "worker/packet_path.h"

#include <gtest/gtest.h>

#include <chrono>

#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"

namespace stellwerk {
namespace {

TEST(PacketPath, PacketThatFitsNoBufferIsDropped) {
  constexpr std::size_t kPrefix = 12;
  constexpr std::size_t kLargest =
      PacketPool::kSizeClasses.back() - PacketPath::kRoomBehind - kPrefix;
  const Timestamp now{std::chrono::seconds(1'700'000'000)};
  PacketPool pool;
  SeededRandom random(1);
  SctpStack sctp;
  const DtlsIdentity identity = *DtlsIdentity::Generate();
  Endpoint endpoint(pool, random, identity, sctp);
  PacketPath path(pool, random, endpoint);
  ASSERT_TRUE(path.AddRouter(RouterId(1)).ok());
  ASSERT_TRUE(path.AddTransport(RouterId(1), TransportId(2), now).ok());
  for (const std::size_t size : {kLargest, kLargest + 1}) {
    OutgoingRtp& rtp = path.rtc_outbox().rtp.emplace_back();
    rtp.transport = TransportId(2);
    rtp.prefix = {};
    rtp.prefix_size = kPrefix;
    rtp.payload_packet = pool.Allocate(size);
    rtp.payload_packet.set_size(size);
    rtp.payload_size = static_cast<uint16_t>(size);
  }
  path.Advance(now);
  EXPECT_EQ(path.rtc_outbox().drops[DropReason::kTooLarge], 1U);
  // The other one came as far as the session that is not there.
  EXPECT_EQ(path.transport_outbox().drops[DropReason::kClosed], 1U);
}

}  // namespace
}  // namespace stellwerk
