#include "channel/frame_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace stellwerk::channel {
namespace {

std::vector<uint8_t> Frame(std::size_t size, uint8_t fill) {
  std::vector<uint8_t> frame{static_cast<uint8_t>(size), static_cast<uint8_t>(size >> 8), 0, 0};
  frame.insert(frame.end(), size, fill);
  return frame;
}

std::vector<uint8_t> NextFrame(FrameReader& reader) {
  const auto frame = reader.Next();
  EXPECT_TRUE(frame.ok());
  if (!frame.ok() || !frame->has_value()) return {};
  return {(*frame)->begin(), (*frame)->end()};
}

TEST(FrameReader, FindsTheSameFramesHoweverTheStreamIsCut) {
  std::vector<uint8_t> stream;
  for (const std::size_t size : {0, 1, 300, 7}) {
    const auto frame = Frame(size, static_cast<uint8_t>(size));
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    FrameReader reader(1024);
    std::vector<std::size_t> sizes;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      reader.Append(std::span(stream).subspan(at, std::min(step, stream.size() - at)));
      for (auto frame = NextFrame(reader); !frame.empty(); frame = NextFrame(reader)) {
        sizes.push_back(frame.size() - 4);
      }
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{0, 1, 300, 7})) << "in steps of " << step;
    EXPECT_TRUE(reader.at_boundary());
  }
}

TEST(FrameReader, TakesTheLargestFrameAndNotOneByteMore) {
  FrameReader reader(104);
  reader.Append(Frame(100, 1));
  EXPECT_EQ(NextFrame(reader).size(), 104U);
  reader.Append(Frame(101, 1));
  const auto refused = reader.Next();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().message(), "a message of 105 bytes is announced, more than 104");
  EXPECT_FALSE(reader.Next().ok()) << "an error is for good";
}

TEST(FrameReader, KnowsThatAFrameIsUnfinished) {
  FrameReader reader(1024);
  EXPECT_TRUE(reader.at_boundary());
  reader.Append(std::vector<uint8_t>{1});
  EXPECT_TRUE(NextFrame(reader).empty());
  EXPECT_FALSE(reader.at_boundary());
}

}  // namespace
}  // namespace stellwerk::channel
