// What is sent arrives as it was, and what can't be right is refused.
#include "proto/message.h"

#include <flatbuffers/flatbuffers.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "proto/app_data.h"
#include "proto/message_generated.h"
#include "rtc/base/random.h"
#include "tests/proto/samples.h"

namespace stellwerk::proto {
namespace {

TEST(Message, EveryKindArrivesAsItWasSent) {
  for (const Message& message : SampleMessages()) {
    const auto decoded = Decode(Encode(message));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, message) << "kind " << message.index();
  }
}

TEST(Message, SamplesCoverEveryKind) {
  std::set<std::size_t> requests;
  for (const auto& body : SampleRequests()) requests.insert(body.index());
  EXPECT_EQ(requests.size(), std::variant_size_v<RequestBody>);
  std::set<std::size_t> responses;
  for (const auto& body : SampleResponses()) responses.insert(body.index());
  EXPECT_EQ(responses.size(), std::variant_size_v<ResponseBody>);
  std::set<std::size_t> notifications;
  for (const auto& body : SampleNotifications()) notifications.insert(body.index());
  EXPECT_EQ(notifications.size(), std::variant_size_v<Notification>);
  std::set<std::size_t> objects;
  for (const auto& object : SampleSnapshot().objects) objects.insert(object.index());
  EXPECT_EQ(objects.size(), std::variant_size_v<SnapshotObject>);
}

TEST(Message, StartsWithItsLittleEndianSize) {
  const auto bytes = Encode(Request{1, Ping{}});
  const std::size_t size = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24;
  EXPECT_EQ(size, bytes.size() - 4);
}

TEST(Message, EveryTruncationIsRefused) {
  const auto bytes = Encode(Request{1, SampleProducer()});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Decode(std::span(bytes).first(size)).ok()) << size << " of " << bytes.size();
  }
}

TEST(Message, MayLieAnywhereInMemory) {
  const auto bytes = Encode(Response{1, SampleSnapshot()});
  for (std::size_t shift = 0; shift < 8; ++shift) {
    std::vector<uint8_t> shifted(shift);
    shifted.insert(shifted.end(), bytes.begin(), bytes.end());
    const auto decoded = Decode(std::span(shifted).subspan(shift));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, Message(Response{1, SampleSnapshot()}));
  }
}

TEST(Message, JunkIsRefused) {
  SeededRandom random(1);
  for (int i = 0; i < 2000; ++i) {
    std::vector<uint8_t> junk(random.NextU32() % 200);
    random.Fill(junk);
    EXPECT_FALSE(Decode(junk).ok());
  }
}

TEST(Message, FlippedBytesNeverCrash) {
  SeededRandom random(2);
  for (const Message& message : SampleMessages()) {
    const auto good = Encode(message);
    for (int i = 0; i < 200; ++i) {
      auto bytes = good;
      bytes[random.NextU32() % bytes.size()] = static_cast<uint8_t>(random.NextU32());
      const auto decoded = Decode(bytes);
      // Whatever was accepted can be said again.
      if (!decoded.ok()) continue;
      EXPECT_TRUE(Decode(Encode(*decoded)).ok());
    }
  }
}

std::vector<uint8_t> Finish(flatbuffers::FlatBufferBuilder& builder,
                            flatbuffers::Offset<wire::Message> root) {
  wire::FinishSizePrefixedMessageBuffer(builder, root);
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

TEST(Message, UnknownUnionMembersAreRefused) {
  // The flatbuffers verifier lets them pass.
  {
    flatbuffers::FlatBufferBuilder builder;
    const auto body = wire::CreatePing(builder).Union();
    const auto decoded = Decode(
        Finish(builder, wire::CreateMessage(builder, static_cast<wire::MessageBody>(99), body)));
    ASSERT_FALSE(decoded.ok());
    EXPECT_EQ(decoded.status().message(), "message has a bad field: message: unknown kind 99");
  }
  {
    flatbuffers::FlatBufferBuilder builder;
    const auto ping = wire::CreatePing(builder).Union();
    const auto request =
        wire::CreateRequest(builder, 1, static_cast<wire::RequestBody>(200), ping).Union();
    const auto decoded =
        Decode(Finish(builder, wire::CreateMessage(builder, wire::MessageBody::Request, request)));
    ASSERT_FALSE(decoded.ok());
    EXPECT_EQ(decoded.status().message(), "message has a bad field: request: unknown kind 200");
  }
  {
    flatbuffers::FlatBufferBuilder builder;
    const auto body = wire::CreatePing(builder).Union();
    EXPECT_FALSE(
        Decode(Finish(builder, wire::CreateMessage(builder, wire::MessageBody::NONE, body))).ok());
  }
}

// A request around `body`, as another implementation might write it.
template <typename Body>
std::vector<uint8_t> WireRequest(flatbuffers::FlatBufferBuilder& builder,
                                 flatbuffers::Offset<Body> body) {
  const auto request =
      wire::CreateRequest(builder, 1, wire::RequestBodyTraits<Body>::enum_value, body.Union())
          .Union();
  return Finish(builder, wire::CreateMessage(builder, wire::MessageBody::Request, request));
}

TEST(Message, ValuesOutOfRangeAreRefusedByName) {
  flatbuffers::FlatBufferBuilder builder;
  const wire::ObjectId object(static_cast<wire::ObjectKind>(9), 1);
  const auto body =
      wire::CreateUpdateAppData(builder, &object, builder.CreateVector(std::vector<uint8_t>{}));
  const auto decoded = Decode(WireRequest(builder, body));
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.status().message(), "message has a bad field: object: unknown kind 9");

  CreateProducer producer = SampleProducer();
  producer.parameters.codecs[0].payload_type = PayloadType(200);
  EXPECT_EQ(Decode(Encode(Request{1, producer})).status().message(),
            "message has a bad field: payload_type: 200 is more than 127");
  CreateConsumer consumer = SampleConsumer();
  consumer.parameters.cname.assign(256, 'x');
  EXPECT_EQ(Decode(Encode(Request{1, consumer})).status().message(),
            "message has a bad field: cname: 256 is more than 255");
}

