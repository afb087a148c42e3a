#include "controller/config/value_parsers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ValueParsers, PortsEndAt65535) {
  EXPECT_EQ(*ParsePort("65535"), 65535);
  EXPECT_EQ(*ParsePort("0"), 0);
  EXPECT_EQ(ParsePort("70000").error(), "70000 is not a port (1..65535, 0 = any free one)");
  EXPECT_FALSE(ParsePort("-1"));
  EXPECT_FALSE(ParsePort("80 "));
  EXPECT_FALSE(ParsePort(""));
}

TEST(ValueParsers, DurationsHaveUnits) {
  using std::chrono::milliseconds;
  EXPECT_EQ(*ParseDuration("500ms"), milliseconds(500));
  EXPECT_EQ(*ParseDuration("15s"), milliseconds(15'000));
  EXPECT_EQ(*ParseDuration("15"), milliseconds(15'000));
  EXPECT_EQ(*ParseDuration("2m"), milliseconds(120'000));
  EXPECT_FALSE(ParseDuration("25h"));
  EXPECT_FALSE(ParseDuration("soon"));
  EXPECT_FALSE(ParseDuration("99999999999999999999s"));
}

TEST(ValueParsers, ListenAddressTakesBothFamilies) {
  EXPECT_EQ(*ParseListenAddress("0.0.0.0:80"), (ListenAddress{"0.0.0.0", 80}));
  EXPECT_EQ(*ParseListenAddress("[::1]:0"), (ListenAddress{"::1", 0}));
  EXPECT_FALSE(ParseListenAddress("::1:80"));
  EXPECT_FALSE(ParseListenAddress("localhost:80"));
  EXPECT_FALSE(ParseListenAddress("8080"));
  EXPECT_FALSE(ParseListenAddress(":8080"));
}

TEST(ValueParsers, AnnounceMayHaveAPort) {
  EXPECT_TRUE(ParseAnnounce("198.51.100.7"));
  EXPECT_TRUE(ParseAnnounce("198.51.100.7:20000"));
  EXPECT_TRUE(ParseAnnounce("2001:db8::1"));
  EXPECT_TRUE(ParseAnnounce("[2001:db8::1]:20000"));
  EXPECT_FALSE(ParseAnnounce("198.51.100.7:0"));
  EXPECT_FALSE(ParseAnnounce("example.org"));
}

TEST(ValueParsers, OriginsHaveNoPath) {
  EXPECT_TRUE(ParseOrigin("https://example.org:8443"));
  EXPECT_TRUE(ParseOrigin("*"));
  EXPECT_FALSE(ParseOrigin("example.org"));
  EXPECT_FALSE(ParseOrigin("https://example.org/"));
  EXPECT_FALSE(ParseOrigin("https://"));
}

TEST(ValueParsers, ListsAreSeparatedByCommas) {
  EXPECT_THAT(SplitList("a, b,,c "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(SplitList(""), IsEmpty());
}

}  // namespace
}  // namespace stellwerk
