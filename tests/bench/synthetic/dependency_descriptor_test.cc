// The publishers' and the judge's own Dependency Descriptor, against bits that were written down by
// hand from the AV1 RTP payload specification, appendix A.8.2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "bench/synthetic/bit_stream.h"
#include "bench/synthetic/dependency_descriptor_reader.h"
#include "bench/synthetic/dependency_descriptor_writer.h"

namespace stellwerk::synthetic {
namespace {

// "1 0010 ..." with spaces for the eye, padded with zeros to whole bytes.
std::vector<uint8_t> Bits(std::string_view text) {
  std::vector<uint8_t> out;
  int used = 0;
  for (const char c : text) {
    if (c != '0' && c != '1') continue;
    if (used++ % 8 == 0) out.push_back(0);
    if (c == '1') out.back() |= static_cast<uint8_t>(0x80 >> ((used - 1) % 8));
  }
  return out;
}

constexpr Dti kNone = Dti::kNotPresent;
constexpr Dti kDisc = Dti::kDiscardable;
constexpr Dti kSwitch = Dti::kSwitch;

// Two temporal layers, one chain.
DependencyStructure L1T2() {
  DependencyStructure structure;
  structure.template_id_offset = 10;
  structure.chain_count = 1;
  structure.protected_by = {0, 0};
  structure.templates = {
      {.spatial = 0, .temporal = 0, .dtis = {kSwitch, kSwitch}, .chain_diffs = {0}},
      {.spatial = 0,
       .temporal = 0,
       .dtis = {kSwitch, kSwitch},
       .frame_diffs = {2},
       .chain_diffs = {2}},
      {.spatial = 0, .temporal = 1, .dtis = {kNone, kDisc}, .frame_diffs = {1}, .chain_diffs = {1}},
  };
  structure.resolutions = {{640, 360}};
  return structure;
}

FrameDependencies FrameOf(const DependencyStructure& structure, std::size_t index,
                          uint16_t number) {
  return {.start_of_frame = true,
          .end_of_frame = true,
          .frame_number = number,
          .frame = structure.templates[index],
          .template_index = index};
}

constexpr std::string_view kKeyframe =
    "1 1 001010 0001001000110100"  // start, end, template id 10, frame number 0x1234
    "1 0 0 0 0"                    // structure; no active targets, custom dtis, fdiffs, chains
    "001010 00001"                 // template_id_offset 10, two decode targets
    "00 01 11"                     // same layer, next temporal layer, no more
    "1010 1010 0001"               // SS SS -D
    "0 1 0001 0 1 0000 0"          // none; 2; 1
    "10"                           // ns(3) = 1 chain
    ""                             // twice ns(1) = 0 takes no bits
    "0000 0010 0001"               // chain differences
    "1 0000001001111111 0000000101100111";  // 640 x 360

TEST(DependencyDescriptorTest, AKeyframeWithItsStructureIsTheBytesOfTheSpecification) {
  const DependencyStructure structure = L1T2();
  const FrameDependencies frame = FrameOf(structure, 0, 0x1234);
  EXPECT_EQ(WriteDependencyDescriptor(structure, frame, true, std::nullopt), Bits(kKeyframe));
  DependencyDescriptorReader reader;
  const auto read = reader.Read(Bits(kKeyframe));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->structure_attached);
  EXPECT_EQ(read->dependencies, frame);
  EXPECT_EQ(reader.structure(), structure);
}

TEST(DependencyDescriptorTest, WhatATemplateSaysTakesThreeBytes) {
  const DependencyStructure structure = L1T2();
  const auto bytes =
      WriteDependencyDescriptor(structure, FrameOf(structure, 2, 0x1235), false, std::nullopt);
  EXPECT_EQ(bytes, (std::vector<uint8_t>{0b11'001100, 0x12, 0x35}));
  DependencyDescriptorReader reader;
  EXPECT_FALSE(reader.Read(bytes)) << "without its structure it means nothing";
  ASSERT_TRUE(reader.Read(Bits(kKeyframe)));
  EXPECT_EQ(reader.Read(bytes)->dependencies, FrameOf(structure, 2, 0x1235));
}

TEST(DependencyDescriptorTest, WhatNoTemplateSaysIsCustom) {
  const DependencyStructure structure = L1T2();
  FrameDependencies frame = FrameOf(structure, 2, 0x1236);
  frame.end_of_frame = false;
  frame.frame.dtis = {kNone, kSwitch};
  frame.frame.frame_diffs = {3, 17, 300};
  frame.frame.chain_diffs = {20};
  const auto expected = Bits(
      "1 0 001100 0001001000110110"
      "0 1 1 1 1"  // active targets, custom dtis, fdiffs, chains
      "01"         // active: the first decode target
      "00 10"
      "01 0010  10 00010000  11 000100101011  00"
      "00010100");
  EXPECT_EQ(WriteDependencyDescriptor(structure, frame, false, 1), expected);
  DependencyDescriptorReader reader;
  ASSERT_TRUE(reader.Read(Bits(kKeyframe)));
  const auto read = reader.Read(expected);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->dependencies, frame);
  EXPECT_EQ(read->active_decode_targets, 1U);
}

TEST(DependencyDescriptorTest, WhatIsNotAllowedIsNotRead) {
  DependencyDescriptorReader reader;
  const auto keyframe = Bits(kKeyframe);
  ASSERT_TRUE(reader.Read(keyframe));
  for (std::size_t size = 0; size < keyframe.size(); ++size) {
    if (size == 3) continue;  // the mandatory fields alone
    EXPECT_FALSE(reader.Read(std::span(keyframe).first(size))) << size;
  }
  EXPECT_FALSE(reader.Read(Bits("1 1 001101 0000000000000000"))) << "no such template";
  EXPECT_FALSE(reader.Read(Bits("1 1 001010 0000000000000000 00000 001"))) << "padding";
  auto in_the_middle = keyframe;
  in_the_middle[0] &= 0x7F;
  EXPECT_FALSE(reader.Read(in_the_middle)) << "a structure within a frame";
}

TEST(BitStreamTest, NonSymmetricNumbersAreThoseOfTheAv1Specification) {
  // §4.10.7, for n = 5: 00, 01, 10, 110, 111.
  BitWriter out;
  for (uint32_t value = 0; value < 5; ++value) out.WriteNonSymmetric(value, 5);
  const auto bytes = std::move(out).Take();
  EXPECT_EQ(bytes, Bits("00 01 10 110 111"));
  BitReader in(bytes);
  for (uint32_t value = 0; value < 5; ++value) EXPECT_EQ(in.ReadNonSymmetric(5), value);
}

}  // namespace
}  // namespace stellwerk::synthetic
