#include "worker/candidates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace stellwerk {
namespace {

using testing::ElementsAre;

std::vector<SocketAddress> Bound(std::initializer_list<const char*> texts) {
  std::vector<SocketAddress> addresses;
  for (const char* text : texts) addresses.push_back(*SocketAddress::Parse(text));
  return addresses;
}
std::vector<AnnouncedAddress> Announced(std::initializer_list<const char*> texts) {
  std::vector<AnnouncedAddress> addresses;
  for (const char* text : texts) addresses.push_back(*ParseAnnouncedAddress(text));
  return addresses;
}
std::vector<std::string> Texts(const std::vector<Candidate>& candidates) {
  std::vector<std::string> texts;
  for (const Candidate& candidate : candidates) {
    texts.push_back((candidate.protocol == CandidateProtocol::kUdp ? "udp " : "tcp ") +
                    candidate.address + " " + std::to_string(candidate.port));
  }
  return texts;
}

TEST(Candidates, BoundAddressesAreToldAsTheyAre) {
  const auto bound = Bound({"192.0.2.1:40000", "[2001:db8::1]:40000"});
  EXPECT_THAT(Texts(MakeCandidates(bound, bound, {}, {})),
              ElementsAre("udp 192.0.2.1 40000", "udp 2001:db8::1 40000", "tcp 192.0.2.1 40000",
                          "tcp 2001:db8::1 40000"));
}

TEST(Candidates, AnyAddressStandsForTheInterfacesOfItsFamily) {
  const std::vector<IpAddress> interfaces{*IpAddress::Parse("192.0.2.1"),
                                          *IpAddress::Parse("2001:db8::1"),
                                          *IpAddress::Parse("198.51.100.1")};
  EXPECT_THAT(Texts(MakeCandidates(Bound({"0.0.0.0:40000"}), {}, {}, interfaces)),
              ElementsAre("udp 192.0.2.1 40000", "udp 198.51.100.1 40000"));
}

TEST(Candidates, AnnouncedAddressesReplaceTheBoundOnes) {
  const auto bound = Bound({"10.0.0.1:40000", "[fd00::1]:40000"});
  EXPECT_THAT(Texts(MakeCandidates(bound, {}, Announced({"192.0.2.1", "2001:db8::1"}), {})),
              ElementsAre("udp 192.0.2.1 40000", "udp 2001:db8::1 40000"));
  EXPECT_THAT(Texts(MakeCandidates(bound, {}, Announced({"192.0.2.1:50000"}), {})),
              ElementsAre("udp 192.0.2.1 50000"));
}

TEST(Candidates, PrioritiesFallAndUdpComesFirst) {
  const auto bound = Bound({"192.0.2.1:1", "192.0.2.2:1"});
  const auto candidates = MakeCandidates(bound, bound, {}, {});
  ASSERT_EQ(candidates.size(), 4U);
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    EXPECT_GT(candidates[i - 1].priority, candidates[i].priority);
    EXPECT_NE(candidates[i - 1].foundation, candidates[i].foundation);
  }
  // RFC 8445 §5.1.2.1: type preference 126, component 1.
  EXPECT_EQ(candidates[0].priority >> 24, 126U);
  EXPECT_EQ(candidates[0].priority & 0xFF, 255U);
}

TEST(AnnouncedAddress, IsAnAddressWithOrWithoutPort) {
  EXPECT_EQ(ParseAnnouncedAddress("192.0.2.1")->port, std::nullopt);
  EXPECT_EQ(ParseAnnouncedAddress("192.0.2.1:40000")->port, 40'000);
  EXPECT_EQ(ParseAnnouncedAddress("2001:db8::1")->port, std::nullopt);
  EXPECT_EQ(ParseAnnouncedAddress("[2001:db8::1]:40000")->port, 40'000);
  for (const char* bad :
       {"", "example.org", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:70000", "192.0.2.1:4x"}) {
    EXPECT_FALSE(ParseAnnouncedAddress(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace stellwerk
