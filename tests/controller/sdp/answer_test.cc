#include "controller/sdp/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "tests/controller/sdp/answer_fixture.h"

namespace stellwerk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<int> PayloadTypes(const MediaDescription& section) {
  std::vector<int> out;
  for (const RtpFormat& format : section.formats) out.push_back(format.payload_type.value());
  return out;
}

TEST(AnswerTest, ChromiumSimulcastBecomesOneProducerPerSectionAndSctp) {
  Connection connection;
  const AnswerResult result = connection.Accept(RecordedOffer("chromium-offer.sdp"));
  EXPECT_TRUE(result.is_first);
  EXPECT_EQ(result.remote.ice.ufrag, "rQXH");
  EXPECT_EQ(result.remote.fingerprint.digest[0], 0xE0);
  EXPECT_EQ(result.remote.our_role, DtlsRole::kServer);
  ASSERT_TRUE(result.remote.sctp.has_value());
  EXPECT_EQ(result.remote.sctp->max_message_size, 262144U);
  EXPECT_THAT(result.add_consumers, IsEmpty());
  ASSERT_THAT(result.add_producers, SizeIs(2));

  const ProducerParameters& audio = result.add_producers[0].parameters;
  EXPECT_EQ(audio.kind, MediaKind::kAudio);
  ASSERT_THAT(audio.codecs, SizeIs(1));  // no RED, G722, comfort noise or DTMF
  EXPECT_EQ(audio.codecs[0].codec, Codec::kOpus);
  ASSERT_THAT(audio.encodings, SizeIs(1));
  EXPECT_EQ(audio.encodings[0].ssrc, Ssrc(3810927374));
  EXPECT_EQ(audio.extensions.IdOf(RtpExtension::kAudioLevel), ExtensionId(1));

  const NewProducer& video = result.add_producers[1];
  EXPECT_EQ(video.id, ProducerId(101));
  EXPECT_EQ(video.track_id, "15e09dd8-50a0-4724-8ee2-863bb93d8617");
  ASSERT_THAT(video.parameters.encodings, SizeIs(3));
  EXPECT_EQ(video.parameters.encodings[0].rid.view(), "q");
  EXPECT_EQ(video.parameters.encodings[2].rid.view(), "f");
  EXPECT_EQ(video.parameters.encodings[2].ssrc, std::nullopt);
  EXPECT_EQ(video.parameters.codecs[0].codec, Codec::kVp8);
  EXPECT_EQ(video.parameters.codecs[0].rtx_payload_type, PayloadType(97));
  EXPECT_TRUE(video.parameters.codecs[0].transport_cc);
}

TEST(AnswerTest, ChromiumAnswerSaysExactlyWhatWasTaken) {
  Connection connection;
  const SessionDescription answer =
      Parsed(connection.Accept(RecordedOffer("chromium-offer.sdp")).answer);
  EXPECT_TRUE(answer.ice_lite);
  EXPECT_TRUE(answer.extmap_allow_mixed);
  EXPECT_THAT(answer.bundle_groups, ElementsAre(ElementsAre("0", "1", "2")));
  ASSERT_THAT(answer.media, SizeIs(3));
  EXPECT_THAT(PayloadTypes(answer.media[0]), ElementsAre(111));
  const MediaDescription& video = answer.media[1];
  // VP8, VP9 profiles 0 and 2, the H264 profiles with packetization mode 1, AV1; each with its RTX;
  // no RED, no FEC.
  EXPECT_THAT(PayloadTypes(video),
              ElementsAre(96, 97, 98, 99, 100, 101, 102, 103, 108, 109, 116, 117, 45, 46));
  EXPECT_EQ(video.direction, Direction::kRecvOnly);
  EXPECT_EQ(video.transport.setup, DtlsSetup::kPassive);
  EXPECT_EQ(video.transport.ice_ufrag, "server1");
  EXPECT_TRUE(video.rtcp_mux);
  EXPECT_TRUE(video.rtcp_rsize);
  EXPECT_TRUE(video.rtcp_xr_receiver_rtt);
  EXPECT_THAT(video.simulcast_recv, ElementsAre(*Rid::From("q"), *Rid::From("h"), *Rid::From("f")));
  EXPECT_THAT(video.rids, SizeIs(3));
  EXPECT_THAT(video.ssrc_attributes, IsEmpty());
  EXPECT_EQ(IdOf(video, RtpExtension::kRid), 10);
  EXPECT_EQ(IdOf(video, RtpExtension::kRepairedRid), 11);
  EXPECT_EQ(IdOf(video, RtpExtension::kTransportCc), 3);
  EXPECT_EQ(IdOf(video, RtpExtension::kAbsSendTime), 0);           // transport-cc makes it useless
  EXPECT_EQ(IdOf(video, RtpExtension::kDependencyDescriptor), 0);  // would strip VP8's picture ids
  EXPECT_EQ(IdOf(video, RtpExtension::kVideoOrientation), 0);
  EXPECT_EQ(IdOf(video, RtpExtension::kVideoTiming), 0);
}

