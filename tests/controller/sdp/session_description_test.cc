#include "controller/sdp/session_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controller/sdp/answer_fixture.h"

namespace stellwerk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kRecordings[] = {
    "aiortc-offer.sdp", "chromium-offer.sdp",         "firefox-offer.sdp", "gst-answer.sdp",
    "gst-offer.sdp",    "node-datachannel-offer.sdp", "roamhq-offer.sdp",  "werift-offer.sdp"};

class RecordedDescription : public ::testing::TestWithParam<const char*> {};

TEST_P(RecordedDescription, SurvivesBeingWrittenAndReadAgain) {
  SessionDescription first = Parsed(RecordedOffer(GetParam()));
  SessionDescription second = Parsed(SerializeSessionDescription(first));
  ASSERT_FALSE(first.media.empty());
  for (auto* description : {&first, &second}) {
    for (MediaDescription& section : description->media) section.line = 0;
  }
  EXPECT_EQ(first, second);
}

INSTANTIATE_TEST_SUITE_P(AllClients, RecordedDescription, ::testing::ValuesIn(kRecordings));

TEST(SessionDescriptionTest, ReadsWhatChromiumSaysAboutSimulcast) {
  const SessionDescription offer = Parsed(RecordedOffer("chromium-offer.sdp"));
  ASSERT_THAT(offer.media, SizeIs(3));
  EXPECT_EQ(offer.session_id, 3863438304805125017U);
  EXPECT_TRUE(offer.extmap_allow_mixed);
  EXPECT_THAT(offer.bundle_groups, ElementsAre(ElementsAre("0", "1", "2")));
  const MediaDescription& video = offer.media[1];
  EXPECT_EQ(video.type, MediaType::kVideo);
  EXPECT_EQ(video.port, 50640);
  EXPECT_EQ(video.direction, Direction::kSendOnly);
  EXPECT_THAT(video.formats, SizeIs(23));
  EXPECT_THAT(video.simulcast_send, ElementsAre(*Rid::From("q"), *Rid::From("h"), *Rid::From("f")));
  EXPECT_THAT(video.ssrc_attributes, IsEmpty());
  EXPECT_TRUE(video.rtcp_xr_receiver_rtt);
  EXPECT_EQ(video.msid_track, "15e09dd8-50a0-4724-8ee2-863bb93d8617");
  EXPECT_EQ(video.formats[0].name, "VP8");
  EXPECT_THAT(video.formats[0].feedback,
              ElementsAre("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"));
  EXPECT_EQ(video.formats[1].fmtp, "apt=96");
  EXPECT_EQ(offer.media[2].sctp.max_message_size, 262144U);
  // Only UDP of component 1: Chromium's TCP candidates are active ones.
  EXPECT_THAT(video.candidates, SizeIs(3));
}

TEST(SessionDescriptionTest, ReadsFirefoxFormsSessionFingerprintDirectedExtensionsAndFidGroups) {
  const SessionDescription offer = Parsed(RecordedOffer("firefox-offer.sdp"));
  ASSERT_THAT(offer.media, SizeIs(3));
  EXPECT_THAT(offer.media[1].transport.fingerprints, IsEmpty());
  EXPECT_THAT(offer.TransportOf(offer.media[1]).fingerprints, SizeIs(1));
  EXPECT_EQ(offer.TransportOf(offer.media[1]).ice_ufrag, "b32264de");
  EXPECT_EQ(offer.media[1].extensions[5].id, 8);
  EXPECT_EQ(offer.media[1].extensions[5].direction, Direction::kSendOnly);
  EXPECT_THAT(offer.media[1].ssrc_groups, SizeIs(3));
  // a=fmtp stands before a=rtpmap there.
  EXPECT_EQ(offer.media[0].formats[0].fmtp, "maxplaybackrate=48000;stereo=1;useinbandfec=1");
  EXPECT_EQ(offer.media[0].formats[0].name, "opus");
}

TEST(SessionDescriptionTest, ReadsTheOldFormOfADataSection) {
  const SessionDescription offer = Parsed(RecordedOffer("aiortc-offer.sdp"));
  EXPECT_TRUE(offer.media[1].sctp.legacy_form);
  EXPECT_EQ(offer.media[1].sctp.port, 5000);
  EXPECT_EQ(offer.media[1].sctp.max_message_size, 65536U);
}

TEST(SessionDescriptionTest, AcceptsBareLineFeedsAndAMissingLastLineEnd) {
  const std::string text = RecordedOffer("chromium-offer.sdp");
  std::string bare = Replace(text, "\r\n", "\n");
  bare.pop_back();
  EXPECT_EQ(Parsed(bare), Parsed(text));
}

