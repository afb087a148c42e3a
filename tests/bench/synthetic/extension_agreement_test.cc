// What synthetic publishers write, read by the judge's code and by the server's: two
// implementations of one specification that know nothing of each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "bench/synthetic/dependency_descriptor_reader.h"
#include "bench/synthetic/layers_allocation_writer.h"
#include "bench/synthetic/video_source.h"
#include "rtc/base/random.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/codec/video_layers_allocation.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

void ExpectSame(const DependencyTemplate& ours, const stellwerk::FrameDependencies& theirs) {
  EXPECT_EQ(theirs.spatial_layer.value(), ours.spatial);
  EXPECT_EQ(theirs.temporal_layer.value(), ours.temporal);
  for (std::size_t i = 0; i < ours.dtis.size(); ++i) {
    EXPECT_EQ(static_cast<int>(theirs.indications.At(i)), static_cast<int>(ours.dtis[i]));
  }
  EXPECT_THAT(theirs.references.view(),
              ::testing::ElementsAreArray(ours.frame_diffs.begin(), ours.frame_diffs.end()));
  for (std::size_t i = 0; i < ours.chain_diffs.size(); ++i) {
    EXPECT_EQ(theirs.chain_distances[i], ours.chain_diffs[i]);
  }
}

TEST(ExtensionAgreementTest, DependencyDescriptorsOfAllModesAreReadAlike) {
  for (const std::string mode : {"L1T1", "L1T2", "L1T3", "L2T1", "L2T2", "L2T3", "L3T1", "L3T2",
                                 "L3T3", "L2T2_KEY", "L3T3_KEY", "S2T1", "S3T3"}) {
    SeededRandom random(3);
    VideoConfig config = SvcConfig(1, Codec::kAv1, mode);
    config.temporal_switch_interval = 8;
    VideoSource source(config, 0, random, true);
    DependencyDescriptorReader ours;
    stellwerk::DependencyDescriptorReader theirs;
    for (int i = 0; i < 90; ++i) {
      // Fewer layers need custom values, which templates don't have.
      if (i == 30) source.SetSpatialLayers(1);
      if (i == 60) source.SetSpatialLayers(3);
      for (const auto& bytes : source.NextFrame(Timestamp(1s)).descriptors) {
        const auto a = ours.Read(bytes);
        const auto b = theirs.Read(bytes);
        ASSERT_TRUE(a && b) << mode << " picture " << i;
        EXPECT_EQ(b->head.start_of_frame, a->dependencies.start_of_frame);
        EXPECT_EQ(b->head.end_of_frame, a->dependencies.end_of_frame);
        EXPECT_EQ(b->head.frame_number, a->dependencies.frame_number);
        EXPECT_EQ(b->head.has_structure, a->structure_attached);
        ExpectSame(a->dependencies.frame, *b);
        if (a->active_decode_targets) {
          EXPECT_EQ(b->active_targets, *a->active_decode_targets);
        }
        const DependencyStructure& structure = *ours.structure();
        ASSERT_NE(b->structure, nullptr);
        EXPECT_EQ(b->structure->targets().count(), structure.decode_targets());
        EXPECT_EQ(b->structure->chain_count(), structure.chain_count);
        for (std::size_t t = 0; t < structure.decode_targets(); ++t) {
          EXPECT_EQ(b->structure->ChainOf(t), structure.protected_by[t]);
        }
        for (std::size_t s = 0; s < structure.resolutions.size(); ++s) {
          EXPECT_EQ(b->structure->ResolutionOf(SpatialLayer(static_cast<uint8_t>(s))),
                    structure.resolutions[s]);
        }
      }
    }
  }
}

// By hand from the format's description.
TEST(LayersAllocationTest, ThreeStreamsOfTwoTemporalLayersAreTheBytesOfTheFormat) {
  LayersAllocation allocation;
  for (const int size : {1, 2, 4}) {
    allocation.streams.push_back(
        {{.rates = {DataRate::KilobitsPerSecond(60 * size),
                    DataRate::KilobitsPerSecond(100 * size)},
          .resolution = {static_cast<uint16_t>(320 * size), static_cast<uint16_t>(180 * size)},
          .frames_per_second = 30}});
  }
  const std::vector<uint8_t> expected = {
      0b01'10'0001,   // stream 1 of three, each with spatial layer 0
      0b01'01'01'00,  // two temporal layers each
      60,
      100,  // kb/s
      120,
      0xC8,
      0x01,  // 200
      0xF0,
      0x01,
      0x90,
      0x03,  // 240, 400
      0x01,
      0x3F,
      0x00,
      0xB3,
      30,  // 320 x 180
      0x02,
      0x7F,
      0x01,
      0x67,
      30,  // 640 x 360
      0x04,
      0xFF,
      0x02,
      0xCF,
      30,  // 1280 x 720
  };
  EXPECT_EQ(WriteLayersAllocation(allocation, 1), expected);
  const auto read = VideoLayersAllocation::Parse(expected);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->layers().size(), 3U);
  EXPECT_EQ(read->stream, 1);
  EXPECT_EQ(read->layers()[2].rates[1], DataRate::KilobitsPerSecond(400));
  EXPECT_EQ(read->layers()[2].resolution, (VideoResolution{1280, 720}));
}

TEST(LayersAllocationTest, WhatIsNotSentAtPresentIsLeftOut) {
  LayersAllocation allocation;
  const LayersAllocation::Spatial layer = {.rates = {DataRate::KilobitsPerSecond(100)},
                                           .resolution = {320, 180},
                                           .frames_per_second = 30};
  allocation.streams = {{layer}, {}, {layer, layer}};
  auto bytes = WriteLayersAllocation(allocation, 2);
  auto read = VideoLayersAllocation::Parse(bytes);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->layers().size(), 3U);
  EXPECT_EQ(read->layers()[0].stream, 0);
  EXPECT_EQ(read->layers()[1].stream, 2);
  EXPECT_EQ(read->layers()[2].spatial_layer, SpatialLayer(1));
  allocation.streams = {{layer}, {layer}, {}};
  bytes = WriteLayersAllocation(allocation, 0);
  read = VideoLayersAllocation::Parse(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->layers().size(), 2U);
  allocation.streams = {{}, {}};
  EXPECT_EQ(WriteLayersAllocation(allocation, 0), (std::vector<uint8_t>{0}));
}

}  // namespace
}  // namespace stellwerk::synthetic
