#include "rtc/consumer/codec_matching.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

CodecParameters Make(Codec codec, const char* fmtp = "", uint32_t clock_rate = 90'000) {
  CodecParameters parameters;
  parameters.codec = codec;
  parameters.fmtp = fmtp;
  parameters.clock_rate = clock_rate;
  return parameters;
}

TEST(CodecMatchingTest, PayloadTypesDoNotMatter) {
  const std::vector<CodecParameters> offered = {Make(Codec::kVp8), Make(Codec::kAv1)};
  EXPECT_EQ(MatchCodec(Make(Codec::kAv1), offered), 1);
  EXPECT_EQ(MatchCodec(Make(Codec::kVp9), offered), std::nullopt);
}

TEST(CodecMatchingTest, H264NeedsTheSameModeAndProfileButNotTheSameLevel) {
  const std::vector<CodecParameters> offered = {
      Make(Codec::kH264, "packetization-mode=0;profile-level-id=42e01f"),
      Make(Codec::kH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42E034")};
  EXPECT_EQ(MatchCodec(Make(Codec::kH264, "packetization-mode=1;profile-level-id=42e01f"), offered),
            1);
  EXPECT_EQ(MatchCodec(Make(Codec::kH264, "packetization-mode=1;profile-level-id=64001f"), offered),
            std::nullopt);
}

TEST(CodecMatchingTest, Vp9WithoutAProfileIsProfileZero) {
  const std::vector<CodecParameters> offered = {Make(Codec::kVp9, "profile-id=2"),
                                                Make(Codec::kVp9, "profile-id=0")};
  EXPECT_EQ(MatchCodec(Make(Codec::kVp9), offered), 1);
}

TEST(CodecMatchingTest, UnknownCodecsNeverMatch) {
  const std::vector<CodecParameters> offered = {Make(Codec::kUnknown)};
  EXPECT_EQ(MatchCodec(Make(Codec::kUnknown), offered), std::nullopt);
}

TEST(CodecMatchingTest, RedPassesWhereItsBlocksMeanTheSameAndIsStrippedElsewhere) {
  const std::vector<CodecParameters> sources = {Make(Codec::kRed, "111/111", 48'000),
                                                Make(Codec::kOpus, "", 48'000)};
  const auto match = [&](const std::vector<CodecParameters>& offered) {
    return MatchRed(sources[0], sources, offered);
  };
  const CodecParameters opus = Make(Codec::kOpus, "", 48'000);
  const auto same = match({opus, Make(Codec::kRed, "111/111", 48'000)});
  ASSERT_TRUE(same);
  EXPECT_EQ(same->codec, 1);
  EXPECT_FALSE(same->stripped);
  for (const auto& other : {match({opus}), match({opus, Make(Codec::kRed, "96/96", 48'000)})}) {
    ASSERT_TRUE(other);
    EXPECT_EQ(other->codec, 0);
    EXPECT_TRUE(other->stripped);
  }
  EXPECT_FALSE(match({Make(Codec::kVp8)}));
}

}  // namespace
}  // namespace stellwerk
