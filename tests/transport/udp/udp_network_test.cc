// In a network namespace of its own (tests/network/in_namespace.sh), where the loopback interface
// can be made small and slow.
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/transport/udp/udp_fixture.h"
#include "transport/base/kernel_address.h"

namespace stellwerk {
namespace {

class UdpNetworkTest : public UdpTest {
 protected:
  void SetUp() override {
    ASSERT_NE(std::getenv("STELLWERK_IN_NAMESPACE"), nullptr) << "run by in_namespace.sh";
  }
  static bool Run(const std::string& command) { return std::system(command.c_str()) == 0; }
  std::vector<OutgoingDatagram> Burst(const UdpSocket& from, const UdpSocket& to, int count) {
    std::vector<OutgoingDatagram> out;
    for (int i = 0; i < count; ++i) {
      std::string text = std::to_string(i);
      text.resize(1400, 'x');
      out.push_back(Datagram(from.local_address(), to.local_address(), text));
    }
    return out;
  }
  void ExpectInOrder(std::size_t count) {
    ASSERT_EQ(received_.size(), count);
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(std::stoul(TextOf(received_[i])), i);
  }
};

TEST_F(UdpNetworkTest, RunThatTheKernelRefusesGoesOneByOne) {
  ASSERT_TRUE(Run("ip link set lo mtu 1300"));
  UdpSocket& a = Bind("127.0.0.1");
  UdpSocket& b = Bind("127.0.0.1");
  a.Send(Burst(a, b, 10));
  RunUntil([&] { return received_.size() == 10; });
  ExpectInOrder(10);
  EXPECT_EQ(a.stats().segments_refused, 1U);
  EXPECT_EQ(a.stats().datagrams_sent, 10U);
  EXPECT_EQ(a.stats().segmented, 0U);
  EXPECT_EQ(a.stats().drops[DropReason::kSocketError], 0U);
  received_.clear();
  a.Send(Burst(a, b, 10));
  RunUntil([&] { return received_.size() == 10; });
  EXPECT_EQ(a.stats().segments_refused, 1U) << "it remembers";
  ASSERT_TRUE(Run("ip link set lo mtu 65536"));
}

TEST_F(UdpNetworkTest, FullSendBufferDelaysAndKeepsTheOrder) {
  if (!Run("tc qdisc add dev lo root tbf rate 40mbit burst 20kb latency 10s")) {
    GTEST_SKIP() << "this kernel has no token bucket (sch_tbf)";
  }
  UdpSocket& a = Bind("127.0.0.1", {.send_buffer_bytes = 20'000});
  UdpSocket& b = Bind("127.0.0.1");
  const auto all = Burst(a, b, 300);
  a.Send(std::span(all).first(200));
  EXPECT_GT(a.stats().send_blocked, 0U);
  EXPECT_GT(a.stats().queued, 100U);
  // Nothing overtakes what waits.
  a.Send(std::span(all).subspan(200));
  RunUntil([&] { return received_.size() == 300; });
  ExpectInOrder(300);
  EXPECT_EQ(a.stats().drops[DropReason::kQueueFull], 0U);
  EXPECT_TRUE(Run("tc qdisc del dev lo root"));
}

TEST_F(UdpNetworkTest, WhatExceedsTheQueueIsDroppedFromItsEnd) {
  if (!Run("tc qdisc add dev lo root tbf rate 40mbit burst 20kb latency 10s")) {
    GTEST_SKIP() << "this kernel has no token bucket (sch_tbf)";
  }
  UdpSocket& a = Bind("127.0.0.1", {.send_buffer_bytes = 20'000, .max_queued = 50});
  UdpSocket& b = Bind("127.0.0.1");
  a.Send(Burst(a, b, 300));
  EXPECT_EQ(a.stats().queued, 50U);
  const std::size_t dropped = a.stats().drops[DropReason::kQueueFull];
  EXPECT_EQ(a.stats().datagrams_sent + 50 + dropped, 300U);
  RunUntil([&] { return received_.size() == 300 - dropped; });
  ExpectInOrder(300 - dropped);
  EXPECT_TRUE(Run("tc qdisc del dev lo root"));
}

TEST_F(UdpNetworkTest, CongestionMarksAreCounted) {
  UdpSocket& a = Bind("127.0.0.1");
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  const int congestion_experienced = 3;  // RFC 3168 §5
  ASSERT_EQ(setsockopt(fd, IPPROTO_IP, IP_TOS, &congestion_experienced, sizeof(int)), 0);
  KernelAddress to = ToKernel(a.local_address());
  ASSERT_EQ(sendto(fd, "x", 1, 0, to.get(), to.size), 1);
  close(fd);
  RunUntil([&] { return received_.size() == 1; });
  EXPECT_EQ(a.stats().congestion_marked, 1U);
}

}  // namespace
}  // namespace stellwerk
