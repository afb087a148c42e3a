#include "rtc/codec/dependency_descriptor.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "rtc/codec/bit_writer.h"
#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

using enum DecodeTargetIndication;

// From Chromium, L1T2 at 640x360.
const char* const kKey = "800001 80011ea85141010c09fc059c000000";

std::vector<uint8_t> Rewrite(std::span<const uint8_t> data,
                             const DependencyDescriptorChanges& changes) {
  std::vector<uint8_t> out(255);
  out.resize(RewriteDependencyDescriptor(data, changes, out));
  return out;
}

TEST(DependencyDescriptorTest, ReadsAStructureOfChromium) {
  DependencyDescriptorReader reader;
  const auto frame = reader.Read(FromHex(kKey));
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->IsKeyframe());
  const DependencyStructure& structure = *frame->structure;
  EXPECT_EQ(structure.targets().count(), 2U);
  ASSERT_EQ(structure.templates().size(), 3U);
  EXPECT_EQ(structure.chain_count(), 1U);
  EXPECT_EQ(structure.ChainOf(1), 0U);
  const DependencyTemplate& base = structure.templates()[1];
  EXPECT_EQ(base.temporal_layer, TemporalLayer(0));
  EXPECT_EQ(base.indications.At(0), kSwitch);
  ASSERT_EQ(base.references.count, 1);
  EXPECT_EQ(base.references.distances[0], 2);
  EXPECT_EQ(base.chain_distances[0], 2);
  const DependencyTemplate& upper = structure.templates()[2];
  EXPECT_EQ(upper.temporal_layer, TemporalLayer(1));
  EXPECT_EQ(upper.indications.At(0), kNotPresent);
  EXPECT_EQ(upper.indications.At(1), kDiscardable);
  EXPECT_EQ(structure.ResolutionOf(SpatialLayer(0)),
            (VideoResolution{.width = 640, .height = 360}));
  EXPECT_EQ(structure.targets().TemporalLayerOf(1), TemporalLayer(1));
  EXPECT_EQ(structure.targets().Within(1), 0b11U);
  EXPECT_EQ(structure.targets().Within(0), 0b01U);
  EXPECT_EQ(frame->active_targets, 0b11U);
}

TEST(DependencyDescriptorTest, ExplainsDeltaFramesByTheStructure) {
  DependencyDescriptorReader reader;
  EXPECT_FALSE(reader.Read(FromHex("c20002"))) << "no structure yet";
  const auto key = reader.Read(FromHex(kKey));
  const auto delta = reader.Read(FromHex("c20002"));
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->temporal_layer, TemporalLayer(1));
  EXPECT_FALSE(delta->indications.Includes(0));
  ASSERT_EQ(delta->references.count, 1);
  EXPECT_EQ(delta->references.distances[0], 1);
  EXPECT_EQ(delta->structure_version, key->structure_version);
  EXPECT_FALSE(reader.Read(FromHex("c30003"))) << "a template of another structure";
  reader.Reset();
  EXPECT_FALSE(reader.Read(FromHex("c20004")));
}

TEST(DependencyDescriptorTest, TheSameStructureAgainIsNoNewOne) {
  DependencyDescriptorReader reader;
  const auto first = reader.Read(FromHex(kKey));
  EXPECT_EQ(reader.Read(FromHex(kKey))->structure_version, first->structure_version);
  // Half the height.
  const auto other = reader.Read(FromHex("800001 80011ea85141010c09fc02cc000000"));
  ASSERT_TRUE(other);
  EXPECT_NE(other->structure_version, first->structure_version);
  EXPECT_FALSE(reader.Reread(FromHex(kKey))) << "the history does not bring old structures back";
}

