#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/codec/h264_payload.h"
#include "rtc/codec/h265_payload.h"
#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

TEST(H264Payload, ParameterSetsOfChromiumBeginAKeyframe) {
  // STAP-A of SPS and PPS, then the IDR picture in FU-A, as Chromium sends them.
  const auto sets =
      H264Payload::Parse(FromHex("78 0013 6742c01f8c8d405017fcb35060606078442350 0004 68ce3c80"));
  ASSERT_TRUE(sets.has_value());
  EXPECT_TRUE(sets->has_sps);
  EXPECT_TRUE(sets->has_pps);
  EXPECT_FALSE(sets->has_idr);
  EXPECT_TRUE(sets->IsKeyframe());
  EXPECT_TRUE(sets->start_of_frame);

  const auto first = H264Payload::Parse(FromHex("7c85b80004000005388c50"));
  ASSERT_TRUE(first.has_value());
  EXPECT_TRUE(first->has_idr);
  EXPECT_TRUE(first->start_of_frame);

  const auto last = H264Payload::Parse(FromHex("7c453bd9231a32eaf182"));
  ASSERT_TRUE(last.has_value());
  EXPECT_FALSE(last->IsKeyframe());
  EXPECT_FALSE(last->start_of_frame);
}

TEST(H264Payload, ADeltaFrameOfChromiumIsNoKeyframe) {
  const auto delta = H264Payload::Parse(FromHex("61e0004000be4053808c"));
  ASSERT_TRUE(delta.has_value());
  EXPECT_FALSE(delta->IsKeyframe());
  EXPECT_TRUE(delta->start_of_frame);
  EXPECT_FALSE(H264Payload::Parse(FromHex("4140"))->start_of_frame) << "first_mb_in_slice is not 0";
}

TEST(H264Payload, RejectsTruncation) {
  EXPECT_FALSE(H264Payload::Parse({}).has_value());
  EXPECT_FALSE(H264Payload::Parse(FromHex("78 00ff 67")).has_value());
  EXPECT_FALSE(H264Payload::Parse(FromHex("78 00")).has_value());
  EXPECT_FALSE(H264Payload::Parse(FromHex("7c")).has_value());
  EXPECT_TRUE(H264Payload::Parse(FromHex("78 0000")).has_value()) << "an empty unit says nothing";
}

TEST(H265Payload, FindsParameterSetsAndRandomAccessPictures) {
  // VPS (32), IDR_W_RADL (19) and TRAIL_R (1) by their two-byte headers.
  EXPECT_TRUE(H265Payload::Parse(FromHex("4001 0c01"))->IsKeyframe());
  const auto idr = H265Payload::Parse(FromHex("2601 af00"));
  EXPECT_TRUE(idr->has_irap);
  EXPECT_TRUE(idr->start_of_frame);
  const auto delta = H265Payload::Parse(FromHex("0202 d000"));
  EXPECT_FALSE(delta->IsKeyframe());
  EXPECT_EQ(delta->temporal_layer, TemporalLayer(1));
}

TEST(H265Payload, LooksIntoAggregatesAndFragments) {
  EXPECT_TRUE(H265Payload::Parse(FromHex("6001 0003 40010c 0003 4201 01"))->has_parameter_set);
  EXPECT_TRUE(H265Payload::Parse(FromHex("6201 93 af"))->has_irap) << "FU start of an IDR";
  EXPECT_FALSE(H265Payload::Parse(FromHex("6201 13 af"))->has_irap) << "FU middle";
  EXPECT_FALSE(H265Payload::Parse(FromHex("6001 00ff 40")).has_value());
  EXPECT_FALSE(H265Payload::Parse(FromHex("6201")).has_value());
  EXPECT_FALSE(H265Payload::Parse(FromHex("4000 00")).has_value()) << "temporal id plus 1 is 0";
}

}  // namespace
}  // namespace stellwerk
