#include "tests/transport/session/session_link.h"

namespace stellwerk {
namespace {

using testing::ElementsAre;

TEST_F(SessionLinkTest, RtpAndRtcpArriveAsTheyWereSent) {
  Establish(id_, 4000);
  const auto up = Rtp(100, 0xAAAA, "from the client");
  const auto down = Rtp(200, 0xBBBB, "from the server");
  SendRtp(client_, id_, up);
  SendRtp(server_, id_, down);
  client_.endpoint.SendRtcp(id_, Rtcp(0xAAAA), client_.out);
  for (const auto& datagram : client_.out.datagrams) {
    EXPECT_EQ(std::search(datagram.packet.bytes().begin(), datagram.packet.bytes().end(),
                          up.begin() + 12, up.end()),
              datagram.packet.bytes().end())
        << "the payload is on the wire in the clear";
  }
  Run(100ms);
  ASSERT_EQ(server_.media.size(), 2U);
  EXPECT_EQ(BytesOf(server_.media[0]), up);
  EXPECT_FALSE(server_.media[0].is_rtcp);
  EXPECT_EQ(now_ - server_.media[0].arrival, 81ms)
      << "the kernel's stamp is passed on, not the time of reading";
  EXPECT_EQ(BytesOf(server_.media[1]), Rtcp(0xAAAA));
  EXPECT_TRUE(server_.media[1].is_rtcp);
  ASSERT_EQ(client_.media.size(), 1U);
  EXPECT_EQ(BytesOf(client_.media[0]), down);
}

TEST_F(SessionLinkTest, LossAndReorderingOfMediaAreHarmless) {
  Establish(id_, 4000);
  SeededRandom dice(5);
  int lost = 0;
  carries_ = [&](const InFlight& packet) {
    const bool loses = packet.bytes[0] >= 128 && dice.NextU32() % 10 == 0;
    lost += loses ? 1 : 0;
    return !loses;
  };
  for (uint16_t i = 0; i < 1000; ++i) {
    SendRtp(client_, id_, Rtp(static_cast<uint16_t>(30'000 + (i ^ 1)), 0xAAAA, "payload"));
    Run(1ms);
  }
  Run(100ms);
  EXPECT_GT(lost, 50);
  EXPECT_EQ(server_.media.size(), 1000U - static_cast<unsigned>(lost));
}

TEST_F(SessionLinkTest, WhatIsOnlyCountedIsPassedOnAsItCame) {
  Establish(id_, 4000);
  server_.endpoint.SetReceiveMode(id_, Ssrc(0xAAAA), ReceiveMode::kCountOnly);
  const auto counted = Rtp(100, 0xAAAA, "from the client");
  const auto decrypted = Rtp(200, 0xBBBB, "from the client, too");
  SendRtp(client_, id_, counted);
  SendRtp(client_, id_, decrypted);
  client_.endpoint.SendRtcp(id_, Rtcp(0xAAAA), client_.out);
  const std::vector<uint8_t> wire(client_.out.datagrams[0].packet.bytes().begin(),
                                  client_.out.datagrams[0].packet.bytes().end());
  Run(100ms);
  ASSERT_EQ(server_.media.size(), 3U);
  EXPECT_TRUE(server_.media[0].is_protected);
  EXPECT_EQ(BytesOf(server_.media[0]), wire);
  EXPECT_EQ(server_.media[0].wire_size, wire.size());
  EXPECT_FALSE(server_.media[1].is_protected);
  EXPECT_EQ(BytesOf(server_.media[1]), decrypted);
  EXPECT_GT(server_.media[1].wire_size, decrypted.size());
  EXPECT_FALSE(server_.media[2].is_protected);
  EXPECT_EQ(BytesOf(server_.media[2]), Rtcp(0xAAAA));
  // And back.
  server_.endpoint.SetReceiveMode(id_, Ssrc(0xAAAA), ReceiveMode::kDecrypt);
  SendRtp(client_, id_, Rtp(101, 0xAAAA, "again"));
  Run(100ms);
  ASSERT_EQ(server_.media.size(), 4U);
  EXPECT_EQ(BytesOf(server_.media[3]), Rtp(101, 0xAAAA, "again"));
}

TEST_F(SessionLinkTest, ReplayedMediaIsDropped) {
  Establish(id_, 4000);
  std::optional<InFlight> copy;
  carries_ = [&](const InFlight& packet) {
    if (packet.bytes[0] == 0x80) copy = packet;
    return true;
  };
  SendRtp(client_, id_, Rtp(1, 0xAAAA, "once"));
  Run(50ms);
  ASSERT_TRUE(copy);
  copy->at = now_;
  in_flight_.push_back(*copy);
  Run(50ms);
  EXPECT_EQ(server_.media.size(), 1U);
  EXPECT_EQ(server_.out.drops[DropReason::kSrtpReplayed], 1U);
  EXPECT_EQ(server_.endpoint.StatsOf(id_)->packets_replayed, 1U);
}

TEST_F(SessionLinkTest, OneIndexIsNeverProtectedTwice) {
  Establish(id_, 4000);
  SendRtp(client_, id_, Rtp(1, 0xAAAA, "once"));
  SendRtp(client_, id_, Rtp(1, 0xAAAA, "other bytes"));
  EXPECT_EQ(client_.out.datagrams.size(), 1U);
  EXPECT_EQ(client_.out.drops[DropReason::kDuplicate], 1U);
}

TEST_F(SessionLinkTest, PacketWithoutTailroomIsSentToo) {
  Establish(id_, 4000);
  const auto packet = Rtp(1, 0xAAAA, std::string(128 - 12, 'x'));  // fills its size class
  client_.endpoint.SendRtp(id_, client_.pool.Copy(packet), client_.out);
  client_.endpoint.Flush(client_.out);
  Run(100ms);
  ASSERT_EQ(server_.media.size(), 1U);
  EXPECT_EQ(BytesOf(server_.media[0]), packet);
}

TEST_F(SessionLinkTest, DataChannelsCarryMessagesBothWays) {
  Establish(id_, 4000);
  const auto stream = client_.endpoint.OpenDataChannel(id_, {.label = "chat", .protocol = "text"},
                                                       now_, client_.out);
  ASSERT_TRUE(stream.ok()) << stream.status();
  EXPECT_EQ(stream->value() % 2, 0) << "RFC 8832 §6: the DTLS client takes even streams";
  const std::vector<uint8_t> hello = {'h', 'e', 'l', 'l', 'o'};
  ASSERT_TRUE(client_.endpoint.SendData(id_, *stream, false, hello, now_, client_.out));
  Run(1s);
  const auto opened = server_.EventsOf<DataChannelOpened>(id_);
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(opened[0].channel, (DataChannelParameters{.label = "chat", .protocol = "text"}));
  ASSERT_EQ(server_.data.size(), 1U);
  EXPECT_EQ(server_.data[0].bytes, hello);
  EXPECT_FALSE(server_.data[0].is_binary);

  std::vector<uint8_t> large(50'000);
  server_.random.Fill(large);
  ASSERT_TRUE(server_.endpoint.SendData(id_, opened[0].stream, true, large, now_, server_.out));
  Run(3s);
  ASSERT_EQ(client_.data.size(), 1U);
  EXPECT_EQ(client_.data[0].bytes, large);
  EXPECT_TRUE(client_.data[0].is_binary);

  client_.endpoint.CloseDataChannel(id_, *stream, now_, client_.out);
  Run(1s);
  EXPECT_EQ(server_.EventsOf<DataChannelClosed>(id_).size(), 1U);
}

TEST_F(SessionLinkTest, LimitsOfADataChannelAreToldInTheirWholeRange) {
  Establish(id_, 4000);
  const DataChannelParameters resends{
      .label = "a", .ordered = false, .max_retransmits = 0xFFFF'FFFF};
  const DataChannelParameters lifetime{.label = "b", .max_lifetime_ms = 0x8000'0000};
  for (const auto& channel : {resends, lifetime})
    ASSERT_TRUE(client_.endpoint.OpenDataChannel(id_, channel, now_, client_.out).ok());
  Run(1s);
  const auto opened = server_.EventsOf<DataChannelOpened>(id_);
  ASSERT_EQ(opened.size(), 2U);
  EXPECT_EQ(opened[0].channel, resends);
  EXPECT_EQ(opened[1].channel, lifetime);
}

TEST_F(SessionLinkTest, SsrcsThatWereSentWithAreRemembered) {
  Establish(id_, 4000);
  EXPECT_FALSE(server_.endpoint.HasSentWith(id_, Ssrc(0xAAAA)));
  SendRtp(server_, id_, Rtp(1, 0xAAAA, "x"));
  EXPECT_TRUE(server_.endpoint.HasSentWith(id_, Ssrc(0xAAAA)));
  EXPECT_FALSE(server_.endpoint.HasSentWith(id_, Ssrc(0xBBBB)));
  EXPECT_FALSE(server_.endpoint.HasSentWith(TransportId(2), Ssrc(0xAAAA)));
}

TEST_F(SessionLinkTest, ServerOpensChannelsOnOddStreams) {
  Establish(id_, 4000);
  const auto stream = server_.endpoint.OpenDataChannel(id_, {.label = "to you"}, now_, server_.out);
  ASSERT_TRUE(stream.ok()) << stream.status();
  EXPECT_EQ(stream->value() % 2, 1);
  Run(1s);
  EXPECT_EQ(client_.EventsOf<DataChannelOpened>(id_).size(), 1U);
}

TEST_F(SessionLinkTest, DataChannelNeedsItsNegotiation) {
  Add(id_, 4000);
  EXPECT_EQ(
      server_.endpoint.OpenDataChannel(id_, {.label = "x"}, now_, server_.out).status().code(),
      absl::StatusCode::kFailedPrecondition);
}

TEST_F(SessionLinkTest, SessionsDoNotHearEachOther) {
  Establish(id_, 4000);
  Establish(TransportId(2), 4002);
  SendRtp(client_, TransportId(2), Rtp(1, 0xAAAA, "two"));
  Run(100ms);
  ASSERT_EQ(server_.media.size(), 1U);
  EXPECT_EQ(server_.media[0].transport, TransportId(2));
}

}  // namespace
}  // namespace stellwerk
