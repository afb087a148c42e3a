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

}  // namespace
}  // namespace stellwerk
