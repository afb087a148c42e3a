// What a second offer of the same connection changes, and what it leaves alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/controller/sdp/answer_fixture.h"

namespace stellwerk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

void ExpectNoChange(const AnswerResult& result) {
  EXPECT_THAT(result.add_producers, IsEmpty());
  EXPECT_THAT(result.add_consumers, IsEmpty());
  EXPECT_THAT(result.removed_producers, IsEmpty());
  EXPECT_THAT(result.removed_consumers, IsEmpty());
}

TEST(RenegotiationTest, TheSameOfferChangesNothingButTheVersion) {
  for (const char* name :
       {"chromium-offer.sdp", "firefox-offer.sdp", "aiortc-offer.sdp", "gst-offer.sdp"}) {
    SCOPED_TRACE(name);
    Connection connection;
    const AnswerResult first = connection.Accept(RecordedOffer(name));
    const AnswerResult second = connection.Accept(RecordedOffer(name));
    ExpectNoChange(second);
    EXPECT_FALSE(second.is_first);
    EXPECT_FALSE(second.ice_restart);
    EXPECT_EQ(second.local_ice, first.local_ice);
    EXPECT_EQ(Replace(first.answer, "o=- 77 1 ", "o=- 77 2 "), second.answer);
  }
}

TEST(RenegotiationTest, MoreSlotsKeepTheOldOnes) {
  Connection connection;
  const AnswerResult first =
      connection.Accept(OfferBuilder().Audio("0", "sendonly").Video("1", "recvonly").Build());
  const AnswerResult second = connection.Accept(
      OfferBuilder().Audio("0", "sendonly").Video("1", "recvonly").Video("2", "recvonly").Build());
  EXPECT_THAT(second.add_producers, IsEmpty());
  ASSERT_THAT(second.add_consumers, SizeIs(1));
  EXPECT_EQ(second.add_consumers[0].id, ConsumerId(201));
  EXPECT_THAT(second.removed_consumers, IsEmpty());
  EXPECT_EQ(Parsed(first.answer).media[1].ssrc_attributes,
            Parsed(second.answer).media[1].ssrc_attributes);
}

TEST(RenegotiationTest, NewSsrcsAreUnlikeAllThatAreInUse) {
  Connection connection;
  OfferBuilder offer;
  std::set<Ssrc> seen;
  std::size_t expected = 0;
  for (int i = 0; i < 30; ++i) {
    offer.Video(std::to_string(i), "recvonly");
    for (const NewConsumer& slot : connection.Accept(offer.Build()).add_consumers) {
      seen.insert(slot.parameters.ssrc);
      seen.insert(*slot.parameters.rtx_ssrc);
      expected += 2;
    }
  }
  EXPECT_EQ(expected, 60U);
  EXPECT_EQ(seen.size(), expected);
}

TEST(RenegotiationTest, AnIceRestartGetsNewCredentialsAndNothingElse) {
  Connection connection;
  const AnswerResult first = connection.Accept(OfferBuilder().Video("0", "sendrecv").Build());
  const AnswerResult second =
      connection.Accept(OfferBuilder().Video("0", "sendrecv").Ice("restarted").Build());
  EXPECT_TRUE(second.ice_restart);
  EXPECT_EQ(second.remote.ice.ufrag, "restarted");
  EXPECT_EQ(second.local_ice.ufrag, "server2");
  EXPECT_EQ(second.remote.fingerprint, first.remote.fingerprint);
  ExpectNoChange(second);
  EXPECT_THAT(second.answer, HasSubstr("a=ice-ufrag:server2\r\n"));
  const AnswerResult third =
      connection.Accept(OfferBuilder().Video("0", "sendrecv").Ice("restarted").Build());
  EXPECT_FALSE(third.ice_restart);
  EXPECT_EQ(third.local_ice.ufrag, "server2");
}

TEST(RenegotiationTest, ADirectionThatEndsRemovesItsHalf) {
  Connection connection;
  const AnswerResult first = connection.Accept(OfferBuilder().Video("0", "sendrecv").Build());
  const AnswerResult second = connection.Accept(OfferBuilder().Video("0", "sendonly").Build());
  EXPECT_THAT(second.removed_consumers, ElementsAre(first.add_consumers[0].id));
  EXPECT_THAT(second.removed_producers, IsEmpty());
  EXPECT_THAT(second.add_producers, IsEmpty());
  const AnswerResult third = connection.Accept(OfferBuilder().Video("0", "inactive").Build());
  EXPECT_THAT(third.removed_producers, ElementsAre(first.add_producers[0].id));
  EXPECT_EQ(Parsed(third.answer).media[0].direction, Direction::kInactive);
}

TEST(RenegotiationTest, ASlotThatComesBackHasANewIdAndSsrc) {
  // An SRTP index of the old SSRC must not be used again, so neither is the SSRC.
  Connection connection;
  const AnswerResult first = connection.Accept(OfferBuilder().Video("0", "recvonly").Build());
  connection.Accept(OfferBuilder().Video("0", "inactive").Build());
  const AnswerResult third = connection.Accept(OfferBuilder().Video("0", "recvonly").Build());
  ASSERT_THAT(third.add_consumers, SizeIs(1));
  EXPECT_NE(third.add_consumers[0].id, first.add_consumers[0].id);
  EXPECT_NE(third.add_consumers[0].parameters.ssrc, first.add_consumers[0].parameters.ssrc);
}

