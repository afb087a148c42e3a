#include "rtc/codec/payload_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

TEST(Inspect, Vp8CarriesItsDescriptorForTheRewriter) {
  const auto info = Inspect(Codec::kVp8, FromHex("90e08dd7b620b01c009d012a4001b400"), std::nullopt);
  ASSERT_TRUE(info.has_value());
  EXPECT_TRUE(info->is_keyframe && info->start_of_frame && info->switching_up_point);
  EXPECT_FALSE(info->discardable);
  EXPECT_EQ(info->descriptor_size, 6U);
  EXPECT_EQ(std::get<Vp8Descriptor>(info->descriptor).picture_id, 0x0DD7);
  EXPECT_EQ(info->resolution, (VideoResolution{.width = 320, .height = 180}));
}

TEST(Inspect, KeyframesOfEveryVideoCodecAreFound) {
  struct Case {
    Codec codec;
    const char* key;
    const char* delta;
  };
  for (const Case& c : {Case{Codec::kVp8, "10b013009d012a4001b400", "309110002d1c24"},
                        Case{Codec::kVp9, "beeab31010014000b483", "fddb7b50028700"},
                        Case{Codec::kH264, "7c85b80004000005", "61e0004000be40"},
                        Case{Codec::kH265, "2601af00", "0202d000"},
                        Case{Codec::kAv1, "680d080110308808627fb3803401340010", "1034203000"}}) {
    const auto key = Inspect(c.codec, FromHex(c.key), std::nullopt);
    const auto delta = Inspect(c.codec, FromHex(c.delta), std::nullopt);
    ASSERT_TRUE(key.has_value() && delta.has_value()) << static_cast<int>(c.codec);
    EXPECT_TRUE(key->is_keyframe && key->start_of_frame) << static_cast<int>(c.codec);
    EXPECT_FALSE(delta->is_keyframe) << static_cast<int>(c.codec);
    EXPECT_TRUE(delta->start_of_frame) << static_cast<int>(c.codec);
  }
}

TEST(Inspect, AudioCanStartAnywhere) {
  const auto info = Inspect(Codec::kOpus, FromHex("fffe"), std::nullopt);
  ASSERT_TRUE(info.has_value());
  EXPECT_TRUE(info->is_keyframe && info->start_of_frame);
  EXPECT_EQ(info->descriptor_size, 0U);
}

TEST(Inspect, ADependencyDescriptorStandsAboveAnEncryptedPayload) {
  const auto scrambled = FromHex("98ffffffffff");  // no valid AV1 payload
  EXPECT_FALSE(Inspect(Codec::kAv1, scrambled, std::nullopt).has_value());
  const DependencyDescriptorHead head{.start_of_frame = true,
                                      .end_of_frame = true,
                                      .template_id = 0,
                                      .frame_number = 1,
                                      .has_structure = true};
  const auto key = Inspect(Codec::kAv1, scrambled, head);
  ASSERT_TRUE(key.has_value());
  EXPECT_TRUE(key->is_keyframe && key->start_of_frame);
  // And it overrules what looks like a keyframe.
  const auto middle =
      Inspect(Codec::kVp8, FromHex("10b013009d012a4001b400"), DependencyDescriptorHead());
  EXPECT_FALSE(middle->is_keyframe || middle->start_of_frame);
}

TEST(Inspect, AnEmptyPayloadIsTruncated) {
  EXPECT_EQ(Inspect(Codec::kOpus, {}, std::nullopt).error(), DropReason::kTruncated);
}

}  // namespace
}  // namespace stellwerk