struct Nonsense {
  const char* from;  // text of the Chromium offer
  const char* to;
  int line;
  const char* complaint;
};

class NonsenseLine : public ::testing::TestWithParam<Nonsense> {};

TEST_P(NonsenseLine, IsNamedWithItsNumber) {
  std::string text = RecordedOffer("chromium-offer.sdp");
  const std::size_t at = text.find(GetParam().from);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, std::string_view(GetParam().from).size(), GetParam().to);
  const auto result = ParseSessionDescription(text);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().line, GetParam().line) << result.error().text;
  EXPECT_THAT(result.error().text, HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    ChromiumOffer, NonsenseLine,
    ::testing::Values(
        Nonsense{"v=0", "v=1", 1, "'v=0'"},
        Nonsense{"o=- 3863438304805125017 2 IN", "o=hello", 2, "o="},
        Nonsense{"s=-", "nonsense", 3, "'x=...'"},
        Nonsense{"t=0 0", "t=\x01", 4, "control character"},
        Nonsense{"m=audio 45325", "m=audio 70000", 8, "media port protocol"},
        Nonsense{"111 63 9", "111 128 9", 8, "payload type of 0..127"},
        Nonsense{"111 63 9", "111 111 9", 8, "listed twice"},
        Nonsense{"c=IN IP4 192.0.2.2", "c=IN", 9, "c="},
        Nonsense{"a=candidate:1647490947 1 udp", "a=candidate:1647490947 x udp", 11, "a=candidate"},
        Nonsense{"a=ice-ufrag:rQXH", "a=ice-ufrag:r", 17, "4..256"},
        Nonsense{"a=ice-pwd:OMdagNbdPS9Xj1EZK9QrAnv3", "a=ice-pwd:short", 18, "22..256"},
        Nonsense{"a=fingerprint:sha-256 E0:C1", "a=fingerprint:sha-256 E0", 20, "32 bytes"},
        Nonsense{"a=fingerprint:sha-256 E0", "a=fingerprint:sha-256 XY", 20, "hex"},
        Nonsense{"a=setup:actpass", "a=setup:maybe", 21, "actpass"},
        Nonsense{"a=mid:0", "a=mid:with space", 22, "a=mid"},
        Nonsense{"a=extmap:1 ", "a=extmap:0 ", 23, "1..14"},
        Nonsense{"a=extmap:1 ", "a=extmap:1/updown ", 23, "direction"},
        Nonsense{"a=extmap:2 ", "a=extmap:1 ", 24, "used twice"},
        Nonsense{"a=rtpmap:111 opus/48000/2", "a=rtpmap:111 opus", 32, "a=rtpmap"},
        Nonsense{"a=rtcp-fb:111 transport-cc", "a=rtcp-fb:x", 33, "a=rtcp-fb"},
        Nonsense{"a=fmtp:111 min", "a=fmtp:min", 34, "a=fmtp"},
        Nonsense{"a=ssrc:3810927374 cname", "a=ssrc:99999999999 cname", 43, "32-bit"},
        Nonsense{"a=mid:1", "a=mid:0", 59, "already the mid"},
        Nonsense{"a=rid:q send", "a=rid:q sideways", 171, "send or recv"},
        Nonsense{"a=simulcast:send q;h;f", "a=simulcast:send", 174, "missing"},
        Nonsense{"a=sctp-port:5000", "a=sctp-port:0", 189, "1..65535"}));

TEST(SessionDescriptionTest, DoesNotRepeatAPasswordInItsComplaint) {
  const std::string text = Replace(RecordedOffer("chromium-offer.sdp"),
                                   "a=ice-pwd:OMdagNbdPS9Xj1EZK9QrAnv3", "a=ice-pwd:tooshort");
  const auto result = ParseSessionDescription(text);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text, ::testing::Not(HasSubstr("tooshort")));
}

TEST(SessionDescriptionTest, RefusesEmptyAndHugeText) {
  EXPECT_EQ(ParseSessionDescription("").error().ToString(), "empty");
  EXPECT_THAT(ParseSessionDescription(std::string(300'000, 'v')).error().ToString(),
              HasSubstr("256 kB"));
  std::string many = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n";
  for (int i = 0; i < 257; ++i) many += "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n";
  EXPECT_EQ(ParseSessionDescription(many).error().ToString(), "line 259: more than 256 m-lines");
}

}  // namespace
}  // namespace stellwerk
