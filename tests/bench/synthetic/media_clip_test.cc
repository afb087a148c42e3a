// Recordings whose frame sizes are replayed: IVF and Ogg Opus, whole and harmed.
#include "bench/synthetic/media_clip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "bench/synthetic/ivf.h"
#include "bench/synthetic/ogg_opus.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Bytes = std::vector<uint8_t>;

void Append(Bytes& out, uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}
void Append(Bytes& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

// A time base of 1/30 s.
Bytes IvfHeader(std::string_view fourcc) {
  Bytes out;
  Append(out, "DKIF");
  Append(out, 0, 2);
  Append(out, 32, 2);
  Append(out, fourcc);
  Append(out, 640, 2);
  Append(out, 360, 2);
  Append(out, 30, 4);
  Append(out, 1, 4);
  Append(out, 0, 8);
  return out;
}
void AppendIvfFrame(Bytes& out, uint64_t stamp, Bytes data, std::size_t size) {
  data.resize(size);
  Append(out, size, 4);
  Append(out, stamp, 8);
  out.insert(out.end(), data.begin(), data.end());
}

Bytes Vp8File() {
  Bytes file = IvfHeader("VP80");
  AppendIvfFrame(file, 10, {0x10}, 900);
  AppendIvfFrame(file, 11, {0x11}, 100);
  AppendIvfFrame(file, 13, {0x11}, 200);
  return file;
}

void ExpectError(const absl::StatusOr<MediaClip>& clip, const std::string& text) {
  ASSERT_FALSE(clip.ok());
  EXPECT_THAT(std::string(clip.status().message()), HasSubstr(text));
}

TEST(IvfTest, SizesTimesAndKeyframesAreRead) {
  const auto clip = ParseIvf(Vp8File(), "clip.ivf");
  ASSERT_TRUE(clip.ok()) << clip.status();
  EXPECT_EQ(clip->codec, Codec::kVp8);
  EXPECT_EQ(clip->resolution, (VideoResolution{640, 360}));
  ASSERT_EQ(clip->frames.size(), 3U);
  EXPECT_EQ(clip->frames[0].at, 0ms);
  EXPECT_NEAR(static_cast<double>(ToMicroseconds(clip->frames[2].at)), 100'000, 1);
  EXPECT_EQ(clip->frames[1].size, 100U);
  EXPECT_TRUE(clip->frames[0].keyframe);
  EXPECT_FALSE(clip->frames[1].keyframe);
  // The last frame lasts as long as the others on average.
  EXPECT_NEAR(static_cast<double>(ToMicroseconds(clip->length)), 150'000, 1);
  EXPECT_NEAR(static_cast<double>(clip->mean_rate().bps()), 1200 * 8 / 0.15, 5);
}

TEST(IvfTest, Vp9KeyframesAreToldOfAnyProfile) {
  Bytes file = IvfHeader("VP90");
  AppendIvfFrame(file, 0, {0x82}, 50);  // profile 0, key
  AppendIvfFrame(file, 1, {0x86}, 50);  // inter
  AppendIvfFrame(file, 2, {0x88}, 50);  // shows an existing frame
  AppendIvfFrame(file, 3, {0xB0}, 50);  // profile 3 has a reserved bit more: key
  AppendIvfFrame(file, 4, {0xB2}, 50);  // inter
  const auto clip = ParseIvf(file, "clip.ivf");
  ASSERT_TRUE(clip.ok()) << clip.status();
  std::vector<bool> keyframes;
  for (const ClipFrame& frame : clip->frames) keyframes.push_back(frame.keyframe);
  EXPECT_EQ(keyframes, (std::vector<bool>{true, false, false, true, false}));
}

TEST(IvfTest, Av1KeyframesAreToldByTheFirstFrameHeader) {
  Bytes file = IvfHeader("AV01");
  // Temporal delimiter, sequence header of two bytes, then a frame.
  AppendIvfFrame(file, 0, {0x12, 0x00, 0x0A, 0x02, 0xFF, 0xFF, 0x32, 0x20, 0x10}, 60);
  AppendIvfFrame(file, 1, {0x12, 0x00, 0x32, 0x20, 0x30}, 60);                    // inter
  AppendIvfFrame(file, 2, {0x12, 0x00, 0x1A, 0x01, 0x80}, 5);                     // existing
  AppendIvfFrame(file, 3, {0x12, 0x00, 0x36, 0x08, 0x20, 0x10}, 60);              // extension
  AppendIvfFrame(file, 4, {0x12, 0x00, 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}, 12);  // too large
  const auto clip = ParseIvf(file, "clip.ivf");
  ASSERT_TRUE(clip.ok()) << clip.status();
  std::vector<bool> keyframes;
  for (const ClipFrame& frame : clip->frames) keyframes.push_back(frame.keyframe);
  EXPECT_EQ(keyframes, (std::vector<bool>{true, false, false, true, false}));
}

TEST(IvfTest, FramesOfOneTimeAreOnePicture) {
  Bytes file = IvfHeader("VP90");
  AppendIvfFrame(file, 0, {0x82}, 100);
  AppendIvfFrame(file, 0, {0x86}, 300);
  AppendIvfFrame(file, 1, {0x86}, 50);
  AppendIvfFrame(file, 2, {}, 0);  // dropped by the encoder
  const auto clip = ParseIvf(file, "clip.ivf");
  ASSERT_TRUE(clip.ok()) << clip.status();
  ASSERT_EQ(clip->frames.size(), 2U);
  EXPECT_EQ(clip->frames[0].size, 400U);
  EXPECT_TRUE(clip->frames[0].keyframe);
}

TEST(IvfTest, WhatItIsNotAndWhatIsWrongIsSaid) {
  ExpectError(ParseIvf({}, "a.ivf"), "a.ivf: not an IVF file: it does not begin with \"DKIF\"");
  ExpectError(ParseIvf(IvfHeader("H264"), "a.ivf"),
              "a.ivf: codec \"H264\" is none of VP80, VP90, AV01");
  ExpectError(ParseIvf(IvfHeader("VP80"), "a.ivf"), "a.ivf: there is no frame in it");
  Bytes zero = IvfHeader("VP80");
  std::fill_n(zero.begin() + 16, 4, uint8_t{0});
  ExpectError(ParseIvf(zero, "a.ivf"), "a.ivf: not an IVF file: its time base is zero");
  Bytes inter = IvfHeader("VP80");
  AppendIvfFrame(inter, 0, {0x11}, 10);
  ExpectError(ParseIvf(inter, "a.ivf"), "a.ivf: it does not begin with a keyframe");
  Bytes back = Vp8File();
  AppendIvfFrame(back, 12, {0x11}, 10);
  ExpectError(ParseIvf(back, "a.ivf"), "a.ivf: frame 3 is not later than the one before it");
  Bytes far = Vp8File();
  AppendIvfFrame(far, UINT64_MAX, {0x11}, 10);
  ExpectError(ParseIvf(far, "a.ivf"), "has no time that could be");
  Bytes late = Vp8File();
  AppendIvfFrame(late, 100'000'000, {0x11}, 10);
  ExpectError(ParseIvf(late, "a.ivf"), "a.ivf: it is longer than a day");
  Bytes dense = IvfHeader("VP80");
  dense[16] = 0xFF, dense[17] = 0xFF, dense[18] = 0xFF;  // a tick of 60 ns
  for (uint64_t i = 0; i < 20; ++i) AppendIvfFrame(dense, i, {0x10}, 10);
  ExpectError(ParseIvf(dense, "a.ivf"), "a.ivf: it has more than 1000 frames a second");
  Bytes large = IvfHeader("VP80");
  AppendIvfFrame(large, 0, {0x10}, 4'000'001);
  ExpectError(ParseIvf(large, "a.ivf"), "a.ivf: frame 0 is too large: 4000001 bytes");
}

TEST(IvfTest, CutShortAnywhereItIsAnError) {
  const Bytes file = Vp8File();
  // Whole frames are a file.
  const std::vector<std::size_t> whole = {32 + 12 + 900, 32 + 24 + 1000, file.size()};
  for (std::size_t size = 0; size <= file.size(); ++size) {
    const auto clip = ParseIvf(std::span(file).first(size), "clip.ivf");
    EXPECT_EQ(clip.ok(), std::find(whole.begin(), whole.end(), size) != whole.end()) << size;
  }
}

// One page; checksums are left zero.
void AppendPage(Bytes& out, uint8_t flags, uint32_t serial, const Bytes& lacing,
                const Bytes& body) {
  Append(out, "OggS");
  Append(out, 0, 1);
  Append(out, flags, 1);
  Append(out, 0, 8);
  Append(out, serial, 4);
  Append(out, 0, 8);
  Append(out, lacing.size(), 1);
  out.insert(out.end(), lacing.begin(), lacing.end());
  out.insert(out.end(), body.begin(), body.end());
}
Bytes OpusHead() {
  Bytes head;
  Append(head, "OpusHead");
  head.resize(19);
  head[8] = 1;
  head[9] = 1;
  return head;
}
Bytes Packet(uint8_t toc, std::size_t size) {
  Bytes out(size, 0x55);
  out[0] = toc;
  return out;
}
Bytes Joined(const std::vector<Bytes>& packets) {
  Bytes out;
  for (const Bytes& packet : packets) out.insert(out.end(), packet.begin(), packet.end());
  return out;
}
Bytes OpusFile() {
  Bytes file;
  AppendPage(file, 2, 7, {19}, OpusHead());
  AppendPage(file, 0, 7, {8}, Packet('O', 8));  // OpusTags, which nobody reads
  return file;
}

TEST(OggOpusTest, SizesAndDurationsAreRead) {
  Bytes file;
  AppendPage(file, 2, 3, {4}, Packet('v', 4));  // another stream
  const Bytes opus = OpusFile();
  file.insert(file.end(), opus.begin(), opus.end());
  // 20 ms, 10 ms, 2 x 20 ms, and one of 20 ms and 300 bytes across two pages.
  const Bytes across = Packet(0xF8, 300);
  AppendPage(file, 0, 7, {80, 40, 90, 255},
             Joined({Packet(0xF8, 80), Packet(0xF0, 40), Packet(0xF9, 90),
                     Bytes(across.begin(), across.begin() + 255)}));
  AppendPage(file, 0, 3, {10}, Packet('v', 10));
  AppendPage(file, 5, 7, {45, 2}, Joined({Bytes(45, 0x55), Packet(0xF8, 2)}));
  const auto clip = ParseOggOpus(file, "voice.opus");
  ASSERT_TRUE(clip.ok()) << clip.status();
  EXPECT_EQ(clip->codec, Codec::kOpus);
  std::vector<std::pair<TimeDelta, uint32_t>> frames;
  for (const ClipFrame& frame : clip->frames) frames.emplace_back(frame.at, frame.size);
  EXPECT_EQ(frames, (std::vector<std::pair<TimeDelta, uint32_t>>{
                        {0ms, 80U}, {20ms, 40U}, {30ms, 90U}, {70ms, 300U}, {90ms, 2U}}));
  EXPECT_EQ(clip->length, 110ms);
  EXPECT_EQ(clip->frames[3].toc, 0xF8);
}

TEST(OggOpusTest, DurationsFollowRfc6716) {
  const auto duration = [](Bytes packet) { return OpusPacketDuration(packet); };
  EXPECT_EQ(duration({}), std::nullopt);
  EXPECT_EQ(duration({0x00}), 10ms);         // SILK
  EXPECT_EQ(duration({0x18}), 60ms);         // SILK
  EXPECT_EQ(duration({0x60}), 10ms);         // hybrid
  EXPECT_EQ(duration({0x80}), 2500us);       // CELT
  EXPECT_EQ(duration({0xFA}), 40ms);         // two frames of different sizes
  EXPECT_EQ(duration({0xFB, 0x06}), 120ms);  // six frames
  EXPECT_EQ(duration({0xFB}), std::nullopt);
  EXPECT_EQ(duration({0xFB, 0x00}), std::nullopt);
  EXPECT_EQ(duration({0xFB, 0x07}), std::nullopt);  // 140 ms
  EXPECT_EQ(duration({0x19}), 120ms);
}

TEST(OggOpusTest, WhatItIsNotAndWhatIsWrongIsSaid) {
  ExpectError(ParseOggOpus({}, "a.ogg"), "a.ogg: no Opus stream in it");
  ExpectError(ParseOggOpus(Vp8File(), "a.ogg"), "a.ogg: not an Ogg file at byte 0");
  Bytes other;
  AppendPage(other, 2, 1, {10}, Packet('v', 10));
  ExpectError(ParseOggOpus(other, "a.ogg"), "a.ogg: no Opus stream in it");
  ExpectError(ParseOggOpus(OpusFile(), "a.ogg"), "a.ogg: there is no frame in it");
  Bytes empty = OpusFile();
  AppendPage(empty, 0, 7, {0}, {});
  ExpectError(ParseOggOpus(empty, "a.ogg"), "a.ogg: packet 2 is not Opus: 0 bytes");
  Bytes cut = OpusFile();
  AppendPage(cut, 0, 7, {80}, Packet(0xF8, 60));
  ExpectError(ParseOggOpus(cut, "a.ogg"), "a.ogg: no whole Ogg page at byte");
}

TEST(OggOpusTest, ALostPageLosesItsPacketsOnly) {
  Bytes file = OpusFile();
  AppendPage(file, 0, 7, {50, 255}, Joined({Packet(0xF8, 50), Packet(0xF8, 255)}));
  // The end of that packet never comes; and this page's packet has lost its start.
  AppendPage(file, 0, 7, {60}, Packet(0xF8, 60));
  AppendPage(file, 1, 7, {33, 70}, Joined({Bytes(33, 0x55), Packet(0xF8, 70)}));
  const auto clip = ParseOggOpus(file, "a.ogg");
  ASSERT_TRUE(clip.ok()) << clip.status();
  std::vector<uint32_t> sizes;
  for (const ClipFrame& frame : clip->frames) sizes.push_back(frame.size);
  EXPECT_EQ(sizes, (std::vector<uint32_t>{50, 60, 70}));
}

class MediaFileTest : public ::testing::Test {
 protected:
  std::string Write(const Bytes& bytes) {
    std::ofstream file(path_, std::ios::binary);
    for (const uint8_t byte : bytes) file.put(static_cast<char>(byte));
    return path_;
  }
  void TearDown() override { std::remove(path_.c_str()); }
  std::string path_ = ::testing::TempDir() + "media_clip_test_recording";
};

TEST_F(MediaFileTest, EitherKindIsToldByItsContents) {
  const auto video = ReadMediaClip(Write(Vp8File()));
  ASSERT_TRUE(video.ok()) << video.status();
  EXPECT_EQ((*video)->codec, Codec::kVp8);
  Bytes voice = OpusFile();
  AppendPage(voice, 0, 7, {80}, Packet(0xF8, 80));
  const auto audio = ReadMediaClip(Write(voice));
  ASSERT_TRUE(audio.ok()) << audio.status();
  EXPECT_EQ((*audio)->codec, Codec::kOpus);
}

TEST_F(MediaFileTest, WhatCannotBeReadIsSaid) {
  const auto none = ReadMediaClip(path_ + "/none");
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(std::string(none.status().message()), HasSubstr(path_ + "/none: "));
  const auto junk = ReadMediaClip(Write({1, 2, 3}));
  ASSERT_FALSE(junk.ok());
  EXPECT_THAT(std::string(junk.status().message()), HasSubstr(path_ + ": not an IVF file"));
  EXPECT_FALSE(ReadMediaClip(::testing::TempDir()).ok());
}

}  // namespace
}  // namespace stellwerk::synthetic
