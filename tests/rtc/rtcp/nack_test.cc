#include "rtc/rtcp/nack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rtc/hex.h"
#include "tests/rtc/rtcp/serialized.h"

namespace stellwerk {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

std::vector<int> Lost(const Nack& nack) {
  std::vector<int> numbers;
  nack.ForEachLost([&](SeqNum number) { numbers.push_back(number.value()); });
  return numbers;
}

TEST(Nack, ReadsAndWritesThatOfChromium) {
  const auto bytes = FromHex("81cd0006 81bd62e5 645211fc 774cffff 775d002f 774cffff 775d002f");
  const auto nack = ParseOnly<Nack>(bytes);
  ASSERT_TRUE(nack.has_value());
  EXPECT_EQ(nack->sender, Ssrc(0x81BD62E5));
  EXPECT_EQ(nack->media, Ssrc(0x645211FC));
  const auto lost = Lost(*nack);
  ASSERT_EQ(lost.size(), 2U * (17 + 6));
  EXPECT_EQ(lost[0], 0x774C);
  EXPECT_EQ(lost[16], 0x775C);
  EXPECT_THAT(std::vector<int>(lost.begin() + 17, lost.begin() + 23),
              ElementsAre(0x775D, 0x775E, 0x775F, 0x7760, 0x7761, 0x7763));
  EXPECT_THAT(Serialized(*nack), ElementsAreArray(bytes));
}

TEST(Nack, PacksNumbersAcrossTheWrap) {
  const std::vector<SeqNum> lost = {SeqNum(65'530), SeqNum(65'535), SeqNum(0), SeqNum(10),
                                    SeqNum(11)};
  const Nack nack = Nack::For(Ssrc(1), Ssrc(2), lost);
  EXPECT_EQ(nack.items.size(), 2U) << "10 is 16 after 65530, 11 is 17 after";
  const auto parsed = ParseOnly<Nack>(Serialized(nack));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(*parsed, nack);
  EXPECT_THAT(Lost(*parsed), ElementsAre(65'530, 65'535, 0, 10, 11));
}

TEST(Nack, WithoutAnItemIsTruncated) {
  EXPECT_EQ(ParseOnly<Nack>(FromHex("81cd0002 00000001 00000002")).error(), DropReason::kTruncated);
}

}  // namespace
}  // namespace stellwerk
