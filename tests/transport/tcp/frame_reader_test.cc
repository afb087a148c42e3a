#include "transport/tcp/frame_reader.h"

#include <gtest/gtest.h>

#include <array>

namespace stellwerk {
namespace {

constexpr std::array<uint8_t, 10> kStream = {0, 3, 'a', 'b', 'c', 0, 0, 0, 1, 'd'};

TEST(FrameReader, FramesOfOneReadComeOutInOrder) {
  FrameReader reader(65'535);
  reader.Append(kStream);
  EXPECT_EQ(reader.Next()->size(), 3U);
  EXPECT_EQ(reader.Next()->size(), 0U);
  EXPECT_EQ((*reader.Next())[0], 'd');
  EXPECT_FALSE(reader.Next());
  EXPECT_EQ(reader.buffered(), 0U);
}

TEST(FrameReader, ByteByByteGivesTheSameFrames) {
  FrameReader reader(65'535);
  std::vector<std::vector<uint8_t>> frames;
  for (const uint8_t byte : kStream) {
    reader.Append(std::array<uint8_t, 1>{byte});
    while (const auto frame = reader.Next()) frames.emplace_back(frame->begin(), frame->end());
  }
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[0], (std::vector<uint8_t>{'a', 'b', 'c'}));
  EXPECT_TRUE(frames[1].empty());
  EXPECT_EQ(frames[2], (std::vector<uint8_t>{'d'}));
}

TEST(FrameReader, UnfinishedFrameWaits) {
  FrameReader reader(65'535);
  reader.Append(std::array<uint8_t, 4>{0xFF, 0xFF, 1, 2});
  EXPECT_FALSE(reader.Next());
  reader.Append(std::vector<uint8_t>(65'533));
  EXPECT_EQ(reader.Next()->size(), 65'535U);
}

TEST(FrameReader, FrameThatIsTooLongIsSkippedAndNeverHeld) {
  FrameReader reader(3);
  reader.Append(std::array<uint8_t, 6>{0, 3, 'a', 'b', 'c', 0});
  EXPECT_EQ(reader.Next()->size(), 3U);
  reader.Append(std::array<uint8_t, 3>{4, 'x', 'x'});
  EXPECT_FALSE(reader.Next());
  EXPECT_EQ(reader.buffered(), 0U);
  // Its end, another one that is too long, and one that is not.
  reader.Append(std::array<uint8_t, 12>{'x', 'x', 0, 5, 'y', 'y', 'y', 'y', 'y', 0, 1, 'z'});
  EXPECT_EQ((*reader.Next())[0], 'z');
  EXPECT_EQ(reader.TakeTooLarge(), 2U);
  EXPECT_EQ(reader.TakeTooLarge(), 0U);

  for (int i = 0; i < 10; ++i) {
    reader.Append(std::vector<uint8_t>(6553 + (i == 0 ? 2 + 5 : 0), 0xFF));
    EXPECT_FALSE(reader.Next());
    EXPECT_EQ(reader.buffered(), 0U);
  }
  EXPECT_EQ(reader.TakeTooLarge(), 1U);
  reader.Append(std::array<uint8_t, 3>{0, 1, 'd'});
  EXPECT_EQ((*reader.Next())[0], 'd');
}

}  // namespace
}  // namespace stellwerk