TEST(Message, StatisticsThatCanNotBeAreRefusedByName) {
  const auto complaint = [](const TransportStatsChunk& chunk) {
    return std::string(Decode(Encode(Response{1, chunk})).status().message());
  };
  for (const float loss : {-0.1F, 1.1F, std::numeric_limits<float>::quiet_NaN()}) {
    TransportStatsChunk chunk = SampleTransportStats();
    chunk.transport->loss = loss;
    EXPECT_EQ(complaint(chunk), "message has a bad field: loss: is not within 0..1") << loss;
  }
  TransportStatsChunk chunk = SampleTransportStats();
  chunk.consumers[0].score = 11;
  EXPECT_EQ(complaint(chunk), "message has a bad field: score: 11 is more than 10");
  chunk = SampleTransportStats();
  chunk.producers[0].encodings.resize(17);
  EXPECT_EQ(complaint(chunk), "message has a bad field: encodings: 17 is more than 16");
  chunk = SampleTransportStats();
  chunk.producers[0].encodings[0].layers.resize(257);
  EXPECT_EQ(complaint(chunk), "message has a bad field: layers: 257 is more than 256");
  chunk = SampleTransportStats();
  chunk.consumers[0].reason = static_cast<LayerReason>(7);
  EXPECT_EQ(complaint(chunk), "message has a bad field: reason: unknown value 7");
}

TEST(Message, MissingRequiredFieldsAreRefused) {
  flatbuffers::FlatBufferBuilder builder;
  wire::CreateRouterBuilder router(builder);
  router.add_id(1);
  // Not Finish(), which would assert in our place.
  const auto body = flatbuffers::Offset<wire::CreateRouter>(builder.EndTable(router.start_));
  EXPECT_FALSE(Decode(WireRequest(builder, body)).ok());
}

TEST(Message, ASmallMessageCantUnfoldIntoALargeOne) {
  // One 200 kB router, referred to a thousand times: 204 kB on the wire, 200 MB if it were
  // believed.
  flatbuffers::FlatBufferBuilder builder;
  const auto app_data = builder.CreateVector(std::vector<uint8_t>(200'000));
  const auto router = wire::CreateCreateRouter(builder, 1, app_data);
  const auto snapshot = wire::CreateRouterSnapshot(builder, router);
  const auto object =
      wire::CreateSnapshotObject(builder, wire::SnapshotBody::RouterSnapshot, snapshot.Union());
  const std::vector<flatbuffers::Offset<wire::SnapshotObject>> objects(1000, object);
  const auto chunk =
      wire::CreateSnapshotChunk(builder, builder.CreateVector(objects), true).Union();
  const auto response =
      wire::CreateResponse(builder, 1, wire::ResponseBody::SnapshotChunk, chunk).Union();
  const auto bytes =
      Finish(builder, wire::CreateMessage(builder, wire::MessageBody::Response, response));
  ASSERT_LT(bytes.size(), 300'000U);
  const auto decoded = Decode(bytes);
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.status().message(),
            "message has a bad field: app_data: unfolds into more than a message may hold");
}

TEST(AppData, ArrivesAsItWasStored) {
  const std::vector<AppDataBody> samples{RoomData{"room"},
                                         ParticipantData{"identity", "name", "secret", {1, 2, 3}},
                                         TrackData{"track", "camera", true}};
  for (const AppDataBody& sample : samples) {
    const auto decoded = DecodeAppData(EncodeAppData(sample));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, sample);
  }
}

TEST(AppData, OfAnotherFormatIsRefused) {
  EXPECT_FALSE(DecodeAppData({}).ok());
  EXPECT_FALSE(DecodeAppData(std::vector<uint8_t>(100, 0xFF)).ok());
  auto bytes = EncodeAppData(RoomData{"room"});
  bytes.resize(bytes.size() / 2);
  EXPECT_FALSE(DecodeAppData(bytes).ok());
}

}  // namespace
}  // namespace stellwerk::proto