TEST(DependencyDescriptorTest, ReadsCustomValuesAndActiveTargets) {
  DependencyDescriptorReader reader;
  reader.Read(FromHex(kKey));
  std::array<uint8_t, 9> bytes{};
  BitWriter out(bytes);
  out.WriteBits(0x81, 8);  // start of frame, template 1
  out.WriteBits(7, 16);
  out.WriteBits(0b01111, 5);  // everything but a structure
  out.WriteBits(0b01, 2);     // active targets
  out.WriteBits(0b1101, 4);   // required, discardable
  out.WriteBits(0b11, 2);     // twelve bits of distance
  out.WriteBits(299, 12);
  out.WriteBits(0b01, 2);  // four
  out.WriteBits(4, 4);
  out.WriteBits(0, 2);
  out.WriteBits(77, 8);  // chain
  out.Align();
  ASSERT_TRUE(out.ok());
  const auto frame = reader.Read(std::span(bytes).first(out.offset() / 8));
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->active_targets, 0b01U);
  EXPECT_EQ(frame->indications.At(0), kRequired);
  EXPECT_EQ(frame->indications.At(1), kDiscardable);
  ASSERT_EQ(frame->references.count, 2);
  EXPECT_EQ(frame->references.distances[0], 300);
  EXPECT_EQ(frame->references.distances[1], 5);
  EXPECT_EQ(frame->chain_distances[0], 77);
  // It holds on, until something newer is said.
  EXPECT_EQ(reader.Read(FromHex("c20008"))->active_targets, 0b01U);
  EXPECT_EQ(reader.Read(FromHex(kKey))->active_targets, 0b11U);
}

TEST(DependencyDescriptorTest, BrokenStructuresAreRefusedAndTheOldOneStays) {
  DependencyDescriptorReader reader;
  reader.Read(FromHex(kKey));
  const auto whole = FromHex(kKey);
  // The last three bytes are padding.
  for (std::size_t size = 0; size + 4 < whole.size(); ++size) {
    DependencyDescriptorReader fresh;
    EXPECT_FALSE(fresh.Read(std::span(whole).first(size))) << size;
    if (size > 3) {
      EXPECT_FALSE(reader.Read(std::span(whole).first(size))) << size;
    }
  }
  // Templates without end.
  EXPECT_FALSE(reader.Read(FromHex("800001 8001 00000000000000000000000000000000000000")));
  // A fifth spatial layer.
  EXPECT_FALSE(reader.Read(FromHex("800001 8001 5555aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
  EXPECT_TRUE(reader.Read(FromHex("c20002")));
}

TEST(DependencyDescriptorTest, RewritesTheFrameNumberAlone) {
  EXPECT_EQ(Rewrite(FromHex("c20002"), {.frame_number = 0xABCD}), FromHex("c2abcd"));
  auto key = FromHex(kKey);
  key[1] = 0x12;
  key[2] = 0x34;
  EXPECT_EQ(Rewrite(FromHex(kKey), {.frame_number = 0x1234}), key);
  EXPECT_TRUE(Rewrite(FromHex("c200"), {}).empty());
}

TEST(DependencyDescriptorTest, RewritesActiveTargetsInEveryPlace) {
  const DependencyDescriptorChanges changes{
      .frame_number = 5, .active_targets = 0b01, .active_target_count = 2};
  // Behind a structure.
  DependencyDescriptorReader reader;
  const auto key = reader.Read(Rewrite(FromHex(kKey), changes));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->head.frame_number, 5);
  EXPECT_EQ(key->active_targets, 0b01U);
  DependencyDescriptorReader original;
  original.Read(FromHex(kKey));
  EXPECT_EQ(*original.structure(), *reader.structure());
  // Into one that had no second part.
  DependencyDescriptorReader other;
  other.Read(FromHex(kKey));
  const auto longer = Rewrite(FromHex("c20002"), changes);
  EXPECT_EQ(longer.size(), 4U);
  EXPECT_EQ(other.Read(longer)->active_targets, 0b01U);
  EXPECT_EQ(other.Read(longer)->references, original.Read(FromHex("c20002"))->references);
  // In the place of another.
  const auto replaced =
      Rewrite(longer, {.frame_number = 6, .active_targets = 0b10, .active_target_count = 2});
  EXPECT_EQ(replaced.size(), 4U);
  EXPECT_EQ(other.Read(replaced)->active_targets, 0b10U);
}

}  // namespace
}  // namespace stellwerk
