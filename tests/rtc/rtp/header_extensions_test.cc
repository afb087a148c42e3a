#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/rtp/header_extensions/abs_capture_time.h"
#include "rtc/rtp/header_extensions/abs_send_time.h"
#include "rtc/rtp/header_extensions/audio_level.h"
#include "rtc/rtp/header_extensions/playout_delay.h"
#include "rtc/rtp/header_extensions/stream_identifiers.h"
#include "rtc/rtp/header_extensions/transmission_offset.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"
#include "rtc/rtp/header_extensions/video_orientation.h"
#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

using testing::ElementsAre;

TEST(AudioLevel, ReadsVoiceActivityAndLevel) {
  // From Chromium: a beep of the fake device, and silence.
  EXPECT_EQ(AudioLevel::Parse(FromHex("8a")), (AudioLevel{.level = 10, .voice_activity = true}));
  EXPECT_EQ(AudioLevel::Parse(FromHex("7f")), (AudioLevel{.level = 127, .voice_activity = false}));
  EXPECT_THAT((AudioLevel{.level = 10, .voice_activity = true}).Serialize(), ElementsAre(0x8A));
  EXPECT_FALSE(AudioLevel::Parse({}).has_value());
}

TEST(AbsSendTime, MeasuresSecondsIn18FractionalBits) {
  EXPECT_EQ(AbsSendTime::From(Timestamp(std::chrono::seconds(1))).value, 1U << 18);
  EXPECT_EQ(AbsSendTime::From(Timestamp(std::chrono::milliseconds(65'500))).value, 3U << 17);
  const auto parsed = AbsSendTime::Parse(FromHex("d7e951"));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->value, 0xD7E951U);
  EXPECT_THAT(parsed->Serialize(), ElementsAre(0xD7, 0xE9, 0x51));
  EXPECT_FALSE(AbsSendTime::Parse(FromHex("d7e9")).has_value());
}

TEST(AbsSendTime, DifferencesCrossTheWrap) {
  const AbsSendTime before = AbsSendTime::From(Timestamp(std::chrono::milliseconds(63'500)));
  const AbsSendTime after = AbsSendTime::From(Timestamp(std::chrono::milliseconds(64'500)));
  EXPECT_EQ(after.Since(before), std::chrono::seconds(1));
  EXPECT_EQ(before.Since(after), -std::chrono::seconds(1));
}

TEST(TransportSeqNum, RoundTrip) {
  EXPECT_EQ(ParseTransportSeqNum(FromHex("fffe")), TransportSeqNum(0xFFFE));
  EXPECT_THAT(SerializeTransportSeqNum(TransportSeqNum(0xFFFE)), ElementsAre(0xFF, 0xFE));
  EXPECT_FALSE(ParseTransportSeqNum(FromHex("ff")).has_value());
}

TEST(StreamIdentifiers, AcceptWhatSdpAllows) {
  EXPECT_EQ(ParseMid(FromHex("30")), Mid::From("0"));
  EXPECT_EQ(ParseRid(FromHex("6d")), Rid::From("m"));
  EXPECT_EQ(ParseMid(FromHex("61756469 6f00")), Mid::From("audio")) << "filled up with zeros";
  EXPECT_FALSE(ParseMid({}).has_value());
  EXPECT_FALSE(ParseMid(FromHex("000000")).has_value());
  EXPECT_FALSE(ParseMid(FromHex("6120")).has_value()) << "a blank is no token character";
  EXPECT_FALSE(ParseMid(FromHex("61006100")).has_value()) << "a zero inside";
  EXPECT_FALSE(ParseRid(FromHex("612e")).has_value()) << "a dot is for tokens only";
  EXPECT_FALSE(ParseMid(std::vector<uint8_t>(32, 'a')).has_value()) << "longer than a Mid";
  EXPECT_TRUE(ParseMid(std::vector<uint8_t>(31, 'a')).has_value());
}

TEST(PlayoutDelay, RoundTripAndOrder) {
  const PlayoutDelay delay{.min = 0x123, .max = 0xABC};
  EXPECT_THAT(delay.Serialize(), ElementsAre(0x12, 0x3A, 0xBC));
  EXPECT_EQ(PlayoutDelay::Parse(FromHex("123abc")), delay);
  EXPECT_FALSE(PlayoutDelay::Parse(FromHex("abc123")).has_value()) << "min above max";
  EXPECT_FALSE(PlayoutDelay::Parse(FromHex("123a")).has_value());
}

TEST(AbsCaptureTime, ShortAndLongForm) {
  const AbsCaptureTime brief{.capture_time = NtpTime(0xEEACC34731 << 8), .clock_offset = {}};
  const AbsCaptureTime full{.capture_time = NtpTime(1), .clock_offset = -2};
  for (const auto& value : {brief, full}) {
    std::array<uint8_t, 16> bytes{};
    ByteWriter out(bytes);
    value.SerializeTo(out);
    EXPECT_EQ(AbsCaptureTime::Parse(out.written()), value);
  }
  EXPECT_FALSE(AbsCaptureTime::Parse(FromHex("01020304050607")).has_value());
}

TEST(VideoOrientation, RoundTrip) {
  const VideoOrientation turned{.back_camera = true, .flip = false, .quarter_turns = 3};
  EXPECT_THAT(turned.Serialize(), ElementsAre(0x0B));
  EXPECT_EQ(VideoOrientation::Parse(FromHex("0b")), turned);
  EXPECT_FALSE(VideoOrientation::Parse({}).has_value());
}

TEST(TransmissionOffset, IsSigned) {
  EXPECT_EQ(TransmissionOffset::Parse(FromHex("ffffff")), TransmissionOffset{-1});
  EXPECT_EQ(TransmissionOffset::Parse(FromHex("7fffff")), TransmissionOffset{8'388'607});
  EXPECT_THAT(TransmissionOffset{-2}.Serialize(), ElementsAre(0xFF, 0xFF, 0xFE));
  EXPECT_FALSE(TransmissionOffset::Parse(FromHex("ffff")).has_value());
}

}  // namespace
}  // namespace stellwerk
