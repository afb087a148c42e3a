#include "rtc/base/byte_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace stellwerk {
namespace {

TEST(ByteReader, ReadsBigEndianFields) {
  const std::array<uint8_t, 18> bytes = {1,  2,  3,  4,  5,  6,  7,  8,  9,
                                         10, 11, 12, 13, 14, 15, 16, 17, 18};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.ReadU8(), 0x01U);
  EXPECT_EQ(reader.ReadU16(), 0x0203U);
  EXPECT_EQ(reader.ReadU24(), 0x040506U);
  EXPECT_EQ(reader.ReadU32(), 0x0708090AU);
  EXPECT_EQ(reader.ReadU64(), 0x0B0C0D0E0F101112ULL);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.remaining(), 0U);
}

TEST(ByteReader, AReadPastTheEndReturnsZeroAndStaysFailed) {
  const std::array<uint8_t, 3> bytes = {0xFF, 0xFF, 0xFF};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.ReadU32(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.ReadU8(), 0U) << "a failed reader must not come back to life";
  EXPECT_EQ(reader.remaining(), 0U);
  EXPECT_TRUE(reader.rest().empty());
}

TEST(ByteReader, BytesAreAViewIntoTheInput) {
  const std::array<uint8_t, 4> bytes = {1, 2, 3, 4};
  ByteReader reader(bytes);
  reader.Skip(1);
  const auto view = reader.ReadBytes(2);
  EXPECT_EQ(view.data(), bytes.data() + 1);
  EXPECT_THAT(view, testing::ElementsAre(2, 3));
  EXPECT_TRUE(reader.ReadBytes(2).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, AHugeLengthDoesNotWrapAround) {
  const std::array<uint8_t, 4> bytes = {1, 2, 3, 4};
  ByteReader reader(bytes);
  reader.Skip(2);
  EXPECT_TRUE(reader.ReadBytes(SIZE_MAX).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, PeekConsumesNothing) {
  const std::array<uint8_t, 2> bytes = {7, 8};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.Peek(), 7);
  EXPECT_EQ(reader.Peek(1), 8);
  EXPECT_EQ(reader.offset(), 0U);
  EXPECT_EQ(reader.Peek(2), 0);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace stellwerk
