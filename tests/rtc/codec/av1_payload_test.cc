#include "rtc/codec/av1_payload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/codec/dependency_descriptor.h"
#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

TEST(Av1Payload, ReadsAKeyframeOfChromium) {
  // Two elements; a sequence header of 13 bytes, then the beginning of a frame.
  const auto parsed = Av1Payload::Parse(FromHex("680d08011030880862 7fb38034013400 104c10249249"));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_TRUE(parsed->new_sequence);
  EXPECT_TRUE(parsed->has_sequence_header);
  EXPECT_TRUE(parsed->IsKeyframe());
  EXPECT_FALSE(parsed->continues_obu);
  EXPECT_TRUE(parsed->obu_continues);
}

TEST(Av1Payload, ReadsTheRestOfAnObuAndADeltaFrameOfChromium) {
  const auto rest = Av1Payload::Parse(FromHex("90503b70970ed689d513"));
  ASSERT_TRUE(rest.has_value());
  EXPECT_TRUE(rest->continues_obu);
  EXPECT_FALSE(rest->IsKeyframe());
  const auto delta = Av1Payload::Parse(FromHex("103420300000000001"));
  ASSERT_TRUE(delta.has_value());
  EXPECT_FALSE(delta->IsKeyframe());
  EXPECT_EQ(delta->temporal_layer, TemporalLayer(1));
  EXPECT_EQ(delta->spatial_layer, SpatialLayer(0));
}

TEST(Av1Payload, RejectsLengthsThatOverrun) {
  EXPECT_FALSE(Av1Payload::Parse({}).has_value());
  EXPECT_EQ(Av1Payload::Parse(FromHex("00 05 0801")).error(), DropReason::kTruncated);
  EXPECT_EQ(Av1Payload::Parse(FromHex("00 ffffffffffffffffff01")).error(), DropReason::kMalformed);
  EXPECT_EQ(Av1Payload::Parse(FromHex("20 ffffffffffffff7f 0801")).error(), DropReason::kTruncated);
  EXPECT_EQ(Av1Payload::Parse(FromHex("98 08")).error(), DropReason::kMalformed)
      << "a new sequence in the middle of an OBU";
}

TEST(DependencyDescriptorHead, ReadsThoseOfChromium) {
  const auto key =
      DependencyDescriptorHead::Parse(FromHex("800001 80011ea85141010c09fc059c000000"));
  ASSERT_TRUE(key.has_value());
  EXPECT_TRUE(key->start_of_frame);
  EXPECT_FALSE(key->end_of_frame);
  EXPECT_TRUE(key->has_structure);
  EXPECT_EQ(key->frame_number, 1);
  const auto delta = DependencyDescriptorHead::Parse(FromHex("c20002"));
  ASSERT_TRUE(delta.has_value());
  EXPECT_TRUE(delta->start_of_frame && delta->end_of_frame);
  EXPECT_EQ(delta->template_id, 2);
  EXPECT_EQ(delta->frame_number, 2);
  EXPECT_FALSE(delta->has_structure);
  EXPECT_FALSE(DependencyDescriptorHead::Parse(FromHex("c200")).has_value());
}

}  // namespace
}  // namespace stellwerk
