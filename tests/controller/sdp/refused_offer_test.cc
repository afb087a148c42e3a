// Offers that can't be answered at all: each gives an error that says where and what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controller/sdp/answer_fixture.h"

namespace stellwerk {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Offer() { return OfferBuilder().Audio("0", "sendonly").Video("1", "sendonly").Build(); }

TEST(RefusedOfferTest, NonsenseIsNamedByLine) {
  Connection connection;
  EXPECT_THAT(connection.Refuse("hello"), StartsWith("line 1: "));
  EXPECT_THAT(connection.Refuse(Replace(Offer(), "a=rtpmap:96", "a=rtpmap:no")),
              HasSubstr("a=rtpmap: 'no VP8/90000'"));
}

TEST(RefusedOfferTest, WithoutAnyMedia) {
  Connection connection;
  EXPECT_THAT(connection.Refuse(OfferBuilder().Build()), HasSubstr("BUNDLE"));
}

TEST(RefusedOfferTest, WithoutBundle) {
  Connection connection;
  EXPECT_THAT(connection.Refuse(Replace(Offer(), "a=group:BUNDLE 0 1\r\n", "")),
              HasSubstr("a=group:BUNDLE"));
}

TEST(RefusedOfferTest, WithoutRtcpMux) {
  Connection connection;
  EXPECT_EQ(connection.Refuse(Replace(Offer(), "a=rtcp-mux\r\n", "")),
            "line 10: a=rtcp-mux is missing");
}

TEST(RefusedOfferTest, WithoutFingerprintOrWithAWeakOne) {
  Connection connection;
  std::string offer = Offer();
  const std::size_t at = offer.find("a=fingerprint");
  offer.erase(at, offer.find('\n', at) + 1 - at);
  EXPECT_THAT(connection.Refuse(offer), HasSubstr("line 9: a=fingerprint with sha-256"));
  std::string weak = "a=fingerprint:sha-1 ";
  for (int i = 0; i < 20; ++i) weak += i == 0 ? "00" : ":00";
  EXPECT_THAT(connection.Refuse(offer.insert(at, weak + "\r\n")),
              HasSubstr("a=fingerprint with sha-256"));
}

TEST(RefusedOfferTest, WithoutIceCredentials) {
  Connection connection;
  EXPECT_THAT(connection.Refuse(Replace(Offer(), "a=ice-ufrag:client\r\n", "")),
              HasSubstr("a=ice-ufrag and a=ice-pwd"));
}

TEST(RefusedOfferTest, WithEverythingRejected) {
  Connection connection;
  EXPECT_THAT(connection.Refuse(
                  Replace(Replace(Offer(), "m=audio 9", "m=audio 0"), "m=video 9", "m=video 0")),
              HasSubstr("no m-line"));
}

TEST(RefusedOfferTest, WithHoldconn) {
  Connection connection;
  EXPECT_THAT(connection.Refuse(OfferBuilder().Audio("0", "sendonly").Setup("holdconn").Build()),
              HasSubstr("holdconn"));
}

TEST(RefusedOfferTest, WithEndlessFormatParameters) {
  Connection connection;
  const auto offer = [](std::size_t size) {
    return Replace(Offer(), "a=fmtp:97 apt=96", "a=fmtp:97 " + std::string(size - 3, 'x'));
  };
  EXPECT_THAT(connection.Refuse(offer(1025)), HasSubstr("a=fmtp: 1025 bytes are more than 1024"));
  connection.Accept(offer(1024));
}

TEST(RefusedOfferTest, WithOneSsrcInTwoMediaLines) {
  Connection connection;
  const std::string ssrc = "a=ssrc:1234 cname:c\r\n";
  EXPECT_EQ(connection.Refuse(
                OfferBuilder().Audio("0", "sendonly", ssrc).Video("1", "sendonly", ssrc).Build()),
            "line 18: a=ssrc: 1234 already belongs to another stream");
}

TEST(RefusedOfferTest, ButSsrcsOfMediaLinesThatDoNotSendAreNobodys) {
  Connection connection;
  const std::string ssrc = "a=ssrc:1234 cname:c\r\n";
  connection.Accept(
      OfferBuilder().Audio("0", "sendonly", ssrc).Video("1", "recvonly", ssrc).Build());
}

TEST(RefusedOfferTest, DoesNotChangeWhatWasNegotiated) {
  Connection connection;
  connection.Accept(Offer());
  connection.Refuse("junk");
  const AnswerResult result = connection.Accept(Offer());
  EXPECT_FALSE(result.is_first);
  EXPECT_TRUE(result.add_producers.empty());
}

}  // namespace
}  // namespace stellwerk