TEST(RenegotiationTest, ASectionWithPortZeroIsRemovedAndMayBeReused) {
  Connection connection;
  const std::string two = OfferBuilder().Audio("0", "sendonly").Video("1", "sendonly").Build();
  connection.Accept(two);
  const AnswerResult removed = connection.Accept(Replace(two, "m=video 9", "m=video 0"));
  EXPECT_THAT(removed.removed_producers, ElementsAre(ProducerId(101)));
  const SessionDescription answer = Parsed(removed.answer);
  EXPECT_EQ(answer.media[1].port, 0);
  EXPECT_THAT(answer.bundle_groups, ElementsAre(ElementsAre("0")));
  const AnswerResult reused =
      connection.Accept(OfferBuilder().Audio("0", "sendonly").Audio("new", "recvonly").Build());
  EXPECT_THAT(reused.add_consumers, SizeIs(1));
  EXPECT_THAT(reused.removed_producers, IsEmpty());
}

TEST(RenegotiationTest, RemovingTheFirstSectionMovesTheTransportToTheNext) {
  Connection connection;
  const std::string two = OfferBuilder().Audio("0", "sendonly").Video("1", "sendonly").Build();
  connection.Accept(two);
  const AnswerResult result = connection.Accept(Replace(two, "m=audio 9", "m=audio 0"));
  EXPECT_THAT(Parsed(result.answer).media[1].candidates, SizeIs(2));
}

TEST(RenegotiationTest, AShorterCodecListKeepsTheProducer) {
  Connection connection;
  const std::string offer = RecordedOffer("chromium-offer.sdp");
  connection.Accept(offer);
  const AnswerResult result =
      connection.Accept(Replace(Replace(offer, " 45 46 98", " 98"), " 102 103 ", " "));
  ExpectNoChange(result);
}

TEST(RenegotiationTest, AnotherPayloadTypeMakesANewProducer) {
  Connection connection;
  connection.Accept(OfferBuilder().Audio("0", "sendonly").Build());
  const AnswerResult result = connection.Accept(
      Replace(Replace(OfferBuilder().Audio("0", "sendonly").Build(), "SAVPF 111", "SAVPF 112"),
              "rtpmap:111", "rtpmap:112"));
  EXPECT_THAT(result.removed_producers, ElementsAre(ProducerId(100)));
  ASSERT_THAT(result.add_producers, SizeIs(1));
  EXPECT_EQ(result.add_producers[0].id, ProducerId(101));
}

TEST(RenegotiationTest, AnotherSsrcMakesANewProducer) {
  Connection connection;
  const auto offer = [](const char* ssrc) {
    return OfferBuilder()
        .Audio("0", "sendonly", "a=ssrc:" + std::string(ssrc) + " cname:x\r\n")
        .Build();
  };
  connection.Accept(offer("1000"));
  EXPECT_THAT(connection.Accept(offer("1001")).add_producers, SizeIs(1));
}

TEST(RenegotiationTest, DataAddedLaterIsReported) {
  Connection connection;
  EXPECT_EQ(connection.Accept(OfferBuilder().Audio("0", "sendonly").Build()).remote.sctp,
            std::nullopt);
  const AnswerResult second =
      connection.Accept(OfferBuilder().Audio("0", "sendonly").Data("1").Build());
  EXPECT_TRUE(second.sctp_added);
  EXPECT_TRUE(second.remote.sctp.has_value());
}

TEST(RenegotiationTest, FirstDataThatComesTooLateNeedsANewConnection) {
  const std::string without = OfferBuilder().Audio("0", "sendonly").Build();
  const std::string with = OfferBuilder().Audio("0", "sendonly").Data("1").Build();
  Connection connection;
  connection.policy.too_late_for_data = true;
  connection.Accept(without);
  EXPECT_THAT(connection.Refuse(with), HasSubstr("new RTCPeerConnection"));
  // The connection itself is as it was, and what had data from the start keeps them.
  connection.Accept(without);
  Connection other;
  other.policy.too_late_for_data = true;
  other.Accept(with);
  EXPECT_FALSE(other.Accept(with).sctp_added);
}

TEST(RenegotiationTest, SectionsCannotVanishOrChangePlaces) {
  Connection connection;
  connection.Accept(OfferBuilder().Audio("0", "sendonly").Video("1", "sendonly").Build());
  EXPECT_THAT(connection.Refuse(OfferBuilder().Audio("0", "sendonly").Build()), HasSubstr("had 2"));
  EXPECT_THAT(
      connection.Refuse(OfferBuilder().Video("1", "sendonly").Audio("0", "sendonly").Build()),
      HasSubstr("was '0' and is now '1'"));
}

TEST(RenegotiationTest, AnotherCertificateOrRoleNeedsANewConnection) {
  Connection connection;
  const std::string offer = OfferBuilder().Audio("0", "sendonly").Build();
  connection.Accept(offer);
  EXPECT_THAT(connection.Refuse(Replace(offer, "sha-256 0F", "sha-256 1F")),
              HasSubstr("new connection"));
  EXPECT_THAT(connection.Refuse(Replace(offer, "setup:actpass", "setup:passive")),
              HasSubstr("roles"));
  EXPECT_THAT(connection.Accept(Replace(offer, "setup:actpass", "setup:active")).answer,
              HasSubstr("a=setup:passive"));
}

TEST(RenegotiationTest, RemovingEverythingLeavesTheTransport) {
  Connection connection;
  const std::string offer = OfferBuilder().Audio("0", "sendonly").Build();
  const AnswerResult first = connection.Accept(offer);
  const AnswerResult second = connection.Accept(Replace(offer, "m=audio 9", "m=audio 0"));
  EXPECT_THAT(second.removed_producers, SizeIs(1));
  EXPECT_EQ(second.remote, first.remote);
  EXPECT_FALSE(second.ice_restart);
}

}  // namespace
}  // namespace stellwerk
