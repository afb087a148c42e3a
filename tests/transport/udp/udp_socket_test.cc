#include "transport/udp/udp_socket.h"

#include <array>
#include <string>
#include <vector>

#include "rtc/base/random.h"
#include "tests/transport/udp/udp_fixture.h"

namespace stellwerk {
namespace {

TEST_P(UdpTest, DatagramsArriveWithBothAddresses) {
  UdpSocket& a = Bind(GetParam());
  UdpSocket& b = Bind(GetParam());
  EXPECT_NE(a.local_address().port, 0);
  const std::vector<OutgoingDatagram> out = {Datagram(a.local_address(), b.local_address(), "one"),
                                             Datagram(a.local_address(), b.local_address(), "two")};
  a.Send(out);
  RunUntil([&] { return received_.size() == 2; });
  EXPECT_EQ(TextOf(received_[0]), "one");
  EXPECT_EQ(TextOf(received_[1]), "two");
  EXPECT_EQ(received_[0].tuple, (Tuple{.protocol = IpProtocol::kUdp,
                                       .local = b.local_address(),
                                       .remote = a.local_address()}));
  EXPECT_EQ(a.stats().datagrams_sent, 2U);
  EXPECT_EQ(a.stats().send_calls, 1U);
  EXPECT_EQ(b.stats().bytes_received, 6U);
}

TEST_P(UdpTest, BurstArrivesInBatchesInOrder) {
  UdpSocket& a = Bind(GetParam());
  UdpSocket& b = Bind(GetParam());
  std::vector<OutgoingDatagram> out;
  for (int i = 0; i < 500; ++i) {
    out.push_back(Datagram(a.local_address(), b.local_address(), std::to_string(i)));
  }
  a.Send(out);
  RunUntil([&] { return received_.size() == 500; });
  for (std::size_t i = 0; i < received_.size(); ++i)
    EXPECT_EQ(TextOf(received_[i]), std::to_string(i));
  EXPECT_LE(batches_, 20) << "500 datagrams were waiting: at least 64 a batch";
  EXPECT_EQ(a.stats().send_calls, 1U);
}

TEST_P(UdpTest, WithoutOffloadEachDatagramIsAMessage) {
  UdpSocket& a = Bind(GetParam(), {.send_offload = false});
  UdpSocket& b = Bind(GetParam(), {.receive_offload = false});
  std::vector<OutgoingDatagram> out;
  for (int i = 0; i < 100; ++i) {
    out.push_back(Datagram(a.local_address(), b.local_address(), std::string(1200, 'x')));
  }
  a.Send(out);
  RunUntil([&] { return received_.size() == 100; });
  EXPECT_EQ(a.stats().send_messages, 100U);
  EXPECT_EQ(a.stats().segmented, 0U);
  EXPECT_EQ(b.stats().receive_messages, 100U);
  EXPECT_EQ(b.stats().receive_merged, 0U);
}

TEST_P(UdpTest, RunsOfOneSizeTravelAsOneMessageAndArriveAsTheyWere) {
  UdpSocket& a = Bind(GetParam());
  UdpSocket& b = Bind(GetParam());
  UdpSocket& singly = Bind(GetParam(), {.receive_offload = false});
  std::vector<OutgoingDatagram> out;
  std::vector<std::string> sent;
  // Two bursts for each, packet by packet as a fan-out makes them; each burst's last is shorter.
  for (int i = 0; i < 8; ++i) {
    sent.push_back(std::to_string(i) + std::string(i % 4 == 3 ? 700 : 1100, 'x'));
    for (const UdpSocket* to : {&b, &singly}) {
      out.push_back(Datagram(a.local_address(), to->local_address(), sent.back()));
    }
  }
  a.Send(out);
  RunUntil([&] { return received_.size() == 16; });
  EXPECT_EQ(a.stats().datagrams_sent, 16U);
  EXPECT_EQ(a.stats().send_messages, 4U);
  EXPECT_EQ(a.stats().segmented, 16U);
  EXPECT_EQ(b.stats().receive_messages, 2U);
  EXPECT_EQ(b.stats().receive_merged, 8U);
  EXPECT_EQ(singly.stats().receive_messages, 8U);
  for (const UdpSocket* to : {&b, &singly}) {
    std::vector<std::string> got;
    for (const ReceivedDatagram& datagram : received_) {
      if (datagram.tuple.local == to->local_address()) got.push_back(TextOf(datagram));
    }
    EXPECT_EQ(got, sent);
  }
}

TEST_P(UdpTest, AnySizesInAnyOrderArriveWholeAndInTheirOrder) {
  UdpSocket& a = Bind(GetParam());
  UdpSocket& b = Bind(GetParam());
  SeededRandom random(testing::UnitTest::GetInstance()->random_seed());
  std::vector<std::string> sent;
  std::vector<OutgoingDatagram> out;
  for (int i = 0; i < 400; ++i) {
    // Few sizes, so that there are runs; none above what a datagram may have; some empty.
    constexpr std::array<std::size_t, 5> kSizes = {0, 1, 200, 1200, kMaxDatagram};
    sent.emplace_back(kSizes[random.NextU64() % (random.NextU64() % kSizes.size() + 1)],
                      static_cast<char>('a' + i % 26));
    out.push_back(Datagram(a.local_address(), b.local_address(), sent.back()));
  }
  a.Send(out);
  RunUntil([&] { return received_.size() == sent.size(); });
  for (std::size_t i = 0; i < sent.size(); ++i) ASSERT_EQ(TextOf(received_[i]), sent[i]) << i;
}

TEST_P(UdpTest, FloodIsHandedOnInBoundedBatches) {
  UdpSocket& a = Bind(GetParam());
  UdpSocket& b = Bind(GetParam());
  std::vector<OutgoingDatagram> out;
  for (int i = 0; i < 3000; ++i) {
    out.push_back(Datagram(a.local_address(), b.local_address(), std::string(100, 'x')));
  }
  a.Send(out);
  RunUntil([&] { return received_.size() == 3000; });
  EXPECT_LE(largest_batch_, UdpSocket::kBatch);
  EXPECT_GT(largest_batch_, ReceiveBatch::kMessages) << "messages of several datagrams";
}

TEST_P(UdpTest, SocketsOfAThreadShareTheirMemory) {
  const auto memory = MakeUdpMemory();
  UdpSocket& a = Bind(GetParam(), {.memory = memory});
  UdpSocket& b = Bind(GetParam(), {.memory = memory});
  for (int i = 0; i < 3; ++i) {
    const std::vector<OutgoingDatagram> out = {
        Datagram(a.local_address(), b.local_address(), "to b"),
        Datagram(b.local_address(), a.local_address(), "to a")};
    a.Send(out);
    b.Send(out);
  }
  RunUntil([&] { return received_.size() == 6; });
  for (const ReceivedDatagram& datagram : received_) {
    EXPECT_EQ(TextOf(datagram), datagram.tuple.local == a.local_address() ? "to a" : "to b");
  }
}

TEST_P(UdpTest, StatsTellTheBuffersThatTheKernelGranted) {
  UdpSocket& a = Bind(GetParam(), {.receive_buffer_bytes = 100'000, .send_buffer_bytes = 50'000});
  EXPECT_EQ(a.stats().receive_buffer_bytes, 100'000U);
  EXPECT_EQ(a.stats().send_buffer_bytes, 50'000U);
}

TEST_P(UdpTest, ArrivalIsTheKernelsStampOnOurClock) {
  UdpSocket& a = Bind(GetParam());
  UdpSocket& b = Bind(GetParam());
  const std::vector<OutgoingDatagram> out = {Datagram(a.local_address(), b.local_address(), "x")};
  a.Send(out);
  RunUntil([&] { return received_.size() == 1; });
  EXPECT_LE(received_[0].arrival, now_);
  EXPECT_GT(received_[0].arrival, now_ - 5s);
  EXPECT_NE(received_[0].arrival, now_)
      << "no stamp of the kernel: some time passes between it and our reading";
}

TEST_P(UdpTest, CountsHowLongWhatWasForwardedTook) {
  UdpSocket& a = Bind(GetParam());
  UdpSocket& b = Bind(GetParam());
  std::vector<OutgoingDatagram> out;
  for (const auto took : {0us, 2000us, 3000us}) {
    out.push_back(Datagram(a.local_address(), b.local_address(), "forwarded"));
    out.back().packet.set_arrival(now_ - took);
  }
  out.push_back(Datagram(a.local_address(), b.local_address(), "made here"));
  a.Send(out);
  EXPECT_EQ(a.stats().datagrams_sent, 4U);
  const TransitCounters& transit = a.stats().transit;
  EXPECT_EQ(transit.packets, 3U);
  EXPECT_THAT(transit.longer, ::testing::ElementsAre(2, 2, 1, 0, 0, 0, 0));
}

TEST_P(UdpTest, ForeignDatagramsOfAnOutboxAreLeftToOthers) {
  UdpSocket& a = Bind(GetParam());
  UdpSocket& b = Bind(GetParam());
  std::vector<OutgoingDatagram> out = {Datagram(a.local_address(), b.local_address(), "from a"),
                                       Datagram(b.local_address(), a.local_address(), "from b"),
                                       Datagram(a.local_address(), b.local_address(), "by tcp")};
  out[2].tuple.protocol = IpProtocol::kTcp;
  a.Send(out);
  b.Send(out);
  RunUntil([&] { return received_.size() == 2; });
  EXPECT_EQ(a.stats().datagrams_sent, 1U);
  EXPECT_EQ(b.stats().datagrams_sent, 1U);
}

TEST_P(UdpTest, OversizedDatagramIsDroppedAndCounted) {
  UdpSocket& a = Bind(GetParam());
  UdpSocket& b = Bind(GetParam());
  const std::vector<OutgoingDatagram> out = {
      Datagram(a.local_address(), b.local_address(), std::string(3000, 'x')),
      Datagram(a.local_address(), b.local_address(), "small")};
  a.Send(out);
  RunUntil([&] { return !received_.empty(); });
  EXPECT_EQ(TextOf(received_[0]), "small");
  EXPECT_EQ(b.stats().drops[DropReason::kTooLarge], 1U);
}

TEST_P(UdpTest, RefusedDatagramDoesNotHoldUpTheNext) {
  UdpSocket& a = Bind(GetParam());
  UdpSocket& b = Bind(GetParam());
  const std::vector<OutgoingDatagram> out = {
      Datagram(a.local_address(), {.ip = b.local_address().ip, .port = 0},
               "port 0 can't be sent to"),
      Datagram(a.local_address(), b.local_address(), "good")};
  a.Send(out);
  RunUntil([&] { return !received_.empty(); });
  EXPECT_EQ(TextOf(received_[0]), "good");
  EXPECT_EQ(a.stats().drops[DropReason::kSocketError], 1U);
}

// A full send buffer can't be made on loopback at will (the receiver's buffer drops first), so what
// is checked is that the books balance, whatever the kernel did.
TEST_P(UdpTest, WhatIsOfferedIsSentQueuedOrCounted) {
  UdpSocket& a = Bind(GetParam(), {.send_buffer_bytes = 4096, .max_queued = 10});
  UdpSocket& b = Bind(GetParam());
  std::vector<OutgoingDatagram> out;
  for (int i = 0; i < 300; ++i) {
    out.push_back(Datagram(a.local_address(), b.local_address(), std::string(1200, 'x')));
  }
  a.Send(out);
  RunUntil(
      [&] { return a.stats().datagrams_sent + a.stats().drops[DropReason::kQueueFull] == 300; });
  RunUntil(
      [&] { return received_.size() + b.stats().kernel_overflows >= a.stats().datagrams_sent; });
}

INSTANTIATE_TEST_SUITE_P(Families, UdpTest, testing::Values("127.0.0.1", "::1"),
                         [](const auto& name) { return name.param == "::1" ? "V6" : "V4"; });

using UdpSocketTest = UdpTest;

TEST_F(UdpSocketTest, UnspecifiedAddressAnswersFromTheOneThatWasAsked) {
  UdpSocket& any = Bind("0.0.0.0");
  UdpSocket& peer = Bind("127.0.0.1");
  const SocketAddress asked = {.ip = *IpAddress::Parse("127.0.0.7"),
                               .port = any.local_address().port};
  const std::vector<OutgoingDatagram> question = {
      Datagram(peer.local_address(), asked, "question")};
  peer.Send(question);
  RunUntil([&] { return received_.size() == 1; });
  EXPECT_EQ(received_[0].tuple.local, asked);
  const std::vector<OutgoingDatagram> answer = {
      {.tuple = received_[0].tuple, .packet = received_[0].packet}};
  any.Send(answer);
  RunUntil([&] { return received_.size() == 2; });
  EXPECT_EQ(received_[1].tuple.remote, asked);
}

TEST_F(UdpSocketTest, PortThatIsTakenIsAnErrorWithItsName) {
  UdpSocket& a = Bind("127.0.0.1");
  const auto again = UdpSocket::Bind(
      &loop_, pool_, a.local_address(), [this] { return now_; }, [](auto) {});
  ASSERT_FALSE(again.ok());
  EXPECT_THAT(std::string(again.status().message()),
              testing::HasSubstr(a.local_address().ToText()));
}

}  // namespace
}  // namespace stellwerk
