#include "rtc/base/units.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

TEST(Units, SizeOverTimeIsARate) {
  EXPECT_EQ(DataSize::Bytes(125'000) / std::chrono::seconds(1), DataRate::KilobitsPerSecond(1000));
  EXPECT_EQ(DataRate::KilobitsPerSecond(800) * std::chrono::milliseconds(10),
            DataSize::Bytes(1000));
}

TEST(Units, TimesRoundDownToTheUnitAskedFor) {
  EXPECT_EQ(ToMilliseconds(std::chrono::microseconds(1999)), 1);
  EXPECT_EQ(ToMicroseconds(std::chrono::milliseconds(2)), 2000);
}

}  // namespace
}  // namespace stellwerk
