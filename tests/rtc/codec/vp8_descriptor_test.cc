#include "rtc/codec/vp8_descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

using testing::ElementsAreArray;

std::vector<uint8_t> Serialized(const Vp8Descriptor& descriptor) {
  std::vector<uint8_t> bytes(Vp8Descriptor::kMaxSize);
  ByteWriter out(bytes);
  descriptor.SerializeTo(out);
  EXPECT_TRUE(out.ok());
  bytes.resize(out.size());
  EXPECT_EQ(bytes.size(), descriptor.serialized_size());
  return bytes;
}

TEST(Vp8Descriptor, ReadsAKeyframeOfChromium) {
  const auto payload = FromHex("90e08dd7b620b01c009d012a4001b4003951003a1c240c2c");
  const auto parsed = Vp8Descriptor::Parse(payload);
  ASSERT_TRUE(parsed.has_value());
  const Vp8Descriptor& descriptor = parsed->descriptor;
  EXPECT_EQ(parsed->size, 6U);
  EXPECT_TRUE(descriptor.start_of_frame());
  EXPECT_FALSE(descriptor.non_reference);
  EXPECT_EQ(descriptor.picture_id, 0x0DD7);
  EXPECT_TRUE(descriptor.long_picture_id);
  EXPECT_EQ(descriptor.tl0_picture_index, 0xB6);
  EXPECT_EQ(descriptor.temporal_layer, TemporalLayer(0));
  EXPECT_TRUE(descriptor.layer_sync);
  EXPECT_FALSE(descriptor.key_index.has_value());
  const auto frame = std::span(payload).subspan(parsed->size);
  EXPECT_TRUE(IsVp8Keyframe(descriptor, frame));
  EXPECT_EQ(Vp8KeyframeResolution(descriptor, frame),
            (VideoResolution{.width = 320, .height = 180}));
  EXPECT_THAT(Serialized(descriptor), ElementsAreArray(std::span(payload).first(6)));
}

TEST(Vp8Descriptor, ReadsADroppableDeltaFrameOfChromium) {
  const auto payload = FromHex("b0e08dd8b6a0910f00261c240c2c");
  const auto parsed = Vp8Descriptor::Parse(payload);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_TRUE(parsed->descriptor.non_reference);
  EXPECT_EQ(parsed->descriptor.temporal_layer, TemporalLayer(2));
  EXPECT_TRUE(parsed->descriptor.layer_sync);
  EXPECT_FALSE(IsVp8Keyframe(parsed->descriptor, std::span(payload).subspan(6)));
}

TEST(Vp8Descriptor, WorksWithoutAnyOptionalField) {
  // What Chromium sends once the Dependency Descriptor is negotiated.
  const auto parsed = Vp8Descriptor::Parse(FromHex("10b013009d012a4001b400"));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->size, 1U);
  EXPECT_FALSE(parsed->descriptor.picture_id.has_value());
  EXPECT_THAT(Serialized(parsed->descriptor), testing::ElementsAre(0x10));
}

TEST(Vp8Descriptor, RewritesPictureIdWithoutTouchingTheRest) {
  auto parsed = Vp8Descriptor::Parse(FromHex("90e08dd7b62001"));
  parsed->descriptor.picture_id = 0x7FFF;
  parsed->descriptor.tl0_picture_index = 0xFF;
  EXPECT_THAT(Serialized(parsed->descriptor), ElementsAreArray(FromHex("90e0ffffff20")));
}

TEST(Vp8Descriptor, EveryCombinationOfFieldsRoundTrips) {
  for (int bits = 0; bits < 64; ++bits) {
    Vp8Descriptor descriptor;
    descriptor.non_reference = (bits & 1) != 0;
    descriptor.start_of_partition = true;
    descriptor.partition = 5;
    if ((bits & 2) != 0) descriptor.picture_id = 0x55;
    // Without a picture id there is no M bit to remember.
    if ((bits & 2) != 0) descriptor.long_picture_id = (bits & 4) != 0;
    if ((bits & 8) != 0) descriptor.tl0_picture_index = 200;
    if ((bits & 16) != 0) descriptor.temporal_layer = TemporalLayer(3);
    if ((bits & 16) != 0) descriptor.layer_sync = true;
    if ((bits & 32) != 0) descriptor.key_index = 31;
    const auto bytes = Serialized(descriptor);
    const auto parsed = Vp8Descriptor::Parse(bytes);
    ASSERT_TRUE(parsed.has_value()) << bits;
    EXPECT_EQ(parsed->descriptor, descriptor) << bits;
    EXPECT_EQ(parsed->size, bytes.size()) << bits;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(Vp8Descriptor::Parse(std::span(bytes).first(size)).has_value()) << bits;
    }
  }
}

TEST(Vp8Descriptor, OnlyTheFirstPartitionBeginsAFrame) {
  const auto second = Vp8Descriptor::Parse(FromHex("11b013009d012a4001b400"));
  ASSERT_TRUE(second.has_value());
  EXPECT_FALSE(second->descriptor.start_of_frame());
  EXPECT_FALSE(IsVp8Keyframe(second->descriptor, FromHex("b013009d012a4001b400")));
}

TEST(Vp8Frame, HeadersForSyntheticPublishersAreRead) {
  Vp8Descriptor descriptor;
  descriptor.start_of_partition = true;
  std::array<uint8_t, 10> bytes{};
  ByteWriter key(bytes);
  WriteVp8KeyframeHeader(key, {.width = 1280, .height = 720}, 1000);
  EXPECT_TRUE(key.ok() && key.size() == 10);
  EXPECT_EQ(Vp8KeyframeResolution(descriptor, bytes),
            (VideoResolution{.width = 1280, .height = 720}));
  EXPECT_FALSE(Vp8KeyframeResolution(descriptor, std::span(bytes).first(9)).has_value());
  ByteWriter delta(bytes);
  WriteVp8DeltaFrameHeader(delta, 1000);
  EXPECT_EQ(delta.size(), 3U);
  EXPECT_FALSE(IsVp8Keyframe(descriptor, bytes));
}

}  // namespace
}  // namespace stellwerk
