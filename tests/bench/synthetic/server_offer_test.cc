#include "bench/synthetic/server_offer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace stellwerk::synthetic {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<Codec> kAllCodecs = {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1};
const LocalSide kLocal = {.session_id = 7,
                          .session_version = 1,
                          .ice = {"abcd", "abcdefghijklmnopqrstuvwx"},
                          .fingerprint = {"sha-256", std::vector<uint8_t>(32, 0xAB)},
                          .cname = "me",
                          .address = SocketAddress::Parse("198.51.100.7:4000")};

// What full-ICE servers offer to a subscriber: everything at once, in their own numbers.
std::string Head(const char* bundle) {
  return std::string("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n") + "a=group:BUNDLE " +
         bundle + "\r\na=msid-semantic: WMS *\r\n" +
         "a=ice-options:trickle\r\na=fingerprint:sha-256 " +
         "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:"
         "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F\r\n";
}
std::string Transport(const char* setup = "actpass") {
  return std::string("a=ice-ufrag:wxyz\r\na=ice-pwd:0123456789012345678901\r\na=setup:") + setup +
         "\r\na=rtcp-mux\r\n";
}
std::string Audio(const char* mid, const char* direction = "sendonly") {
  return std::string("m=audio 9 UDP/TLS/RTP/SAVPF 109 63\r\nc=IN IP4 0.0.0.0\r\na=mid:") + mid +
         "\r\na=" + direction + "\r\n" + Transport() +
         "a=rtpmap:109 OPUS/48000/2\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 109/109\r\n"
         "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
         "a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
         "a=ssrc:1001 cname:sfu\r\na=ssrc:1001 msid:ada voice\r\n";
}
std::string Video(const char* mid, const char* direction = "sendonly") {
  return std::string(
             "m=video 9 UDP/TLS/RTP/SAVPF 35 36 120 121 122\r\nc=IN IP4 0.0.0.0\r\na=mid:") +
         mid + "\r\na=" + direction + "\r\n" + Transport() +
         "a=rtpmap:35 H265/90000\r\na=rtpmap:36 rtx/90000\r\na=fmtp:36 apt=35\r\n"
         "a=rtpmap:120 vp8/90000\r\na=rtcp-fb:120 nack\r\na=rtcp-fb:120 nack pli\r\n"
         "a=rtcp-fb:120 nack rpsi\r\na=rtpmap:121 rtx/90000\r\na=fmtp:121 rtx-time=3000;apt=120\r\n"
         "a=rtpmap:122 ulpfec/90000\r\n"
         "a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
         "a=extmap:6 urn:3gpp:video-orientation\r\n"
         "a=ssrc-group:FID 2001 2002\r\na=ssrc:2001 cname:sfu\r\na=ssrc:2002 cname:sfu\r\n"
         "a=candidate:1 1 udp 100 203.0.113.5 5000 typ srflx raddr 10.0.0.1 rport 5000\r\n"
         "a=candidate:2 1 udp 200 10.0.0.1 5000 typ host\r\n"
         "a=candidate:3 1 udp 300 2001:db8::1 5000 typ host\r\n"
         "a=candidate:4 1 tcp 400 10.0.0.1 9 typ host tcptype active\r\n"
         "a=candidate:5 2 udp 500 10.0.0.1 5001 typ host\r\n";
}
const char kData[] =
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:d\r\n"
    "a=sendrecv\r\na=sctp-port:5000\r\na=max-message-size:65535\r\n";

SessionDescription Answered(const ServerOffer& offer) {
  const auto answer = ParseSessionDescription(AnswerServerOffer(offer, kLocal));
  EXPECT_TRUE(answer);
  return *answer;
}

TEST(ServerOfferTest, MLinesThatSendBecomeSlotsWithTheServersNumbers) {
  const auto offer = ReadServerOffer(Head("x y") + Audio("x") + Video("y"), kAllCodecs, false);
  ASSERT_TRUE(offer.ok()) << offer.status();
  ASSERT_EQ(offer->read.media.size(), 2U);
  const auto& voice = offer->read.media[0].slot;
  ASSERT_TRUE(voice);
  EXPECT_EQ(voice->ssrc, Ssrc(1001));
  ASSERT_EQ(voice->codecs.size(), 1U);  // no redundant audio
  EXPECT_EQ(voice->codecs[0].payload_type, PayloadType(109));
  const auto& picture = offer->read.media[1].slot;
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->ssrc, Ssrc(2001));
  EXPECT_EQ(picture->rtx_ssrc, Ssrc(2002));
  ASSERT_EQ(picture->codecs.size(), 1U);
  EXPECT_EQ(picture->codecs[0].codec, Codec::kVp8);
  EXPECT_EQ(picture->codecs[0].rtx_payload_type, PayloadType(121));
  EXPECT_TRUE(picture->codecs[0].nack);
  EXPECT_EQ(picture->extensions.IdOf(RtpExtension::kTransportCc), ExtensionId(5));
  EXPECT_EQ(offer->read.remote.our_role, DtlsRole::kClient);
}

