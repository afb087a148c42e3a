#include "bench/load/scenario/value_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace stellwerk::load {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::optional<TimeDelta> DurationOf(std::string_view text) {
  const auto value = ParseDuration(text, TimeDelta{}, hours(24));
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<int64_t> BitsOf(std::string_view text) {
  const auto value = ParseRate(text, DataRate(), DataRate::BitsPerSecond(10'000'000'000));
  return value ? std::optional(value->bps()) : std::nullopt;
}

TEST(ValueText, DurationsHaveUnitsOrAreSeconds) {
  EXPECT_EQ(DurationOf("250us"), microseconds(250));
  EXPECT_EQ(DurationOf("1.5s"), milliseconds(1500));
  EXPECT_EQ(DurationOf("15"), seconds(15));
  EXPECT_EQ(DurationOf("15 ms"), milliseconds(15));
  EXPECT_EQ(DurationOf("2m"), seconds(120));
  EXPECT_EQ(DurationOf("24h"), hours(24));
  for (const char* text : {"", "s", "-1s", "1e3s", "1.2.3s", "5 days", "inf", "nan", "25h", "0x1s",
                           "99999999999999999999999999999h", "5s "}) {
    EXPECT_FALSE(DurationOf(text)) << text;
  }
}

TEST(ValueText, DurationsArePrintedInTheLargestUnitThatIsExact) {
  EXPECT_EQ(PrintDuration(seconds(90)), "90s");
  EXPECT_EQ(PrintDuration(seconds(120)), "2m");
  EXPECT_EQ(PrintDuration(milliseconds(1500)), "1500ms");
  EXPECT_EQ(PrintDuration(TimeDelta(7)), "7ns");
  EXPECT_EQ(PrintDuration(TimeDelta()), "0s");
}

TEST(ValueText, RatesHaveUnits) {
  EXPECT_EQ(BitsOf("500kbps"), 500'000);
  EXPECT_EQ(BitsOf("1.5Mbps"), 1'500'000);
  EXPECT_EQ(BitsOf("64 bps"), 64);
  EXPECT_EQ(BitsOf("unlimited"), 0);
  for (const char* text : {"", "500", "500kb", "-1kbps", "20Gbps", "1e5bps"}) {
    EXPECT_FALSE(BitsOf(text)) << text;
  }
  EXPECT_EQ(PrintRate(DataRate::BitsPerSecond(1'500'000)), "1500kbps");
  EXPECT_EQ(PrintRate(DataRate::BitsPerSecond(2'000'000)), "2Mbps");
}

TEST(ValueText, SharesArePercentagesOrFractions) {
  EXPECT_EQ(*ParseShare("5%"), 0.05);
  EXPECT_EQ(*ParseShare("0.05"), 0.05);
  EXPECT_EQ(*ParseShare("100%"), 1);
  for (const char* text : {"", "%", "101%", "1.5", "-5%", "nan", "5 %"}) {
    EXPECT_FALSE(ParseShare(text)) << text;
  }
}

TEST(ValueText, SharesAndNumbersKeepEveryDigit) {
  for (const double value :
       {0.0, 1.0, 0.001, 0.1, 1.0 / 3, 0.07, 1e-12, std::numeric_limits<double>::denorm_min()}) {
    EXPECT_EQ(*ParseShare(PrintShare(value)), value) << PrintShare(value);
    EXPECT_EQ(*ParseNumber(PrintNumber(value), 0, 1), value) << PrintNumber(value);
  }
  EXPECT_EQ(PrintShare(0.001), "0.1%");
  EXPECT_EQ(PrintShare(0.5), "50%");
}

TEST(ValueText, NumbersStayInTheirRange) {
  EXPECT_EQ(*ParseWhole("7", 1, 7), 7);
  EXPECT_FALSE(ParseWhole("8", 1, 7));
  EXPECT_FALSE(ParseWhole("7.0", 1, 7));
  EXPECT_FALSE(ParseWhole("+7", 1, 7));
  EXPECT_FALSE(ParseWhole("99999999999999999999", 1, 7));
  EXPECT_FALSE(ParseNumber("1e1", 0, 100));
  EXPECT_EQ(*ParseSeed("18446744073709551615"), UINT64_MAX);
  EXPECT_FALSE(ParseSeed("-1"));
}

TEST(ValueText, TextIsUtf8WithoutControlCharacters) {
  EXPECT_TRUE(ParseText("caf\xC3\xA9 \xF0\x9F\x8E\xA5", 1, 64));
  EXPECT_FALSE(ParseText("", 1, 64));
  EXPECT_FALSE(ParseText("abc", 0, 2));
  EXPECT_FALSE(ParseText("a\nb", 0, 64));
  for (const char* text : {"\xC3", "\xA9", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80",
                           "\xE0\x80\x80", "\xF4\x90\x80\x80"}) {
    EXPECT_FALSE(ParseText(text, 0, 64));
  }
}

TEST(ValueText, QuotesOnOneShortLine) {
  EXPECT_EQ(Quoted("vp7"), "\"vp7\"");
  EXPECT_EQ(Quoted("a\nb\x7F\xFF"), "\"a?b??\"");
  EXPECT_EQ(Quoted(std::string(1000, 'x')), "\"" + std::string(60, 'x') + "...\"");
  EXPECT_EQ(Quoted(std::string(59, 'x') + "\xC3\xA9" + "y"),
            "\"" + std::string(59, 'x') + "\xC3\xA9...\"");
}

TEST(ValueText, FindsTheNearestName) {
  const std::vector<std::string> names = {"rooms", "publishers", "subscribers"};
  EXPECT_EQ(NearestName("room", names), "rooms");
  EXPECT_EQ(NearestName("subsribers", names), "subscribers");
  EXPECT_EQ(NearestName("bananas", names), std::nullopt);
  EXPECT_EQ(NearestName("", names), std::nullopt);
  EXPECT_EQ(NearestName(std::string(100'000, 'r'), names), std::nullopt);
}

}  // namespace
}  // namespace stellwerk::load
