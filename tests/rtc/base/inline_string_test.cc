#include "rtc/base/inline_string.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>

#include "rtc/base/ids.h"

namespace stellwerk {
namespace {

static_assert(std::is_trivially_copyable_v<Mid>, "ids live in persistent state");

TEST(InlineString, HoldsUpToItsCapacity) {
  const std::string longest(Mid::kCapacity, 'm');
  ASSERT_TRUE(Mid::From(longest).has_value());
  EXPECT_EQ(Mid::From(longest)->view(), longest);
  EXPECT_FALSE(Mid::From(longest + "m").has_value());
}

TEST(InlineString, ComparesByText) {
  EXPECT_EQ(*Rid::From("q"), *Rid::From("q"));
  EXPECT_NE(*Rid::From("q"), *Rid::From("h"));
  EXPECT_LT(*Rid::From("f"), *Rid::From("fa"));
  EXPECT_TRUE(Rid().empty());
}

}  // namespace
}  // namespace stellwerk