TEST(AnswerTest, CandidatesStandInTheFirstSectionOnly) {
  Connection connection;
  const AnswerResult result = connection.Accept(RecordedOffer("chromium-offer.sdp"));
  const SessionDescription answer = Parsed(result.answer);
  EXPECT_EQ(answer.media[0].candidates, connection.worker.candidates);
  EXPECT_TRUE(answer.media[0].end_of_candidates);
  EXPECT_THAT(answer.media[1].candidates, IsEmpty());
  EXPECT_EQ(answer.media[0].port, 40'000);
  EXPECT_EQ(answer.media[0].connection_address, "192.0.2.10");
  EXPECT_THAT(result.answer, HasSubstr("192.0.2.10 40000 typ host tcptype passive\r\n"));
}

TEST(AnswerTest, FirefoxDirectedExtensionsComeBackReversed) {
  Connection connection;
  const AnswerResult result = connection.Accept(RecordedOffer("firefox-offer.sdp"));
  const MediaDescription video = Parsed(result.answer).media[1];
  const auto rid = std::find_if(video.extensions.begin(), video.extensions.end(),
                                [](const ExtensionMapping& m) { return m.id == 9; });
  ASSERT_NE(rid, video.extensions.end());
  EXPECT_EQ(rid->direction, Direction::kRecvOnly);
  EXPECT_EQ(IdOf(video, RtpExtension::kPlayoutDelay), 0);  // only offered for what Firefox receives
  ASSERT_THAT(result.add_producers, SizeIs(2));
  // RIDs tell the streams apart; the SSRCs of the offer are not needed.
  ASSERT_THAT(result.add_producers[1].parameters.encodings, SizeIs(3));
  EXPECT_EQ(result.add_producers[1].parameters.encodings[0].ssrc, std::nullopt);
}

TEST(AnswerTest, SimulcastWithoutTheRidExtensionIsMappedBySsrc) {
  Connection connection;
  const std::string offer =
      Replace(RecordedOffer("firefox-offer.sdp"),
              "a=extmap:9/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n", "");
  const AnswerResult result = connection.Accept(offer);
  const auto& encodings = result.add_producers[1].parameters.encodings;
  ASSERT_THAT(encodings, SizeIs(3));
  EXPECT_EQ(encodings[1].rid.view(), "h");
  EXPECT_EQ(encodings[1].ssrc, Ssrc(1429580822));
  EXPECT_EQ(encodings[1].rtx_ssrc, Ssrc(1701909897));
}

TEST(AnswerTest, AiortcIdsWithTwoMeaningsStayApartPerSection) {
  // As aiortc numbers them when it offers audio too: id 2 is the audio level there, abs-send-time
  // in video.
  Connection connection;
  const std::string offer =
      OfferBuilder()
          .Media("0",
                 "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 "
                 "opus/48000/2\r\na=rtcp-mux\r\na=sendrecv\r\n"
                 "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                 "a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n")
          .Media("1",
                 "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 "
                 "VP8/90000\r\na=rtcp-mux\r\na=sendrecv\r\n"
                 "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                 "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n")
          .Build();
  const AnswerResult result = connection.Accept(offer);
  ASSERT_THAT(result.add_producers, SizeIs(2));
  const RtpExtensionIds& audio = result.add_producers[0].parameters.extensions;
  const RtpExtensionIds& video = result.add_producers[1].parameters.extensions;
  EXPECT_EQ(audio.IdOf(RtpExtension::kAudioLevel), ExtensionId(2));
  EXPECT_FALSE(audio.Has(RtpExtension::kAbsSendTime));
  EXPECT_EQ(video.IdOf(RtpExtension::kAbsSendTime), ExtensionId(2));
  EXPECT_EQ(audio.IdOf(RtpExtension::kMid), ExtensionId(1));
  EXPECT_EQ(video.IdOf(RtpExtension::kMid), ExtensionId(1));
}

TEST(AnswerTest, AMidExtensionWhoseIdMeansSomethingElseElsewhereIsNotUsed) {
  Connection connection;
  const std::string offer =
      OfferBuilder()
          .Audio("0", "sendonly")
          .Media("1",
                 "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 "
                 "VP8/90000\r\na=rtcp-mux\r\na=sendonly\r\n"
                 "a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n")
          .Build();
  const AnswerResult result = connection.Accept(offer);
  EXPECT_FALSE(result.add_producers[0].parameters.extensions.Has(RtpExtension::kMid));
  EXPECT_EQ(result.add_producers[1].parameters.extensions.IdOf(RtpExtension::kAbsSendTime),
            ExtensionId(4));
}

TEST(AnswerTest, AiortcDataSectionIsAnsweredInItsOldForm) {
  Connection connection;
  const AnswerResult result = connection.Accept(RecordedOffer("aiortc-offer.sdp"));
  EXPECT_THAT(result.answer, HasSubstr("DTLS/SCTP 5000\r\n"));
  EXPECT_THAT(result.answer, HasSubstr("a=sctpmap:5000 webrtc-datachannel"));
  // Each m-line has credentials of its own there; those of the first are the transport's.
  EXPECT_EQ(result.remote.ice.ufrag, "aux6");
  // sendrecv: a producer and a slot.
  EXPECT_THAT(result.add_producers, SizeIs(1));
  ASSERT_THAT(result.add_consumers, SizeIs(1));
  EXPECT_EQ(result.add_producers[0].parameters.encodings[0].rtx_ssrc, Ssrc(2968788140));
}

TEST(AnswerTest, GstreamerPortZeroWithBundleOnlyIsAnOffer) {
  Connection connection;
  const AnswerResult result = connection.Accept(RecordedOffer("gst-offer.sdp"));
  EXPECT_THAT(result.add_producers, SizeIs(2));
  const SessionDescription answer = Parsed(result.answer);
  EXPECT_NE(answer.media[1].port, 0);
  EXPECT_THAT(answer.bundle_groups, ElementsAre(ElementsAre("video0", "audio1")));
  EXPECT_EQ(answer.media[1].formats[0].name, "opus");  // "OPUS" in the offer
  EXPECT_EQ(answer.media[1].formats[0].fmtp,
            "");  // what it says about itself is not ours to repeat
}

TEST(AnswerTest, OtherRecordedClientsAreAccepted) {
  for (const char* name : {"node-datachannel-offer.sdp", "roamhq-offer.sdp", "werift-offer.sdp"}) {
    SCOPED_TRACE(name);
    Connection connection;
    const AnswerResult result = connection.Accept(RecordedOffer(name));
    EXPECT_FALSE(result.add_producers.empty());
    EXPECT_TRUE(result.remote.sctp.has_value());
    EXPECT_THAT(result.refused, IsEmpty());
  }
}

TEST(AnswerTest, WithoutTransportCcFeedbackAbsSendTimeIsTaken) {
  Connection connection;  // werift offers the transport-cc extension, but not the feedback
  const AnswerResult result = connection.Accept(RecordedOffer("werift-offer.sdp"));
  const RtpExtensionIds& ids = result.add_producers[0].parameters.extensions;
  EXPECT_FALSE(ids.Has(RtpExtension::kTransportCc));
  EXPECT_TRUE(ids.Has(RtpExtension::kAbsSendTime));
}

TEST(AnswerTest, ReceivingSectionsBecomeSlotsWithAnnouncedSsrcs) {
  Connection connection;
  const AnswerResult result =
      connection.Accept(OfferBuilder().Audio("a", "recvonly").Video("v", "recvonly").Build());
  ASSERT_THAT(result.add_consumers, SizeIs(2));
  EXPECT_THAT(result.add_producers, IsEmpty());
  const ConsumerParameters& audio = result.add_consumers[0].parameters;
  const ConsumerParameters& video = result.add_consumers[1].parameters;
  EXPECT_EQ(result.add_consumers[1].id, ConsumerId(201));
  EXPECT_EQ(result.next_consumer, ConsumerId(202));
  EXPECT_EQ(audio.mode, SlotMode::kLoudest);
  EXPECT_EQ(video.mode, SlotMode::kAssigned);
  EXPECT_EQ(audio.rtx_ssrc, std::nullopt);
  ASSERT_TRUE(video.rtx_ssrc.has_value());
  EXPECT_NE(video.ssrc, audio.ssrc);
  EXPECT_NE(video.ssrc, *video.rtx_ssrc);
  const MediaDescription section = Parsed(result.answer).media[1];
  EXPECT_EQ(section.direction, Direction::kSendOnly);
  EXPECT_EQ(section.msid_stream, "slot-v");
  EXPECT_EQ(section.msid_track, "v");
  ASSERT_THAT(section.ssrc_groups, SizeIs(1));
  EXPECT_THAT(section.ssrc_groups[0].ssrcs, ElementsAre(video.ssrc, *video.rtx_ssrc));
  EXPECT_EQ(section.ssrc_attributes[0].value, "room");
  EXPECT_EQ(IdOf(section, RtpExtension::kMid), 4);
  EXPECT_EQ(IdOf(section, RtpExtension::kRid), 0);  // a slot is one stream
}

TEST(AnswerTest, NackOfASlotNeedsRtx) {
  Connection connection;
  const std::string section =
      "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n"
      "a=rtcp-fb:96 nack pli\r\na=rtcp-mux\r\n";
  const AnswerResult slot =
      connection.Accept(OfferBuilder().Media("v", section + "a=recvonly\r\n").Build());
  EXPECT_FALSE(slot.add_consumers[0].parameters.codecs[0].nack);
  EXPECT_THAT(slot.answer, Not(HasSubstr("nack\r\n")));
  EXPECT_THAT(slot.answer, HasSubstr("nack pli\r\n"));
  Connection publisher;  // may repeat its own packets as they were
  const AnswerResult sent =
      publisher.Accept(OfferBuilder().Media("v", section + "a=sendonly\r\n").Build());
  EXPECT_TRUE(sent.add_producers[0].parameters.codecs[0].nack);
}

TEST(AnswerTest, TheCodecOrderIsThePolicys) {
  Connection connection;
  connection.policy.codecs = {Codec::kOpus, Codec::kAv1, Codec::kVp8};
  const SessionDescription answer =
      Parsed(connection.Accept(RecordedOffer("chromium-offer.sdp")).answer);
  EXPECT_THAT(PayloadTypes(answer.media[1]), ElementsAre(45, 46, 96, 97));
}

TEST(AnswerTest, RedIsTakenOnlyIfThePolicyNamesIt) {
  Connection connection;
  connection.policy.codecs = {Codec::kRed, Codec::kOpus};
  const SessionDescription answer =
      Parsed(connection.Accept(RecordedOffer("chromium-offer.sdp")).answer);
  EXPECT_THAT(PayloadTypes(answer.media[0]), ElementsAre(63, 111));
  EXPECT_EQ(answer.media[0].formats[0].fmtp, "111/111");
}

TEST(AnswerTest, DependencyDescriptorIsTakenWhenVp8CannotSuffer) {
  Connection without_vp8;
  without_vp8.policy.codecs = {Codec::kAv1, Codec::kVp9};
  Connection encrypted;
  encrypted.policy.end_to_end_encrypted = true;
  for (Connection* connection : {&without_vp8, &encrypted}) {
    const SessionDescription answer =
        Parsed(connection->Accept(RecordedOffer("chromium-offer.sdp")).answer);
    EXPECT_EQ(IdOf(answer.media[1], RtpExtension::kDependencyDescriptor), 12);
  }
}

TEST(AnswerTest, DtxIsAWishOfThePolicy) {
  Connection connection;
  connection.policy.opus_dtx = true;
  EXPECT_THAT(connection.Accept(RecordedOffer("chromium-offer.sdp")).answer,
              HasSubstr("a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1\r\n"));
}

TEST(AnswerTest, WhatThePolicyForbidsIsInactiveAndSaysWhy) {
  Connection connection;
  connection.policy.allow_publish = false;
  connection.policy.allow_data = false;
  const AnswerResult result = connection.Accept(RecordedOffer("chromium-offer.sdp"));
  EXPECT_THAT(result.add_producers, IsEmpty());
  EXPECT_EQ(result.remote.sctp, std::nullopt);
  const SessionDescription answer = Parsed(result.answer);
  EXPECT_EQ(answer.media[0].direction, Direction::kInactive);
  EXPECT_EQ(answer.media[2].port, 0);
  EXPECT_THAT(answer.bundle_groups, ElementsAre(ElementsAre("0", "1")));
  ASSERT_THAT(result.refused, SizeIs(3));
  EXPECT_EQ(result.refused[0].reason, "publishing is not allowed here");
  EXPECT_EQ(result.refused[2].line, 175);
}

TEST(AnswerTest, SlotsBeyondTheLimitAreInactive) {
  Connection connection;
  connection.policy.max_video_slots = 1;
  const AnswerResult result = connection.Accept(
      OfferBuilder().Video("1", "recvonly").Video("2", "recvonly").Video("3", "sendrecv").Build());
  EXPECT_THAT(result.add_consumers, SizeIs(1));
  EXPECT_THAT(result.add_producers, SizeIs(1));
  const SessionDescription answer = Parsed(result.answer);
  EXPECT_EQ(answer.media[1].direction, Direction::kInactive);
  EXPECT_EQ(answer.media[2].direction, Direction::kRecvOnly);
}

TEST(AnswerTest, SimulcastStreamsBeyondTheLimitAreNotTaken) {
  Connection connection;
  connection.policy.max_encodings = 2;
  const AnswerResult result = connection.Accept(RecordedOffer("chromium-offer.sdp"));
  EXPECT_THAT(result.add_producers[1].parameters.encodings, SizeIs(2));
  EXPECT_THAT(result.answer, HasSubstr("a=simulcast:recv q;h\r\n"));
}

TEST(AnswerTest, SectionsThatCannotBeTakenAreRejectedAndTheRestGoesOn) {
  Connection connection;
  const AnswerResult result = connection.Accept(
      OfferBuilder()
          .Media("x", "m=video 9 UDP/TLS/RTP/SAVPF 34\r\na=rtpmap:34 H263/90000\r\na=rtcp-mux\r\n")
          .Media("y", "m=audio 9 RTP/AVP 0\r\n")
          .Media("z", "m=image 9 udptl t38\r\n")
          .Audio("a", "sendonly")
          .Build());
  const SessionDescription answer = Parsed(result.answer);
  ASSERT_THAT(answer.media, SizeIs(4));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(answer.media[static_cast<std::size_t>(i)].port, 0);
  EXPECT_THAT(answer.bundle_groups, ElementsAre(ElementsAre("a")));
  EXPECT_THAT(answer.media[3].candidates, Not(IsEmpty()));
  EXPECT_THAT(result.add_producers, SizeIs(1));
  EXPECT_EQ(result.refused[0].reason, "no common codec");
}

TEST(AnswerTest, DataAloneIsEnough) {
  Connection connection;
  const AnswerResult result = connection.Accept(OfferBuilder().Data("d").Build());
  EXPECT_TRUE(result.remote.sctp.has_value());
  EXPECT_THAT(result.add_producers, IsEmpty());
  EXPECT_THAT(Parsed(result.answer).media[0].candidates, SizeIs(2));
}

TEST(AnswerTest, WeAreActiveOnlyToAPassivePeer) {
  for (const auto& [setup, role, answer] :
       {std::tuple{"actpass", DtlsRole::kServer, "a=setup:passive"},
        std::tuple{"active", DtlsRole::kServer, "a=setup:passive"},
        std::tuple{"passive", DtlsRole::kClient, "a=setup:active"}}) {
    Connection connection;
    const AnswerResult result = connection.Accept(OfferBuilder().Data("d").Setup(setup).Build());
    EXPECT_EQ(result.remote.our_role, role);
    EXPECT_THAT(result.answer, HasSubstr(answer));
  }
}

TEST(AnswerTest, IPv6CandidatesGetAnIp6ConnectionLine) {
  Connection connection;
  connection.worker.candidates = {{"1", CandidateProtocol::kUdp, 1, "2001:db8::1", 4000}};
  EXPECT_THAT(connection.Accept(OfferBuilder().Data("d").Build()).answer,
              HasSubstr("c=IN IP6 2001:db8::1\r\n"));
}

TEST(AnswerTest, TheSameInputGivesTheSameAnswer) {
  Connection a;
  Connection b;
  const std::string offer = OfferBuilder().Audio("a", "sendrecv").Video("v", "sendrecv").Build();
  EXPECT_EQ(a.Accept(offer).answer, b.Accept(offer).answer);
}

}  // namespace
}  // namespace stellwerk
