// What adapters write and read, without a server.
#include "bench/load/target/access_token.h"
#include "bench/load/target/livekit_messages.h"
#include "bench/load/target/protobuf_wire.h"
#include "bench/load/target/watch_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk::load {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// Bytes of https://protobuf.dev/programming-guides/encoding: field 1 is 150, field 2 "testing".
TEST(ProtobufWire, ReadsTheExamplesOfItsSpecification) {
  ProtoReader reader(std::string_view("\x08\x96\x01\x12\x07testing", 12));
  auto field = reader.Next();
  ASSERT_TRUE(field);
  EXPECT_EQ(field->number, 1U);
  EXPECT_EQ(field->value, 150U);
  field = reader.Next();
  ASSERT_TRUE(field);
  EXPECT_EQ(field->number, 2U);
  EXPECT_EQ(field->bytes, "testing");
  EXPECT_FALSE(reader.Next());
  EXPECT_TRUE(reader.ok());
}

TEST(ProtobufWire, WritesWhatItReads) {
  ProtoWriter writer;
  writer.Varint(1, 150).Bytes(2, "testing");
  EXPECT_EQ(writer.bytes(), std::string("\x08\x96\x01\x12\x07testing", 12));
  const ProtoWriter outer = ProtoWriter().Varint(5, UINT64_MAX).Message(1000, writer);
  ProtoReader reader(outer.bytes());
  EXPECT_EQ(reader.Next()->value, UINT64_MAX);
  const auto inner = reader.Next();
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->number, 1000U);
  EXPECT_EQ(inner->bytes, writer.bytes());
}

TEST(ProtobufWire, StopsWhereAMessageIsBroken) {
  using namespace std::string_view_literals;
  for (const std::string_view broken :
       {"\x08"sv, "\x08\x80"sv, "\x12\x05test"sv, "\x00\x01"sv, "\x0B"sv, "\x0D\x01\x02"sv,
        "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"sv}) {
    ProtoReader reader(broken);
    while (reader.Next()) {
    }
    EXPECT_FALSE(reader.ok()) << testing::PrintToString(broken);
  }
}

TEST(LiveKitMessages, TellWhoIsThere) {
  const ProtoWriter audio = ProtoWriter().Bytes(1, "TR_a").Varint(2, 0);
  const ProtoWriter video = ProtoWriter().Bytes(1, "TR_v").Varint(2, 1);
  const ProtoWriter data = ProtoWriter().Bytes(1, "TR_d").Varint(2, 2);
  const ProtoWriter ada =
      ProtoWriter().Bytes(1, "PA_1").Bytes(2, "ada").Varint(3, 2).Message(4, audio).Message(4,
                                                                                            video);
  const ProtoWriter bob =
      ProtoWriter().Bytes(1, "PA_2").Bytes(2, "bob").Varint(3, 3).Message(4, data);
  const ProtoWriter self = ProtoWriter().Bytes(1, "PA_3").Bytes(2, "eve");
  const ProtoWriter joined =
      ProtoWriter().Message(2, self).Message(3, ada).Message(3, bob).Varint(11, 5).Message(
          12, ProtoWriter().Bytes(2, "1.8.4"));
  const auto response = livekit::ReadResponse(ProtoWriter().Message(1, joined).bytes());
  ASSERT_TRUE(response && std::holds_alternative<livekit::Joined>(*response));
  const auto& read = std::get<livekit::Joined>(*response);
  EXPECT_EQ(read.self.identity, "eve");
  EXPECT_EQ(read.version, "1.8.4");
  EXPECT_EQ(read.ping_interval, 5U);
  ASSERT_THAT(read.others, SizeIs(2));
  EXPECT_EQ(read.others[0].identity, "ada");
  EXPECT_FALSE(read.others[0].gone);
  ASSERT_THAT(read.others[0].tracks, SizeIs(2));
  EXPECT_FALSE(read.others[0].tracks[0].video);
  EXPECT_TRUE(read.others[0].tracks[1].video);
  EXPECT_TRUE(read.others[1].gone);
  EXPECT_FALSE(read.others[1].tracks[0].media);
}

TEST(LiveKitMessages, KeepTheNumberOfAnOffer) {
  const ProtoWriter offer = ProtoWriter().Bytes(1, "offer").Bytes(2, "v=0").Varint(3, 7);
  const auto response = livekit::ReadResponse(ProtoWriter().Message(3, offer).bytes());
  ASSERT_TRUE(response && std::holds_alternative<livekit::Description>(*response));
  EXPECT_TRUE(std::get<livekit::Description>(*response).is_offer);
  EXPECT_EQ(std::get<livekit::Description>(*response).id, 7U);
  EXPECT_EQ(livekit::WriteAnswer("v=0", 7),
            "\x12\x0F\x0A\x06"
            "answer\x12\x03v=0\x18\x07");
}

TEST(LiveKitMessages, IgnoreWhatIsNewAndRefuseWhatIsNone) {
  const auto unknown = livekit::ReadResponse(ProtoWriter().Bytes(400, "?").bytes());
  ASSERT_TRUE(unknown);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(*unknown));
  EXPECT_FALSE(livekit::ReadResponse("{\"join\":{}}"));
}

// The signature was computed with another implementation (Python's hmac).
TEST(AccessToken, IsSignedAsTheSpecificationSays) {
  const std::string token = MakeAccessToken({.key = "k",
                                             .secret = "s",
                                             .identity = "ada",
                                             .room = "tea",
                                             .from = std::chrono::system_clock::from_time_t(1000),
                                             .lifetime = std::chrono::seconds(60)});
  EXPECT_EQ(token,
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjEwNjAsImlzcyI6ImsiLCJuYmYiOjEwMDA"
            "sInN1YiI6ImFkYSIsInZpZGVvIjp7ImNhblB1Ymxpc2giOnRydWUsImNhblN1YnNjcmliZSI6dHJ1ZSw"
            "icm9vbSI6InRlYSIsInJvb21Kb2luIjp0cnVlfX0.oSGjLSxRNMeNt_FHslADxcftIqtnHGXfydlgTaY"
            "27ww");
}

TEST(WatchList, ChoosesAsManyAsThereIsRoomForInTheOrderOfComing) {
  WatchList list(1, 2);
  list.SetFeed("1", "ada", {{"a", false}, {"v", true}});
  list.SetFeed("2", "bob", {{"a", false}, {"v", true}});
  list.SetFeed("3", "eve", {{"v", true}});
  const auto wanted = list.TakeWanted();
  ASSERT_THAT(wanted, SizeIs(3));
  EXPECT_EQ(wanted[0].identity + wanted[0].track.id, "adaa");
  EXPECT_EQ(wanted[1].identity + wanted[1].track.id, "adav");
  EXPECT_EQ(wanted[2].identity + wanted[2].track.id, "bobv");
  EXPECT_THAT(list.TakeWanted(), IsEmpty());

  list.RemoveFeed("1");
  const auto next = list.TakeWanted();
  ASSERT_THAT(next, SizeIs(2));
  EXPECT_EQ(next[0].identity + next[0].track.id, "boba");
  EXPECT_EQ(next[1].identity + next[1].track.id, "evev");
  // A track that ends makes room as well.
  list.SetFeed("2", "bob", {{"a", false}});
  EXPECT_THAT(list.chosen(), SizeIs(2));
}

}  // namespace
}  // namespace stellwerk::load
