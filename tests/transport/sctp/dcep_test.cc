#include "transport/sctp/dcep.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;

// As Chromium writes it for createDataChannel("chat", {ordered: false, maxRetransmits: 2, protocol:
// "p"}).
const Bytes kOpen = {0x03, 0x81, 0x01, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00,
                     0x04, 0x00, 0x01, 'c',  'h',  'a',  't',  'p'};

TEST(Dcep, ReadsAnOpening) {
  const auto message = ParseDcep(kOpen);
  ASSERT_TRUE(message);
  const auto* open = std::get_if<DcepOpen>(&message.value());
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(open->parameters.label, "chat");
  EXPECT_EQ(open->parameters.protocol, "p");
  EXPECT_FALSE(open->parameters.ordered);
  EXPECT_EQ(open->parameters.max_retransmits, 2U);
  EXPECT_FALSE(open->parameters.max_lifetime_ms);
  EXPECT_EQ(open->priority, 256);
}

TEST(Dcep, WritesWhatItReads) {
  EXPECT_EQ(SerializeDcep(ParseDcep(kOpen).value()), kOpen);
  const DcepOpen lifetime{.parameters = {.label = "a", .ordered = true, .max_lifetime_ms = 500}};
  const auto back = ParseDcep(SerializeDcep(lifetime));
  ASSERT_TRUE(back);
  EXPECT_EQ(std::get<DcepOpen>(*back).parameters, lifetime.parameters);
  const DcepOpen reliable{.parameters = {.label = "", .protocol = "x"}};
  EXPECT_EQ(std::get<DcepOpen>(ParseDcep(SerializeDcep(reliable)).value()).parameters,
            reliable.parameters);
}

TEST(Dcep, AcknowledgesInOneByte) {
  EXPECT_EQ(SerializeDcep(DcepAck()), Bytes{0x02});
  const auto ack = ParseDcep(Bytes{0x02});
  ASSERT_TRUE(ack);
  EXPECT_TRUE(std::holds_alternative<DcepAck>(*ack));
}

TEST(Dcep, RefusesEveryTruncation) {
  for (std::size_t size = 0; size < kOpen.size(); ++size) {
    const auto message = ParseDcep(std::span(kOpen).first(size));
    ASSERT_FALSE(message) << size;
    EXPECT_EQ(message.error(), DropReason::kTruncated);
  }
}

TEST(Dcep, RefusesUnknownTypes) {
  Bytes channel_type = kOpen;
  channel_type[1] = 0x03;
  EXPECT_EQ(ParseDcep(channel_type).error(), DropReason::kMalformed);
  EXPECT_EQ(ParseDcep(Bytes{0x00}).error(), DropReason::kUnsupported);
}

}  // namespace
}  // namespace stellwerk
