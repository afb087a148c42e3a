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

class PacketPathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(path_.AddRouter(RouterId(1)).ok());
    ASSERT_TRUE(path_.AddTransport(RouterId(1), kSubscriber, now_).ok());
  }
  // The beginning of a video frame.
  void Send(Timestamp arrival) {
    OutgoingRtp& rtp = path_.rtc_outbox().rtp.emplace_back();
    rtp.transport = kSubscriber;
    rtp.ssrc = Ssrc(7);
    rtp.prefix = {};
    rtp.prefix_size = 200;
    rtp.arrival = arrival;
    path_.Advance(now_);
  }
  // Which is how far packets come without a session.
  [[nodiscard]] uint64_t sent() { return path_.transport_outbox().drops[DropReason::kClosed]; }

  static constexpr TransportId kSubscriber{2};
  Timestamp now_{std::chrono::seconds(1'700'000'000)};
  PacketPool pool_;
  SeededRandom random_{1};
  SctpStack sctp_;
  DtlsIdentity identity_ = *DtlsIdentity::Generate();
  Endpoint endpoint_{pool_, random_, identity_, sctp_};
  PacketPath path_{pool_, random_, endpoint_, std::chrono::milliseconds(1)};
};

TEST_F(PacketPathTest, WhatWaitedInThePacerDoesNotWaitForItsFrame) {
  Send(now_);
  EXPECT_EQ(sent(), 0U) << "the rest may come with the next datagram";
  Send({});
  EXPECT_EQ(sent(), 2U) << "in their order";
  EXPECT_EQ(path_.gather_stats().timeouts, 0U);
  EXPECT_GT(path_.NextTimeout(), now_ + std::chrono::milliseconds(1));
}

TEST_F(PacketPathTest, DeadlinesOfRoomsFallOnCommonInstants) {
  now_ += std::chrono::microseconds(300);
  ProducerParameters microphone;
  microphone.kind = MediaKind::kAudio;
  microphone.codecs.emplace_back();
  microphone.encodings.resize(1);
  Router& router = *path_.FindRouter(RouterId(1));
  ASSERT_TRUE(router.AddProducer(ProducerId(1), kSubscriber, microphone, now_).ok());
  path_.TouchRouter(router);
  EXPECT_EQ(router.NextTimeout(), now_);
  EXPECT_EQ(path_.NextTimeout(), now_ + std::chrono::microseconds(700));
  path_.HandleTimeout(path_.NextTimeout());
  EXPECT_GT(path_.NextTimeout(), now_ + std::chrono::milliseconds(1));
}

TEST_F(PacketPathTest, OfRoomsThatAreDueTogetherEachHasATurnOfItsOwn) {
  ASSERT_TRUE(path_.AddRouter(RouterId(2)).ok());
  ASSERT_TRUE(path_.AddTransport(RouterId(2), TransportId(3), now_).ok());
  const Timestamp due = now_ + std::chrono::seconds(2);  // long past what both would do by then
  path_.HandleTimeout(due);
  EXPECT_LE(path_.NextTimeout(), due);
  path_.HandleTimeout(due);
  EXPECT_GT(path_.NextTimeout(), due);
}

}  // namespace
}  // namespace stellwerk
