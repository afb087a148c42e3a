// What an answer settles for the sake of quality: feedback for bandwidth estimation in both
// directions, extensions that describe layers, codecs by the room's choice, and no FEC.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/sdp/answer.h"
#include "tests/controller/sdp/answer_fixture.h"

namespace stellwerk {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// The same client with slots instead of tracks.
std::string AsSubscriber(const std::string& offer) {
  std::string out = Replace(offer, "a=sendonly\r\n", "a=recvonly\r\n");
  for (const char* sending : {"a=simulcast:", "a=rid:"}) {
    for (std::size_t at = out.find(sending); at != std::string::npos; at = out.find(sending)) {
      out.erase(at, out.find('\n', at) + 1 - at);
    }
  }
  return out;
}

std::vector<std::string> NamesOf(const MediaDescription& section) {
  std::vector<std::string> out;
  for (const RtpFormat& format : section.formats) {
    out.push_back(format.name + (format.name == "VP9" ? ' ' + format.fmtp : ""));
  }
  return out;
}

constexpr const char* kVideoOf = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=rtpmap:96 VP8/90000\r\n";

TEST(MediaQualityAnswerTest, TransportWideFeedbackIsSettledForTracksAndSlotsOfBothKinds) {
  for (const char* client : {"chromium-offer.sdp", "firefox-offer.sdp"}) {
    Connection publisher;
    const AnswerResult sends = publisher.Accept(RecordedOffer(client));
    ASSERT_THAT(sends.add_producers, SizeIs(2)) << client;
    for (const NewProducer& producer : sends.add_producers) {
      EXPECT_TRUE(producer.parameters.extensions.Has(RtpExtension::kTransportCc)) << client;
      EXPECT_TRUE(producer.parameters.codecs[0].transport_cc) << client;
    }
    Connection subscriber;
    const AnswerResult receives = subscriber.Accept(AsSubscriber(RecordedOffer(client)));
    ASSERT_THAT(receives.add_consumers, SizeIs(2)) << client;
    for (const NewConsumer& slot : receives.add_consumers) {
      EXPECT_TRUE(slot.parameters.extensions.Has(RtpExtension::kTransportCc)) << client;
      EXPECT_TRUE(slot.parameters.codecs[0].transport_cc) << client;
    }
    for (const MediaDescription& section : Parsed(receives.answer).media) {
      if (!section.IsRtp()) continue;
      EXPECT_NE(IdOf(section, RtpExtension::kTransportCc), 0) << client << ' ' << section.mid;
      EXPECT_THAT(section.formats[0].feedback, Contains("transport-cc")) << client;
    }
  }
}

TEST(MediaQualityAnswerTest, RembIsAskedForOnlyWhereThereIsNoTransportWideFeedback) {
  Connection modern;
  EXPECT_THAT(modern.Accept(RecordedOffer("chromium-offer.sdp")).answer,
              Not(HasSubstr("goog-remb")));
  Connection old;
  const AnswerResult result = old.Accept(AsSubscriber(Replace(
      RecordedOffer("chromium-offer.sdp"),
      "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n",
      "")));
  EXPECT_THAT(result.answer, Not(HasSubstr("transport-cc")));
  const ConsumerParameters& video = result.add_consumers[1].parameters;
  EXPECT_TRUE(video.codecs[0].remb);
  EXPECT_FALSE(video.codecs[0].transport_cc);
  EXPECT_TRUE(video.extensions.Has(RtpExtension::kAbsSendTime));  // what REMB is made from
}

TEST(MediaQualityAnswerTest, SlotsTakeTheDependencyDescriptorWhateverTheirCodecs) {
  Connection chromium;
  const AnswerResult result = chromium.Accept(AsSubscriber(RecordedOffer("chromium-offer.sdp")));
  const RtpExtensionIds& video = result.add_consumers[1].parameters.extensions;
  EXPECT_EQ(video.IdOf(RtpExtension::kDependencyDescriptor), ExtensionId(12));
  // Firefox sends descriptors but does not read them.
  Connection firefox;
  const AnswerResult fox = firefox.Accept(AsSubscriber(RecordedOffer("firefox-offer.sdp")));
  EXPECT_FALSE(fox.add_consumers[1].parameters.extensions.Has(RtpExtension::kDependencyDescriptor));
  EXPECT_TRUE(fox.add_consumers[1].parameters.extensions.Has(RtpExtension::kPlayoutDelay));
}

TEST(MediaQualityAnswerTest, AVp8TrackIsAskedForDescriptorsOnlyInAnEncryptedRoom) {
  for (const char* client : {"chromium-offer.sdp", "firefox-offer.sdp"}) {
    for (const bool encrypted : {false, true}) {
      Connection connection;
      connection.policy.end_to_end_encrypted = encrypted;
      const AnswerResult result = connection.Accept(RecordedOffer(client));
      const ProducerParameters& video = result.add_producers[1].parameters;
      EXPECT_EQ(video.codecs[0].codec, Codec::kVp8);
      EXPECT_EQ(video.extensions.Has(RtpExtension::kDependencyDescriptor), encrypted) << client;
    }
  }
}

TEST(MediaQualityAnswerTest, ATrackAndSlotInOneLineIsNotAskedForVp8DescriptorsEither) {
  Connection connection;
  const AnswerResult result =
      connection.Accept(Replace(RecordedOffer("chromium-offer.sdp"), "a=sendonly", "a=sendrecv"));
  EXPECT_EQ(IdOf(Parsed(result.answer).media[1], RtpExtension::kDependencyDescriptor), 0);
}

TEST(MediaQualityAnswerTest, ARoomMayPreferCodecsWithLayersInOneStream) {
  Connection connection;
  connection.policy.codecs = {Codec::kOpus, Codec::kVp9, Codec::kAv1, Codec::kH264, Codec::kVp8};
  const AnswerResult result = connection.Accept(RecordedOffer("chromium-offer.sdp"));
  const MediaDescription video = Parsed(result.answer).media[1];
  EXPECT_THAT(NamesOf(video),
              ElementsAre("VP9 profile-id=0", "rtx", "VP9 profile-id=2", "rtx", "AV1", "rtx",
                          "H264", "rtx", "H264", "rtx", "H264", "rtx", "VP8", "rtx"));
  const RtpExtensionIds& extensions = result.add_producers[1].parameters.extensions;
  EXPECT_TRUE(extensions.Has(RtpExtension::kDependencyDescriptor));
  EXPECT_TRUE(extensions.Has(RtpExtension::kVideoLayersAllocation));
}

TEST(MediaQualityAnswerTest, TheDeeperVp9ProfileComesAfterTheCommonOneAndOthersNotAtAll) {
  const auto vp9 = [](int payload_type, int profile) {
    const std::string id = std::to_string(payload_type);
    return "a=rtpmap:" + id + " VP9/90000\r\na=fmtp:" + id +
           " profile-id=" + std::to_string(profile) + "\r\n";
  };
  const std::string offer =
      OfferBuilder()
          .Media("v", "m=video 9 UDP/TLS/RTP/SAVPF 35 36 37\r\na=rtcp-mux\r\na=sendonly\r\n" +
                          vp9(35, 2) + vp9(36, 1) + vp9(37, 0))
          .Build();
  Connection connection;
  EXPECT_THAT(NamesOf(Parsed(connection.Accept(offer).answer).media[0]),
              ElementsAre("VP9 profile-id=0", "VP9 profile-id=2"));
}

TEST(MediaQualityAnswerTest, LayersAllocationPlayoutDelayAndCaptureTimeAreTakenWhereOffered) {
  const std::string extensions =
      "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
      "a=extmap:6 http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time\r\n"
      "a=extmap:7 http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00\r\n";
  Connection connection;
  const AnswerResult result = connection.Accept(
      OfferBuilder()
          .Media("a",
                 "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-mux\r\n"
                 "a=extmap:6 http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time\r\n")
          .Media("v", std::string(kVideoOf) + "a=rtcp-mux\r\na=sendrecv\r\n" + extensions)
          .Build());
  ASSERT_THAT(result.add_producers, SizeIs(2));
  ASSERT_THAT(result.add_consumers, SizeIs(2));
  const RtpExtensionIds& sent = result.add_producers[1].parameters.extensions;
  const RtpExtensionIds& slot = result.add_consumers[1].parameters.extensions;
  for (const RtpExtensionIds& ids : {sent, slot}) {
    EXPECT_EQ(ids.IdOf(RtpExtension::kPlayoutDelay), ExtensionId(5));
    EXPECT_EQ(ids.IdOf(RtpExtension::kAbsCaptureTime), ExtensionId(6));
  }
  EXPECT_EQ(sent.IdOf(RtpExtension::kVideoLayersAllocation), ExtensionId(7));
  EXPECT_FALSE(slot.Has(RtpExtension::kVideoLayersAllocation));  // nobody's but the server's
  EXPECT_TRUE(result.add_consumers[0].parameters.extensions.Has(RtpExtension::kAbsCaptureTime));
}

TEST(MediaQualityAnswerTest, ForwardErrorCorrectionIsLeftOutOfEveryAnswer) {
  for (const char* client : {"chromium-offer.sdp", "firefox-offer.sdp"}) {
    Connection connection;
    const AnswerResult result = connection.Accept(RecordedOffer(client));
    for (const MediaDescription& section : Parsed(result.answer).media) {
      const auto names = NamesOf(section);
      EXPECT_THAT(names, Each(Not(HasSubstr("fec")))) << client;
      EXPECT_THAT(names, Each(Not(HasSubstr("red")))) << client;
    }
    // What remained is not an RTX of something that was left out.
    for (const CodecParameters& codec : result.add_producers[1].parameters.codecs) {
      EXPECT_NE(codec.codec, Codec::kUnknown) << client;
    }
  }
}

TEST(MediaQualityAnswerTest, AFlexfecStreamIsNotTakenForAVideoStream) {
  Connection connection;
  const AnswerResult result = connection.Accept(
      OfferBuilder()
          .Media("v",
                 "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98\r\na=rtpmap:96 VP8/90000\r\n"
                 "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
                 "a=rtpmap:98 flexfec-03/90000\r\na=fmtp:98 repair-window=10000000\r\n"
                 "a=rtcp-mux\r\na=sendonly\r\n"
                 "a=ssrc-group:FID 11 12\r\na=ssrc-group:FEC-FR 11 13\r\n"
                 "a=ssrc:13 cname:c\r\na=ssrc:11 cname:c\r\na=ssrc:12 cname:c\r\n")
          .Build());
  EXPECT_THAT(NamesOf(Parsed(result.answer).media[0]), ElementsAre("VP8", "rtx"));
  ASSERT_THAT(result.add_producers[0].parameters.encodings, SizeIs(1));
  EXPECT_EQ(result.add_producers[0].parameters.encodings[0].ssrc, Ssrc(11));
  EXPECT_EQ(result.add_producers[0].parameters.encodings[0].rtx_ssrc, Ssrc(12));
}

TEST(MediaQualityAnswerTest, RedIsTakenOfPublishersAndForSlotsWhereThePolicyNamesIt) {
  for (const bool publishes : {true, false}) {
    Connection connection;
    connection.policy.codecs = {Codec::kRed, Codec::kOpus};
    const std::string recorded = RecordedOffer("chromium-offer.sdp");
    const AnswerResult result = connection.Accept(publishes ? recorded : AsSubscriber(recorded));
    const auto& codecs = publishes ? result.add_producers[0].parameters.codecs
                                   : result.add_consumers[0].parameters.codecs;
    ASSERT_THAT(codecs, SizeIs(2));
    EXPECT_EQ(codecs[0].codec, Codec::kRed);
    EXPECT_EQ(codecs[0].fmtp, "111/111");
  }
}

TEST(MediaQualityAnswerTest, RedThatCarriesAnythingButOpusIsNotTaken) {
  for (const char* blocks : {"a=fmtp:63 111/9", "a=fmtp:63 x", "a=fmtp:63 9/9"}) {
    Connection connection;
    connection.policy.codecs = {Codec::kRed, Codec::kOpus};
    const AnswerResult result = connection.Accept(
        Replace(RecordedOffer("chromium-offer.sdp"), "a=fmtp:63 111/111", blocks));
    ASSERT_THAT(result.add_producers[0].parameters.codecs, SizeIs(1)) << blocks;
    EXPECT_EQ(result.add_producers[0].parameters.codecs[0].codec, Codec::kOpus);
  }
  Connection without_opus;
  without_opus.policy.codecs = {Codec::kRed, Codec::kVp8};
  const AnswerResult result = without_opus.Accept(RecordedOffer("chromium-offer.sdp"));
  EXPECT_EQ(result.refused[0].reason, "no common codec");
}

}  // namespace
}  // namespace stellwerk
