#include "transport/udp/destination_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "rtc/base/random.h"
#include "tests/transport/udp/outgoing_datagrams.h"

namespace stellwerk {
namespace {

using Ports = std::vector<uint16_t>;

// The datagrams' size is their place in the input.
struct Place {
  uint16_t port = 0;
  std::size_t before = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

std::vector<Place> Arranged(DestinationOrder& order, const Ports& ports) {
  OutgoingDatagrams datagrams{};
  for (std::size_t i = 0; i < ports.size(); ++i) datagrams.Add({ports[i], i});
  auto pointers = datagrams.pointers();
  order.Arrange(pointers);
  std::vector<Place> places;
  for (const OutgoingDatagram* datagram : pointers)
    places.push_back({datagram->tuple.remote.port, datagram->packet.size()});
  return places;
}

// The same in the plainest way.
std::vector<Place> Expected(const Ports& ports) {
  Ports destinations;
  for (const uint16_t port : ports) {
    if (std::find(destinations.begin(), destinations.end(), port) == destinations.end())
      destinations.push_back(port);
  }
  std::vector<Place> places;
  for (const uint16_t destination : destinations) {
    for (std::size_t i = 0; i < ports.size(); ++i) {
      if (ports[i] == destination) places.push_back({destination, i});
    }
  }
  return places;
}

void ExpectArranged(const Ports& ports) {
  DestinationOrder order;
  EXPECT_TRUE(Arranged(order, ports) == Expected(ports));
}

TEST(DestinationOrderTest, FanOutOfABurstIsGroupedBySubscriber) {
  ExpectArranged({1, 2, 3, 1, 2, 3, 1, 2, 3});
}

TEST(DestinationOrderTest, WhatIsGroupedStaysAsItIs) { ExpectArranged({1, 1, 1, 2, 2, 3}); }

TEST(DestinationOrderTest, SubscribersThatMissSomePacketsAreGroupedToo) {
  ExpectArranged({1, 2, 3, 4, 1, 3, 4, 2, 4, 1, 2, 3, 4});
}

TEST(DestinationOrderTest, FewNeedNothing) {
  ExpectArranged({});
  ExpectArranged({1});
  ExpectArranged({2, 1});
  ExpectArranged({2, 1, 2});
}

TEST(DestinationOrderTest, AnyInputComesOutStablyGrouped) {
  SeededRandom random(testing::UnitTest::GetInstance()->random_seed());
  DestinationOrder order;  // its memory is used again and again
  for (int round = 0; round < 200; ++round) {
    Ports ports(random.NextU64() % 300);
    const uint64_t destinations = random.NextU64() % 40 + 1;
    for (uint16_t& port : ports) port = static_cast<uint16_t>(random.NextU64() % destinations);
    ASSERT_TRUE(Arranged(order, ports) == Expected(ports));
  }
}

}  // namespace
}  // namespace stellwerk