TEST(ServerOfferTest, TheAnswerTakesWhatIsUnderstoodAndNothingElse) {
  const auto offer = ReadServerOffer(Head("x y") + Audio("x") + Video("y"), kAllCodecs, false);
  ASSERT_TRUE(offer.ok());
  const SessionDescription answer = Answered(*offer);
  ASSERT_EQ(answer.media.size(), 2U);
  EXPECT_THAT(answer.bundle_groups, ElementsAre(ElementsAre("x", "y")));
  const MediaDescription& voice = answer.media[0];
  EXPECT_EQ(voice.direction, Direction::kRecvOnly);
  EXPECT_EQ(voice.formats.size(), 1U);
  EXPECT_EQ(voice.extensions.size(), 2U);
  EXPECT_EQ(voice.transport.setup, DtlsSetup::kActive);
  ASSERT_EQ(voice.candidates.size(), 1U);
  EXPECT_EQ(voice.candidates[0].port, 4000);
  const MediaDescription& picture = answer.media[1];
  ASSERT_EQ(picture.formats.size(), 2U);
  EXPECT_EQ(picture.formats[0].payload_type, PayloadType(120));
  EXPECT_THAT(picture.formats[0].feedback, ElementsAre("nack", "nack pli"));
  EXPECT_EQ(picture.formats[1].payload_type, PayloadType(121));
  ASSERT_EQ(picture.extensions.size(), 1U);
  EXPECT_EQ(picture.extensions[0].id, 5);
}

TEST(ServerOfferTest, CandidatesOfAllMLinesAreTakenTheBestFirst) {
  const auto offer =
      ReadServerOffer(Head("x y z") + Audio("x") + Video("y") + Video("z"), kAllCodecs, false);
  ASSERT_TRUE(offer.ok());
  ASSERT_EQ(offer->read.candidates.size(), 3U);  // no other component, no active TCP
  EXPECT_EQ(offer->read.candidates[0].address, "2001:db8::1");
  EXPECT_EQ(offer->read.candidates[1].address, "10.0.0.1");
  EXPECT_EQ(offer->read.candidates[2].address, "203.0.113.5");
  EXPECT_TRUE(offer->read.may_trickle);
}

TEST(ServerOfferTest, WhatDoesNotSendIsAnsweredInactiveAndWhatIsUnknownRejected) {
  const auto offer = ReadServerOffer(
      Head("x y z d") + Audio("x", "recvonly") + Video("y", "inactive") + Video("z") + kData, {},
      true);
  ASSERT_FALSE(offer.ok() && offer->read.media[2].accepted);
  const auto mixed = ReadServerOffer(
      Head("x y d") + Audio("x", "recvonly") + Video("y", "inactive") + kData, kAllCodecs, true);
  ASSERT_TRUE(mixed.ok()) << mixed.status();
  const SessionDescription answer = Answered(*mixed);
  EXPECT_EQ(answer.media[0].direction, Direction::kInactive);
  EXPECT_NE(answer.media[0].port, 0);
  EXPECT_EQ(answer.media[1].direction, Direction::kInactive);
  EXPECT_FALSE(mixed->read.media[1].slot);
  EXPECT_NE(answer.media[2].port, 0);
  ASSERT_TRUE(mixed->read.remote.sctp);
  EXPECT_EQ(mixed->read.remote.sctp->max_message_size, 65'535U);

  const auto without = ReadServerOffer(Head("x d") + Audio("x") + kData, kAllCodecs, false);
  ASSERT_TRUE(without.ok());
  EXPECT_EQ(Answered(*without).media[1].port, 0);
  EXPECT_THAT(Answered(*without).bundle_groups, ElementsAre(ElementsAre("x")));
  EXPECT_FALSE(without->read.remote.sctp);
}

TEST(ServerOfferTest, AnActiveServerGetsAPassiveAnswer) {
  std::string text = Head("x") + Audio("x");
  text.replace(text.find("actpass"), 7, "active");
  const auto offer = ReadServerOffer(text, kAllCodecs, false);
  ASSERT_TRUE(offer.ok());
  EXPECT_EQ(offer->read.remote.our_role, DtlsRole::kServer);
  EXPECT_EQ(Answered(*offer).media[0].transport.setup, DtlsSetup::kPassive);
}

TEST(ServerOfferTest, UnusableOffersSayWhy) {
  const auto error = [](const std::string& text) {
    const auto offer = ReadServerOffer(text, kAllCodecs, false);
    return offer.ok() ? std::string("none") : std::string(offer.status().message());
  };
  EXPECT_THAT(error("nonsense"), HasSubstr("offer: line 1"));
  EXPECT_THAT(error(Head("d") + kData), HasSubstr("nothing in it can be received"));
  EXPECT_THAT(error(Head("x") + Audio("x") + Video("y")), HasSubstr("y is not bundled"));
  std::string text = Head("x") + Audio("x");
  EXPECT_THAT(error(std::string(text).erase(text.find("a=rtcp-mux"), 12)), HasSubstr("rtcp-mux"));
  EXPECT_THAT(error(std::string(text).erase(text.find("a=ice-ufrag"), 18)),
              HasSubstr("no ICE credentials"));
  EXPECT_THAT(error(std::string(text).erase(text.find("a=setup:"), 17)), HasSubstr("a=setup"));
}

}  // namespace
}  // namespace stellwerk::synthetic
