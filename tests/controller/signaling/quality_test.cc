// What clients say about how they want to see, and what they hear about how it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controller/server/conference.h"
#include "tests/proto/samples.h"

namespace stellwerk {
namespace {

using namespace std::chrono_literals;
using test::Conference;
using test::Json;
using test::TestOffer;
using ::testing::HasSubstr;

class QualityTest : public ::testing::Test {
 protected:
  Conference::Guest JoinWithMedia(const std::string& identity, char letter, int slots = 1) {
    auto guest = room_.Join(identity);
    const Json answer =
        room_.Offer(guest.connection,
                    {.letter = letter, .send_audio = 1, .send_video = 1, .receive_video = slots});
    EXPECT_EQ(answer["type"], "answer") << answer;
    return guest;
  }
  void View(const Conference::Guest& guest, Json slot) {
    slot["mid"] = "2";
    room_.Say(guest.connection, {{"type", "view"}, {"id", 2}, {"slots", Json::array({slot})}});
  }
  std::vector<proto::SetConsumerDemand> Demands() const {
    return room_.Requests<proto::SetConsumerDemand>();
  }
  void Ask(const Conference::Guest& guest, int id = 7) {
    room_.Say(guest.connection, {{"type", "stats"}, {"id", id}});
  }
  // The question to the worker that has not been answered yet.
  StatsQueryId Query() const {
    const auto found = std::find_if(
        room_.requests.rbegin(), room_.requests.rend(), [](const RoomOutbox::ToWorker& entry) {
          return std::holds_alternative<proto::GetTransportStats>(entry.request);
        });
    return found == room_.requests.rend() ? StatsQueryId() : found->query;
  }
  void Answer(StatsQueryId query, const proto::ResponseBody& response) {
    room_.Run([&](ControllerOutput& out) { room_.controller.HandleStats(query, response, out); });
  }
  Conference room_;
};

TEST_F(QualityTest, SizeAndPriorityOfASlotReachTheWorker) {
  const auto ann = JoinWithMedia("ann", 'A');
  const ConsumerId slot = room_.Requests<proto::CreateConsumer>()[0].id;
  EXPECT_TRUE(Demands().empty()) << "the worker's defaults are ours";
  View(ann, {{"height", 360}, {"priority", 7}});
  EXPECT_TRUE(room_.Hear(ann.connection, "ok"));
  ASSERT_EQ(Demands().size(), 1u);
  EXPECT_EQ(Demands()[0].id, slot);
  EXPECT_EQ(Demands()[0].demand, (ConsumerDemand{.priority = 7, .height = 360}));
  // What is absent stays, and nothing is said twice.
  View(ann, {{"height", 360}});
  EXPECT_EQ(Demands().size(), 1u);
  View(ann, {{"layer", {{"spatial", 1}, {"temporal", 0}}}});
  ASSERT_EQ(Demands().size(), 2u);
  EXPECT_EQ(Demands()[1].demand, (ConsumerDemand{.priority = 7,
                                                 .height = 360,
                                                 .max_spatial = SpatialLayer(1),
                                                 .max_temporal = TemporalLayer(0)}));
  View(ann, {{"height", nullptr}, {"priority", nullptr}, {"layer", nullptr}});
  ASSERT_EQ(Demands().size(), 3u);
  EXPECT_EQ(Demands()[2].demand, ConsumerDemand());
}

TEST_F(QualityTest, DemandOutlivesAReconnect) {
  const auto ann = JoinWithMedia("ann", 'A');
  View(ann, {{"height", 360}});
  room_.Forget();
  room_.Offer(ann.connection,
              {.letter = 'D', .send_audio = 1, .send_video = 1, .receive_video = 1});
  ASSERT_EQ(Demands().size(), 1u);
  EXPECT_EQ(Demands()[0].demand.height, 360);
}

TEST_F(QualityTest, ScreensAndPinnedSlotsComeFirstUnlessTheClientSays) {
  const auto ann = JoinWithMedia("ann", 'A');
  const auto bob = JoinWithMedia("bob", 'B');
  EXPECT_TRUE(Demands().empty());
  const auto describe = [&](const char* source) {
    room_.Say(bob.connection, {{"type", "tracks"},
                               {"id", 4},
                               {"tracks", Json::array({{{"mid", "1"}, {"source", source}}})}});
  };
  describe("screen");
  ASSERT_EQ(Demands().size(), 1u);
  const uint8_t screen = Demands()[0].demand.priority;
  EXPECT_GT(screen, ConsumerDemand().priority);
  describe("camera");
  View(ann, {{"participant", "bob"}});
  ASSERT_EQ(Demands().size(), 3u);
  EXPECT_GT(Demands()[2].demand.priority, ConsumerDemand().priority);
  EXPECT_LT(Demands()[2].demand.priority, screen);
  View(ann, {{"priority", 3}});
  EXPECT_EQ(Demands().back().demand.priority, 3);
}

TEST_F(QualityTest, WrongViewChangesNothingAndSaysWhy) {
  const auto ann = JoinWithMedia("ann", 'A', 2);
  const auto complaint = [&](Json slots) {
    room_.Say(ann.connection, {{"type", "view"}, {"id", 2}, {"slots", std::move(slots)}});
    const auto error = room_.Hear(ann.connection, "error");
    return error ? (*error)["message"].get<std::string>() : "none";
  };
  EXPECT_THAT(complaint({{{"mid", "2"}, {"height", 65'536}}}),
              HasSubstr("height is not an integer in 0..65535"));
  EXPECT_THAT(complaint({{{"mid", "2"}, {"height", 1.5}}}), HasSubstr("height"));
  EXPECT_THAT(complaint({{{"mid", "2"}, {"priority", -1}}}),
              HasSubstr("priority is not an integer in 0..255"));
  EXPECT_THAT(complaint({{{"mid", "2"}, {"priority", "high"}}}), HasSubstr("priority"));
  EXPECT_THAT(complaint({{{"mid", "2"}, {"height", 90}}, {{"mid", "0"}, {"height", 90}}}),
              HasSubstr("no video slot has the mid 0"));
  EXPECT_TRUE(Demands().empty());
}

TEST_F(QualityTest, PublisherHearsWhichEncodingsAreWatched) {
  const auto ann = room_.Join("ann");
  std::string offer = TestOffer{.send_video = 1}.Text();
  offer +=
      "a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
      "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n";
  room_.Say(ann.connection, {{"type", "offer"}, {"id", 1}, {"sdp", offer}});
  ASSERT_TRUE(room_.Hear(ann.connection, "answer"));
  const auto producer = room_.Requests<proto::CreateProducer>()[0];
  ASSERT_EQ(producer.parameters.encodings.size(), 3u);
  room_.Notify(proto::ProducerEncodingsWanted{producer.id, 0b001});
  const auto encodings = room_.Hear(ann.connection, "encodings");
  ASSERT_TRUE(encodings);
  const Json expected =
      Json::array({{{"mid", "0"}, {"rids", {{"q", true}, {"h", false}, {"f", false}}}}});
  EXPECT_EQ((*encodings)["tracks"], expected);
  room_.Notify(proto::ProducerEncodingsWanted{producer.id, 0b001});
  EXPECT_FALSE(room_.Hear(ann.connection, "encodings")) << "nothing new";
  // Who missed it hears it after coming back.
  room_.Break(ann.connection);
  room_.Notify(proto::ProducerEncodingsWanted{producer.id, 0b101});
  const auto again = room_.Join("ann", {{"secret", ann.welcome["secret"]}});
  const auto present = room_.Hear(again.connection, "encodings");
  ASSERT_TRUE(present);
  EXPECT_EQ((*present)["tracks"][0]["rids"]["f"], true);
  EXPECT_EQ((*present)["tracks"][0]["rids"]["h"], false);
}

TEST_F(QualityTest, TrackWithoutSimulcastHasOneEncodingWithoutName) {
  const auto ann = JoinWithMedia("ann", 'A');
  const auto producers = room_.Requests<proto::CreateProducer>();
  room_.Notify(proto::ProducerEncodingsWanted{producers[1].id, 0});
  const Json expected = Json::array({{{"mid", "1"}, {"rids", {{"", false}}}}});
  EXPECT_EQ((*room_.Hear(ann.connection, "encodings"))["tracks"], expected);
  room_.Notify(proto::ProducerEncodingsWanted{ProducerId(999), 1});  // crossed its removal
}

TEST_F(QualityTest, StatsTellOfWayInSlotsAndTracks) {
  const auto ann = JoinWithMedia("ann", 'A');
  const auto bob = JoinWithMedia("bob", 'B');
  Ask(ann);
  EXPECT_FALSE(room_.Hear(ann.connection, "stats")) << "the worker has not answered";
  const auto asked = room_.Requests<proto::GetTransportStats>();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].transport, room_.Requests<proto::CreateTransport>()[0].id);

  proto::TransportStatsChunk first = proto::SampleTransportStats();
  first.producers[0].id = room_.Requests<proto::CreateProducer>()[1].id;
  first.consumers.clear();
  first.last = false;
  proto::TransportStatsChunk second;
  second.consumers = proto::SampleTransportStats().consumers;
  second.consumers[0].id = ConsumerId(999);  // closed meanwhile
  second.consumers[1].id = room_.Requests<proto::CreateConsumer>()[0].id;
  const StatsQueryId query = Query();
  Answer(query, first);
  EXPECT_FALSE(room_.Hear(ann.connection, "stats"));
  Answer(query, second);
  const auto stats = room_.Hear(ann.connection, "stats");
  ASSERT_TRUE(stats);
  EXPECT_EQ((*stats)["id"], 7);
  EXPECT_EQ((*stats)["transport"]["estimate"], 2);
  EXPECT_EQ((*stats)["transport"]["loss"], 0.25);
  EXPECT_EQ((*stats)["data"]["interruptions"], 5);
  ASSERT_EQ((*stats)["slots"].size(), 1u);
  const Json& slot = (*stats)["slots"][0];
  EXPECT_EQ(slot["mid"], "2");
  EXPECT_EQ(slot["identity"], "bob");
  EXPECT_EQ(slot["layer"], (Json{{"encoding", 1}, {"spatial", 2}, {"temporal", 3}}));
  EXPECT_EQ(slot["reason"], "switching");
  EXPECT_EQ(slot["height"], 720);
  ASSERT_EQ((*stats)["tracks"].size(), 1u);
  const Json& track = (*stats)["tracks"][0];
  EXPECT_EQ(track["mid"], "1");
  EXPECT_EQ(track["encodings"][0]["rid"], "low");
  EXPECT_EQ(track["encodings"][0]["wanted"], true);
  EXPECT_EQ(track["encodings"][1]["wanted"], false);
  EXPECT_FALSE(room_.Hear(bob.connection, "stats"));
}

TEST_F(QualityTest, StatsBeforeAnOfferAreNotFound) {
  const auto ann = room_.Join("ann");
  Ask(ann);
  EXPECT_EQ((*room_.Hear(ann.connection, "error"))["code"], "not_found");
}

TEST_F(QualityTest, StatsAreRefusedMoreThanTwiceASecondAndTheConnectionStays) {
  const auto ann = JoinWithMedia("ann", 'A');
  Ask(ann, 1);
  Ask(ann, 2);
  const auto error = room_.Hear(ann.connection, "error");
  ASSERT_TRUE(error);
  EXPECT_EQ((*error)["id"], 2);
  EXPECT_EQ((*error)["code"], "rate_limited");
  EXPECT_FALSE(room_.IsClosed(ann.connection));
  EXPECT_EQ(room_.Requests<proto::GetTransportStats>().size(), 1u);
  room_.Pass(500ms);
  Ask(ann, 3);
  EXPECT_EQ(room_.Requests<proto::GetTransportStats>().size(), 2u);
}

TEST_F(QualityTest, WorkerThatDoesNotAnswerIsGivenUp) {
  const auto ann = JoinWithMedia("ann", 'A');
  Ask(ann);
  const StatsQueryId query = Query();
  room_.Pass(4s);
  EXPECT_FALSE(room_.Hear(ann.connection, "error"));
  room_.Pass(1s);
  const auto error = room_.Hear(ann.connection, "error");
  ASSERT_TRUE(error);
  EXPECT_EQ((*error)["id"], 7);
  EXPECT_EQ((*error)["code"], "unavailable");
  Answer(query, proto::TransportStatsChunk{});
  EXPECT_FALSE(room_.Hear(ann.connection, "stats")) << "too late";
}

TEST_F(QualityTest, WorkerThatIsGoneOrRefusesGivesAnError) {
  const auto ann = JoinWithMedia("ann", 'A');
  Ask(ann);
  Answer(Query(), proto::Error{proto::ErrorCode::kNotFound, "no transport 1"});
  EXPECT_EQ((*room_.Hear(ann.connection, "error"))["code"], "unavailable");
  room_.Pass(500ms);
  Ask(ann, 8);
  room_.LoseWorker(1);
  const auto error = room_.Hear(ann.connection, "error");
  ASSERT_TRUE(error);
  EXPECT_EQ((*error)["id"], 8);
  EXPECT_EQ((*error)["code"], "unavailable");
}

TEST_F(QualityTest, AnswerForSomebodyWhoHasLeftIsDropped) {
  const auto ann = JoinWithMedia("ann", 'A');
  JoinWithMedia("bob", 'B');
  Ask(ann);
  const StatsQueryId query = Query();
  room_.Say(ann.connection, {{"type", "leave"}});
  room_.Forget();
  Answer(query, proto::TransportStatsChunk{});
  EXPECT_TRUE(room_.inboxes.empty());
}

TEST_F(QualityTest, EncryptedClientGetsTheExtensionThatSparesThePayload) {
  const auto answer_of = [&](const char* identity, char letter, bool encrypted) {
    const auto guest = room_.Join(identity, {{"e2ee", encrypted}});
    const std::string offer = TestOffer{.letter = letter, .send_video = 1}.Text() +
                              "a=extmap:6 https://aomediacodec.github.io/av1-rtp-spec/"
                              "#dependency-descriptor-rtp-header-extension\r\n";
    room_.Say(guest.connection, {{"type", "offer"}, {"id", 1}, {"sdp", offer}});
    return (*room_.Hear(guest.connection, "answer"))["sdp"].get<std::string>();
  };
  EXPECT_THAT(answer_of("ann", 'A', true), HasSubstr("dependency-descriptor"));
  EXPECT_THAT(answer_of("bob", 'B', false), ::testing::Not(HasSubstr("dependency-descriptor")));
}

}  // namespace
}  // namespace stellwerk
