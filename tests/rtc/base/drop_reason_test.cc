#include "rtc/base/drop_reason.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace stellwerk {
namespace {

TEST(DropReason, EachHasAMetricNameOfItsOwn) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kDropReasonCount; ++i) {
    const std::string name(ToString(static_cast<DropReason>(i)));
    EXPECT_NE(name, "invalid") << "reason " << i << " has no name";
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos) << name;
    EXPECT_TRUE(names.insert(name).second) << name << " stands twice";
  }
}

TEST(DropCounters, CountAndAddUp) {
  DropCounters a;
  a.Count(DropReason::kTruncated);
  DropCounters b;
  b.Count(DropReason::kTruncated);
  b.Count(DropReason::kMalformed);
  a += b;
  EXPECT_EQ(a[DropReason::kTruncated], 2U);
  EXPECT_EQ(a[DropReason::kMalformed], 1U);
  EXPECT_EQ(a[DropReason::kClosed], 0U);
}

}  // namespace
}  // namespace stellwerk
