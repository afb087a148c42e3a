#include "rtc/rtp/red_payload.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes ToBytes(std::span<const uint8_t> span) { return {span.begin(), span.end()}; }

// Two packets of Opus (payload type 111), the earlier one 960 samples before: what browsers send.
const Bytes kOneRedundant = FromHex("ef 0f 00 03  6f  0a 0b 0c  01 02 03 04");

TEST(RedPayload, APrimaryAndWhatCameBefore) {
  const auto red = RedPayload::Parse(kOneRedundant);
  ASSERT_TRUE(red);
  ASSERT_EQ(red->redundant().size(), 1U);
  EXPECT_EQ(red->redundant()[0].payload_type, PayloadType(111));
  EXPECT_EQ(red->redundant()[0].timestamp_offset, 960);
  EXPECT_EQ(ToBytes(red->redundant()[0].data), FromHex("0a0b0c"));
  EXPECT_EQ(red->primary.payload_type, PayloadType(111));
  EXPECT_EQ(ToBytes(red->primary.data), FromHex("01020304"));
}

TEST(RedPayload, TwoRedundantBlocksOldestFirst) {
  // The offset's and the length's highest bits: 16383 and 1023 would be their limits.
  const auto bytes = FromHex("ef 1e 00 02  ef 0f 00 01  6f  aa ab  bb  cc");
  const auto red = RedPayload::Parse(bytes);
  ASSERT_TRUE(red);
  ASSERT_EQ(red->redundant().size(), 2U);
  EXPECT_EQ(red->redundant()[0].timestamp_offset, 1920);
  EXPECT_EQ(ToBytes(red->redundant()[0].data), FromHex("aaab"));
  EXPECT_EQ(red->redundant()[1].timestamp_offset, 960);
  EXPECT_EQ(ToBytes(red->redundant()[1].data), FromHex("bb"));
  EXPECT_EQ(ToBytes(red->primary.data), FromHex("cc"));
}

TEST(RedPayload, LimitsOfTheFields) {
  Bytes bytes = FromHex("ff ff ff ff  7f");
  bytes.resize(bytes.size() + 1023, 1);
  bytes.push_back(2);
  const auto red = RedPayload::Parse(bytes);
  ASSERT_TRUE(red);
  EXPECT_EQ(red->redundant()[0].payload_type, PayloadType(127));
  EXPECT_EQ(red->redundant()[0].timestamp_offset, 16'383);
  EXPECT_EQ(red->redundant()[0].data.size(), 1023U);
  EXPECT_EQ(ToBytes(red->primary.data), FromHex("02"));
}

TEST(RedPayload, ThePrimaryAlone) {
  const auto primary = FindRedPrimary(FromHex("6f 01 02"));
  ASSERT_TRUE(primary);
  EXPECT_EQ(primary->payload_type, PayloadType(111));
  EXPECT_EQ(primary->data.size(), 2U);
}

TEST(RedPayload, ThePrimaryIsTheEndOfThePayload) {
  const auto primary = FindRedPrimary(kOneRedundant);
  ASSERT_TRUE(primary);
  EXPECT_EQ(primary->data.data() + primary->data.size(),
            kOneRedundant.data() + kOneRedundant.size());
}

TEST(RedPayload, EmptyBlocksAreTaken) {
  const auto red = RedPayload::Parse(FromHex("ef 0f 00 00  6f"));
  ASSERT_TRUE(red);
  EXPECT_TRUE(red->redundant()[0].data.empty());
  EXPECT_TRUE(red->primary.data.empty());
}

TEST(RedPayload, EveryTruncationWithinHeadersAndBlocksIsFound) {
  for (std::size_t size = 0; size < 8; ++size) {
    const auto red = RedPayload::Parse(std::span(kOneRedundant).first(size));
    ASSERT_FALSE(red) << size;
    EXPECT_EQ(red.error(), DropReason::kTruncated);
    EXPECT_FALSE(FindRedPrimary(std::span(kOneRedundant).first(size)));
  }
}

TEST(RedPayload, HeadersWithoutEndAreRefused) {
  const Bytes endless(1200, 0xFF);
  const auto red = RedPayload::Parse(endless);
  ASSERT_FALSE(red);
  EXPECT_EQ(red.error(), DropReason::kUnsupported);
}

}  // namespace
}  // namespace stellwerk
