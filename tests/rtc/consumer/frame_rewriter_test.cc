#include "rtc/consumer/frame_rewriter.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace stellwerk {
namespace {

SourcePacket Vp8(uint16_t picture_id, uint8_t tl0, uint8_t temporal, bool sync = false) {
  SourcePacket packet;
  Vp8Descriptor descriptor;
  descriptor.start_of_partition = true;
  descriptor.picture_id = picture_id;
  descriptor.tl0_picture_index = tl0;
  descriptor.temporal_layer = TemporalLayer(temporal);
  descriptor.layer_sync = sync;
  packet.info.descriptor = descriptor;
  packet.info.descriptor_size = descriptor.serialized_size();
  return packet;
}

constexpr FrameNumbers kFirst{.picture_id = 100, .tl0_picture_index = 7, .frame_number = 9};

TEST(FrameRewriterTest, NumbersContinueOverRuns) {
  FrameRewriter rewriter(kFirst, false);
  rewriter.StartRun(Vp8(32'767, 200, 0));
  EXPECT_EQ(rewriter.OnPacket(Vp8(32'767, 200, 0)),
            (FrameNumbers{.picture_id = 100, .tl0_picture_index = 7}));
  EXPECT_EQ(rewriter.OnPacket(Vp8(0, 201, 0)),
            (FrameNumbers{.picture_id = 101, .tl0_picture_index = 8}));
  rewriter.StartRun(Vp8(5, 0, 0));
  EXPECT_EQ(rewriter.OnPacket(Vp8(5, 0, 0)),
            (FrameNumbers{.picture_id = 102, .tl0_picture_index = 9}));
}

TEST(FrameRewriterTest, AllPacketsOfAFrameGetOneId) {
  FrameRewriter rewriter(kFirst, false);
  rewriter.StartRun(Vp8(1, 1, 0));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rewriter.OnPacket(Vp8(1, 1, 0))->picture_id, 100);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rewriter.OnPacket(Vp8(2, 2, 0))->picture_id, 101);
}

TEST(FrameRewriterTest, DroppedFramesLeaveNoHoleInVp8PictureIds) {
  FrameRewriter rewriter(kFirst, false);
  rewriter.StartRun(Vp8(10, 1, 0));
  EXPECT_EQ(rewriter.OnPacket(Vp8(10, 1, 0))->picture_id, 100);
  rewriter.Drop(Vp8(11, 1, 2));
  EXPECT_EQ(rewriter.OnPacket(Vp8(12, 1, 1))->picture_id, 101);
  rewriter.Drop(Vp8(13, 1, 2));
  rewriter.Drop(Vp8(13, 1, 2));
  EXPECT_EQ(rewriter.OnPacket(Vp8(13, 1, 2)), std::nullopt);
  EXPECT_EQ(rewriter.OnPacket(Vp8(14, 2, 0))->picture_id, 102);
}

TEST(FrameRewriterTest, AFrameThatComesLateGetsTheIdThatWasKeptForIt) {
  FrameRewriter rewriter(kFirst, false);
  rewriter.StartRun(Vp8(10, 1, 0));
  rewriter.OnPacket(Vp8(10, 1, 0));
  EXPECT_EQ(rewriter.OnPacket(Vp8(12, 2, 0))->picture_id, 102);
  EXPECT_EQ(rewriter.OnPacket(Vp8(11, 1, 2))->picture_id, 101);
}

TEST(FrameRewriterTest, KeepsNoIdForMissingFramesOfLayersThatAreNotWanted) {
  FrameRewriter rewriter(kFirst, false);
  const auto pass = [&](const SourcePacket& packet) {
    rewriter.NoteMissing(packet, true);
    return rewriter.OnPacket(packet)->picture_id;
  };
  rewriter.StartRun(Vp8(10, 1, 0));
  EXPECT_EQ(pass(Vp8(10, 1, 0)), 100);
  EXPECT_EQ(pass(Vp8(14, 2, 0)), 101) << "TL0PICIDX goes on, so the three missing are of others";
  EXPECT_EQ(rewriter.OnPacket(Vp8(12, 1, 1)), std::nullopt);
  EXPECT_EQ(pass(Vp8(22, 4, 0)), 109) << "a base frame is among the missing";
}

TEST(FrameRewriterTest, AStreamWithoutPictureIdsPassesUnchanged) {
  FrameRewriter rewriter(kFirst, false);
  SourcePacket packet;
  Vp8Descriptor descriptor;
  descriptor.start_of_partition = true;
  packet.info.descriptor = descriptor;
  rewriter.StartRun(packet);
  const auto numbers = rewriter.OnPacket(packet);
  ASSERT_TRUE(numbers);
  std::array<uint8_t, 32> buffer;
  ByteWriter out(buffer);
  EXPECT_EQ(FrameRewriter::WriteDescriptor(packet, *numbers, out), 0U);
  EXPECT_EQ(out.size(), 0U);
}

TEST(FrameRewriterTest, AShortPictureIdIsWrittenLong) {
  SourcePacket packet = Vp8(5, 1, 0);
  auto& source = std::get<Vp8Descriptor>(packet.info.descriptor);
  source.long_picture_id = false;
  packet.info.descriptor_size = source.serialized_size();
  std::array<uint8_t, 32> buffer;
  ByteWriter out(buffer);
  EXPECT_EQ(
      FrameRewriter::WriteDescriptor(packet, {.picture_id = 0x1234, .tl0_picture_index = 77}, out),
      packet.info.descriptor_size);
  const auto parsed = Vp8Descriptor::Parse(out.written());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->descriptor.picture_id, 0x1234);
  EXPECT_EQ(parsed->descriptor.tl0_picture_index, 77);
  EXPECT_EQ(parsed->size, packet.info.descriptor_size + 1);
}

TEST(FrameRewriterTest, Vp9NumbersAreReplacedInPlace) {
  PacketPool pool;
  // I, L, B, E; a 15-bit picture id 0x0102; TID 1, U; TL0PICIDX 9; a byte of payload.
  const std::vector<uint8_t> payload = {0xAC, 0x81, 0x02, 0x30, 0x09, 0x55};
  SourcePacket packet;
  packet.packet = pool.Copy(payload);
  packet.payload_size = static_cast<uint16_t>(payload.size());
  auto info = Inspect(Codec::kVp9, payload, std::nullopt);
  ASSERT_TRUE(info);
  packet.info = *info;
  std::array<uint8_t, 32> buffer;
  ByteWriter out(buffer);
  EXPECT_EQ(FrameRewriter::WriteDescriptor(packet,
                                           {.picture_id = 0x7A7B, .tl0_picture_index = 0x33}, out),
            5U);
  EXPECT_EQ(std::vector<uint8_t>(out.written().begin(), out.written().end()),
            (std::vector<uint8_t>{0xAC, 0xFA, 0x7B, 0x30, 0x33}));
}

TEST(FrameRewriterTest, DependencyDescriptorFrameNumbersContinueOverRuns) {
  FrameRewriter rewriter(kFirst, false);
  SourcePacket packet;
  packet.dependency_descriptor = DependencyDescriptorHead{.frame_number = 65'535};
  rewriter.StartRun(packet);
  EXPECT_EQ(rewriter.OnPacket(packet)->frame_number, 9);
  packet.dependency_descriptor->frame_number = 0;
  EXPECT_EQ(rewriter.OnPacket(packet)->frame_number, 10);
  packet.dependency_descriptor->frame_number = 500;
  rewriter.StartRun(packet);
  EXPECT_EQ(rewriter.OnPacket(packet)->frame_number, 11);
}

}  // namespace
}  // namespace stellwerk
