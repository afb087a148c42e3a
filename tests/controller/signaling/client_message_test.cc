#include "controller/signaling/client_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(std::string_view text) {
  const auto message = ParseClientMessage(text);
  return message ? "no error" : message.error().text;
}

TEST(ClientMessage, HelloIsRead) {
  const auto message = ParseClientMessage(
      R"({"type":"hello","version":1,"room":"tea","identity":"c0","name":"Ada \u00e9","token":"t","secret":"s","x":1})");
  ASSERT_TRUE(message);
  const auto& hello = std::get<HelloMessage>(*message);
  EXPECT_EQ(hello.room.Reveal(), "tea");
  EXPECT_EQ(hello.identity.Reveal(), "c0");
  EXPECT_EQ(hello.name.Reveal(), "Ada é");
  EXPECT_EQ(hello.token.Reveal(), "t");
  EXPECT_EQ(hello.secret.Reveal(), "s");
}

TEST(ClientMessage, AnotherVersionIsReadWhateverElseItHas) {
  const auto message = ParseClientMessage(R"({"type":"hello","version":2,"rooms":[]})");
  ASSERT_TRUE(message);
  EXPECT_EQ(std::get<HelloMessage>(*message).version, 2);
}

TEST(ClientMessage, ViewTellsAbsentFromNull) {
  const auto message = ParseClientMessage(
      R"({"type":"view","id":3,"slots":[{"mid":"7","participant":"bob","source":"screen"},{"mid":"8","participant":null},
          {"mid":"9","layer":{"spatial":1,"temporal":2}},{"mid":"10","layer":null}]})");
  ASSERT_TRUE(message);
  const auto& slots = std::get<ViewMessage>(*message).slots;
  ASSERT_EQ(slots.size(), 4u);
  EXPECT_EQ(slots[0].pin, (SlotPin{"bob", TrackSource::kScreen}));
  EXPECT_FALSE(slots[0].changes_layers);
  EXPECT_TRUE(slots[1].changes_pin);
  EXPECT_FALSE(slots[1].pin);
  EXPECT_FALSE(slots[2].changes_pin);
  EXPECT_EQ(slots[2].layers, (LayerLimit{SpatialLayer(1), TemporalLayer(2)}));
  EXPECT_TRUE(slots[3].changes_layers);
  EXPECT_FALSE(slots[3].layers);
}

TEST(ClientMessage, ComplaintsNameTheField) {
  EXPECT_THAT(ErrorOf("nonsense"), HasSubstr("not JSON"));
  EXPECT_THAT(ErrorOf("[]"), HasSubstr("not an object"));
  EXPECT_THAT(ErrorOf("{}"), HasSubstr("type is missing"));
  EXPECT_THAT(ErrorOf(R"({"type":"dance"})"), HasSubstr("dance"));
  EXPECT_THAT(ErrorOf(R"({"type":"offer","id":1})"), HasSubstr("sdp is missing"));
  EXPECT_THAT(ErrorOf(R"({"type":"offer","sdp":""})"), HasSubstr("id is missing"));
  EXPECT_THAT(ErrorOf(R"({"type":"offer","id":-1,"sdp":""})"), HasSubstr("id is not an integer"));
  EXPECT_THAT(ErrorOf(R"({"type":"offer","id":18446744073709551615,"sdp":""})"),
              HasSubstr("id is not an integer"));
  EXPECT_THAT(ErrorOf(R"({"type":"offer","id":1.5,"sdp":""})"), HasSubstr("id is not an integer"));
  EXPECT_THAT(ErrorOf(R"({"type":"hello","version":1,"room":"a/b"})"), HasSubstr("room"));
  EXPECT_THAT(ErrorOf(R"({"type":"hello","version":1,"room":""})"), HasSubstr("room"));
  EXPECT_THAT(ErrorOf(R"({"type":"hello","version":1,"room":"a","identity":5})"),
              HasSubstr("identity"));
  EXPECT_THAT(ErrorOf(R"({"type":"tracks","id":1,"tracks":[{"mid":"0","source":"tv"}]})"),
              HasSubstr("source"));
  EXPECT_THAT(ErrorOf(R"({"type":"tracks","id":1,"tracks":[1]})"), HasSubstr("tracks"));
  EXPECT_THAT(
      ErrorOf(R"({"type":"view","id":1,"slots":[{"mid":"1","layer":{"spatial":9,"temporal":0}}]})"),
      HasSubstr("spatial"));
  EXPECT_THAT(ErrorOf("{\"type\":\"hello\",\"version\":1,\"room\":\"\xff\"}"),
              HasSubstr("not JSON"));
}

TEST(ClientMessage, ComplaintAboutARequestHasItsId) {
  const auto message = ParseClientMessage(R"({"type":"view","id":42})");
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().id, 42);
}

TEST(ClientMessage, DeepNestingIsNoProblem) {
  EXPECT_NE(ErrorOf("{\"type\":" + std::string(100'000, '[')), "no error");
  EXPECT_NE(ErrorOf("{\"type\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}"),
            "no error");
}

}  // namespace
}  // namespace stellwerk
