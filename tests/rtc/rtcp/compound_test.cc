#include "rtc/rtcp/compound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

using testing::ElementsAreArray;

// From Chromium 156: SR and SDES, RR and PLI.
constexpr auto kReportAndName =
    "80c80006 81bd62e5 eeacc347311d3671 a60310f8 000000ba 0001cde3"
    "81ca0006 81bd62e5 0110 4a3679754e31583844473974346f4d30 0000";
constexpr auto kReportAndPli =
    "81c90007 81bd62e5 645211fc 00000002 0000778f 00000866 c3440001 0002d9d9"
    "81ce0002 81bd62e5 645211fc";

TEST(Compound, ReadsAndWritesThoseOfChromium) {
  for (const auto* text : {kReportAndName, kReportAndPli}) {
    const auto bytes = FromHex(text);
    const auto compound = ParseRtcp(bytes);
    ASSERT_TRUE(compound.has_value());
    ASSERT_EQ(compound->messages.size(), 2U);
    EXPECT_EQ(compound->unknown + compound->malformed, 0U);
    EXPECT_THAT(SerializeRtcp(compound->messages), ElementsAreArray(bytes));
  }
  EXPECT_TRUE(std::holds_alternative<Pli>(ParseRtcp(FromHex(kReportAndPli))->messages[1]));
}

TEST(Compound, UnknownAndMalformedPacketsDoNotHideTheOthers) {
  const auto compound =
      ParseRtcp(FromHex("80cc0001 00000001"           // APP
                        "8acd0002 00000001 00000002"  // an unknown transport layer feedback
                        "81cd0002 00000001 00000002"  // a NACK of nothing
                        "81ce0002 00000001 00000002"));
  ASSERT_TRUE(compound.has_value());
  EXPECT_EQ(compound->unknown, 2U);
  EXPECT_EQ(compound->malformed, 1U);
  ASSERT_EQ(compound->messages.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Pli>(compound->messages[0]));
}

TEST(Compound, BrokenFramingDiscardsTheWhole) {
  auto bytes = FromHex(kReportAndPli);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    if (size == 32) continue;  // the end of the first packet
    EXPECT_FALSE(ParseRtcp(std::span(bytes).first(size)).has_value()) << size;
  }
  bytes[32] = 0x41;  // version 1
  EXPECT_EQ(ParseRtcp(bytes).error(), DropReason::kMalformed);
}

TEST(Compound, PaddingIsStrippedAndChecked) {
  const auto padded = ParseRtcp(FromHex("a1ce0003 00000001 00000002 00000004"));
  ASSERT_TRUE(padded.has_value());
  EXPECT_EQ(padded->messages.size(), 1U);
  EXPECT_FALSE(ParseRtcp(FromHex("a1ce0003 00000001 00000002 00000000")).has_value());
  EXPECT_FALSE(ParseRtcp(FromHex("a1ce0003 00000001 00000002 000000ff")).has_value());
  EXPECT_FALSE(ParseRtcp(FromHex("a1ce0000")).has_value());
}

TEST(Compound, WhatDoesNotFitIsNotSent) {
  const std::vector<RtcpMessage> messages = {Pli{.sender = Ssrc(1), .media = Ssrc(2)}};
  EXPECT_EQ(SerializeRtcp(messages, 12).size(), 12U);
  EXPECT_TRUE(SerializeRtcp(messages, 11).empty());
}

}  // namespace
}  // namespace stellwerk
