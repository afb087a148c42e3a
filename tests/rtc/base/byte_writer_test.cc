#include "rtc/base/byte_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace stellwerk {
namespace {

using testing::ElementsAre;

TEST(ByteWriter, WritesBigEndianFields) {
  std::array<uint8_t, 10> bytes{};
  ByteWriter writer(bytes);
  writer.WriteU8(0x01);
  writer.WriteU16(0x0203);
  writer.WriteU24(0x040506);
  writer.WriteU32(0x0708090A);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.remaining(), 0U);
  EXPECT_THAT(writer.written(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}

TEST(ByteWriter, WhatDoesNotFitIsNotWrittenAtAll) {
  std::array<uint8_t, 3> bytes = {9, 9, 9};
  ByteWriter writer(bytes);
  writer.WriteU8(1);
  writer.WriteU32(0xFFFFFFFF);
  EXPECT_FALSE(writer.ok());
  writer.WriteU8(2);
  EXPECT_THAT(bytes, ElementsAre(1, 9, 9)) << "nothing after the failed write either";
}

TEST(ByteWriter, PatchesALengthWrittenBefore) {
  std::array<uint8_t, 5> bytes{};
  ByteWriter writer(bytes);
  writer.WriteU16(0);
  writer.WriteText("abc");
  writer.PatchU16(0, 3);
  EXPECT_THAT(bytes, ElementsAre(0, 3, 'a', 'b', 'c'));
  writer.PatchU16(4, 1);
  EXPECT_FALSE(writer.ok()) << "a patch must lie within what was written";
}

}  // namespace
}  // namespace stellwerk
