#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controller/server/conference.h"

namespace stellwerk {
namespace {

using test::Conference;
using test::Json;
using test::TestOffer;
using ::testing::HasSubstr;

class MediaTest : public ::testing::Test {
 protected:
  // One who sends camera and microphone and can show `slots` others.
  Conference::Guest JoinWithMedia(const std::string& identity, char letter, int slots) {
    auto guest = room_.Join(identity);
    const Json answer = room_.Offer(guest.connection, {.letter = letter,
                                                       .send_audio = 1,
                                                       .send_video = 1,
                                                       .receive_audio = 2,
                                                       .receive_video = slots});
    EXPECT_EQ(answer["type"], "answer") << answer;
    return guest;
  }
  Conference room_;
};

TEST_F(MediaTest, OfferBecomesOneTransportWithItsTracksAndSlots) {
  JoinWithMedia("ann", 'A', 3);
  const auto transports = room_.Requests<proto::CreateTransport>();
  ASSERT_EQ(transports.size(), 1u);
  const auto connects = room_.Requests<proto::ConnectTransport>();
  ASSERT_EQ(connects.size(), 1u);
  EXPECT_EQ(connects[0].id, transports[0].id);
  EXPECT_EQ(connects[0].remote.ice.ufrag, "abcd");
  EXPECT_EQ(room_.Requests<proto::CreateProducer>().size(), 2u);
  EXPECT_EQ(room_.Requests<proto::CreateConsumer>().size(), 5u);
}

TEST_F(MediaTest, RejectedOfferSaysWhyAndChangesNothing) {
  const auto ann = room_.Join("ann");
  room_.Say(ann.connection, {{"type", "offer"}, {"id", 5}, {"sdp", "nonsense"}});
  const auto error = room_.Hear(ann.connection, "error");
  ASSERT_TRUE(error);
  EXPECT_EQ((*error)["id"], 5);
  EXPECT_EQ((*error)["code"], "offer_rejected");
  EXPECT_THAT((*error)["message"].get<std::string>(), HasSubstr("line 1"));
  EXPECT_TRUE(room_.Requests<proto::CreateTransport>().empty());
}

// With all that an offer may bring to the worker at its bounds.
std::string LargestOffer() {
  std::string text = TestOffer{.ufrag = std::string(256, 'u'), .send_video = 1}.Text();
  const auto replace = [&](std::string_view from, const std::string& to) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  };
  std::string payload_types;
  std::string formats;
  for (int i = 0; i < 128; ++i) {
    const std::string type = std::to_string(i);
    payload_types += " " + type;
    formats += "a=rtpmap:" + type + " VP8/90000\r\na=fmtp:" + type + " ";
    formats += std::string(1'024 - type.size() - 1, 'x') + "\r\n";
  }
  const std::string mid(Mid::kCapacity, 'm');
  replace("a=group:BUNDLE 0", "a=group:BUNDLE " + mid);
  replace("a=mid:0", "a=mid:" + mid);
  replace("0123456789012345678901", std::string(256, 'p'));
  replace("a=sendonly", "a=sendrecv");
  replace(" 96 97", payload_types);
  for (int i = 0; i < 26; ++i)
    formats += "a=rid:" + std::string(29, 'r') + char('A' + i) + " send\r\n";
  const std::size_t at = text.find("a=rtpmap:96");
  return text.substr(0, at) + formats;
}

TEST_F(MediaTest, LargestOfferIsWithinTheWireBounds) {
  const auto ann = room_.Join(std::string(64, 'i'), {{"name", std::string(128, 'n')}});
  room_.Say(ann.connection, {{"type", "offer"}, {"id", 1}, {"sdp", LargestOffer()}});
  EXPECT_EQ(room_.inboxes[ann.connection].back()["type"], "answer")
      << room_.inboxes[ann.connection].back();
  ASSERT_EQ(room_.Requests<proto::CreateProducer>().size(), 1u);
  EXPECT_EQ(room_.Requests<proto::CreateProducer>()[0].parameters.codecs.size(), 32u);
  EXPECT_EQ(room_.Requests<proto::CreateConsumer>().size(), 1u);
  for (const auto& [worker, body, query] : room_.requests) {
    const auto decoded = proto::Decode(proto::Encode(proto::Request{1, body}));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(std::get<proto::Request>(*decoded).body.index(), body.index());
  }
}

TEST_F(MediaTest, DescribingManyTracksDoesNotLoseAMute) {
  const auto ann = room_.Join("ann");
  room_.Offer(ann.connection, {.send_audio = 1});
  const auto describe = [&](Json tracks) {
    room_.Say(ann.connection, {{"type", "tracks"}, {"id", 1}, {"tracks", std::move(tracks)}});
  };
  Json many = Json::array({{{"mid", "0"}, {"muted", false}}});
  for (int i = 1; i < 300; ++i) many.push_back({{"mid", std::to_string(i)}});
  describe(many);
  room_.Forget();
  describe(Json::array({{{"mid", "x"}, {"muted", true}}, {{"mid", "0"}, {"muted", true}}}));
  ASSERT_EQ(room_.Requests<proto::PauseProducer>().size(), 1u);
  EXPECT_TRUE(room_.Requests<proto::PauseProducer>()[0].paused);
}

TEST_F(MediaTest, NewPeerConnectionForgetsWhatItsOfferLacks) {
  const auto ann = room_.Join("ann");
  room_.Say(
      ann.connection,
      {{"type", "tracks"}, {"id", 1}, {"tracks", Json::array({{{"mid", "1"}, {"muted", true}}})}});
  room_.Offer(ann.connection, {.letter = 'A', .send_audio = 1});
  room_.Offer(ann.connection, {.letter = 'A', .send_audio = 1, .send_video = 1});
  EXPECT_TRUE(room_.Requests<proto::PauseProducer>().empty());
}

TEST_F(MediaTest, SlotsShowTheOthersAndSaySo) {
  const auto ann = JoinWithMedia("ann", 'A', 2);
  const auto bob = JoinWithMedia("bob", 'B', 2);
  const auto slots = room_.Hear(ann.connection, "slots");
  ASSERT_TRUE(slots);
  ASSERT_EQ((*slots)["slots"].size(), 1u);
  const Json& slot = (*slots)["slots"][0];
  EXPECT_EQ(slot["identity"], "bob");
  EXPECT_EQ(slot["status"], "active");
  EXPECT_EQ(slot["mid"], "4");
  const auto sources = room_.Requests<proto::SetConsumerSource>();
  ASSERT_EQ(sources.size(), 2u);  // one in each direction; audio is the worker's
  EXPECT_EQ(std::to_string(sources[0].source->value()), slot["track"].get<std::string>());
  EXPECT_EQ(slot["csrc"], sources[0].source->value());
  EXPECT_TRUE(room_.Hear(bob.connection, "slots"));
}

TEST_F(MediaTest, LeavingEmptiesTheSlot) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  const auto bob = JoinWithMedia("bob", 'B', 1);
  room_.Forget();
  room_.Say(bob.connection, {{"type", "leave"}});
  const auto slots = room_.Hear(ann.connection, "slots");
  ASSERT_TRUE(slots);
  EXPECT_EQ((*slots)["slots"][0]["status"], "empty");
  EXPECT_EQ((*slots)["slots"][0]["identity"], nullptr);
  ASSERT_EQ(room_.Requests<proto::SetConsumerSource>().size(), 1u);
  EXPECT_FALSE(room_.Requests<proto::SetConsumerSource>()[0].source);
}

TEST_F(MediaTest, SpeakersAreToldAndGetTheFewSlots) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  JoinWithMedia("bob", 'B', 1);
  JoinWithMedia("eve", 'C', 1);
  const auto producers = room_.Requests<proto::CreateProducer>();
  ASSERT_EQ(producers.size(), 6u);
  const RouterId router = room_.Requests<proto::CreateRouter>()[0].id;
  room_.Forget();
  room_.Notify(proto::ActiveSpeakersChanged{router, {producers[4].id, producers[2].id}});
  const auto speakers = room_.Hear(ann.connection, "speakers");
  ASSERT_TRUE(speakers);
  EXPECT_EQ((*speakers)["identities"], (Json{"eve", "bob"}));
  room_.Notify(proto::ActiveSpeakersChanged{router, {}});
  EXPECT_EQ((*room_.Hear(ann.connection, "speakers"))["identities"], Json::array());
}

TEST_F(MediaTest, ViewPinsASlotToAPersonAndLetsItGo) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  JoinWithMedia("bob", 'B', 1);
  JoinWithMedia("eve", 'C', 1);
  room_.Forget();
  const auto view = [&](Json slot) {
    slot["mid"] = "4";
    room_.Say(ann.connection, {{"type", "view"}, {"id", 2}, {"slots", Json::array({slot})}});
  };
  view({{"participant", "eve"}, {"layer", {{"spatial", 0}, {"temporal", 1}}}});
  EXPECT_TRUE(room_.Hear(ann.connection, "ok"));
  EXPECT_EQ((*room_.Hear(ann.connection, "slots"))["slots"][0]["identity"], "eve");
  ASSERT_EQ(room_.Requests<proto::SetConsumerDemand>().size(), 1u);
  EXPECT_EQ(room_.Requests<proto::SetConsumerDemand>()[0].demand.max_spatial, SpatialLayer(0));
  view({{"participant", "nobody"}});
  EXPECT_EQ((*room_.Hear(ann.connection, "error"))["code"], "not_found");
  // Automatic again: who is shown stays.
  view({{"participant", nullptr}});
  EXPECT_TRUE(room_.Hear(ann.connection, "ok"));
}

TEST_F(MediaTest, MutedTrackIsPausedAndTold) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  const auto bob = JoinWithMedia("bob", 'B', 1);
  room_.Forget();
  room_.Say(bob.connection,
            {{"type", "tracks"},
             {"id", 4},
             {"tracks", Json::array({{{"mid", "1"}, {"source", "screen"}, {"muted", true}}})}});
  EXPECT_TRUE(room_.Hear(bob.connection, "ok"));
  const auto updated = room_.Hear(ann.connection, "updated");
  ASSERT_TRUE(updated);
  EXPECT_EQ((*updated)["participant"]["tracks"][1]["source"], "screen");
  EXPECT_EQ((*updated)["participant"]["tracks"][1]["muted"], true);
  ASSERT_EQ(room_.Requests<proto::PauseProducer>().size(), 1u);
  EXPECT_TRUE(room_.Requests<proto::PauseProducer>()[0].paused);
}

TEST_F(MediaTest, TracksMayBeDescribedBeforeTheOffer) {
  const auto ann = room_.Join("ann");
  room_.Say(
      ann.connection,
      {{"type", "tracks"}, {"id", 1}, {"tracks", Json::array({{{"mid", "0"}, {"muted", true}}})}});
  room_.Offer(ann.connection, {.send_audio = 1});
  EXPECT_EQ(room_.Requests<proto::PauseProducer>().size(), 1u);
}

TEST_F(MediaTest, IceRestartKeepsEverything) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  room_.Forget();
  room_.Offer(ann.connection, {.letter = 'A',
                               .ufrag = "wxyz",
                               .send_audio = 1,
                               .send_video = 1,
                               .receive_audio = 2,
                               .receive_video = 1});
  ASSERT_EQ(room_.Requests<proto::RestartIce>().size(), 1u);
  EXPECT_EQ(room_.Requests<proto::RestartIce>()[0].remote_ice.ufrag, "wxyz");
  EXPECT_EQ(room_.requests.size(), 1u);
}

TEST_F(MediaTest, NewPeerConnectionStartsAfresh) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  room_.Forget();
  room_.Offer(ann.connection, {.letter = 'D', .send_audio = 1});
  EXPECT_EQ(room_.Requests<proto::CloseTransport>().size(), 1u);
  EXPECT_EQ(room_.Requests<proto::CreateTransport>().size(), 1u);
  EXPECT_EQ(room_.Requests<proto::CreateProducer>().size(), 1u);
}

TEST_F(MediaTest, LostWorkerIsReplacedAndClientsReconnect) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  room_.LoseWorker(1);
  EXPECT_FALSE(room_.Hear(ann.connection, "reconnect"));
  EXPECT_EQ(room_.Offer(ann.connection, {.letter = 'E', .send_audio = 1})["code"], "unavailable");
  room_.Forget();
  room_.StartWorker(2);
  EXPECT_EQ((*room_.Hear(ann.connection, "reconnect"))["reason"], "worker_lost");
  EXPECT_EQ(room_.Requests<proto::CreateRouter>().size(), 1u);
  EXPECT_EQ(room_.Offer(ann.connection, {.letter = 'F', .send_audio = 1})["type"], "answer");
  EXPECT_EQ(room_.requests.back().worker, WorkerId(2));
}

TEST_F(MediaTest, RoomsMoveToAnotherWorkerAtOnceIfThereIsOne) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  room_.StartWorker(2);
  room_.LoseWorker(1);
  EXPECT_EQ((*room_.Hear(ann.connection, "reconnect"))["reason"], "worker_lost");
}

TEST_F(MediaTest, LostTransportIsToldAlsoToWhoComesBackLater) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  const TransportId transport = room_.Requests<proto::CreateTransport>()[0].id;
  room_.Break(ann.connection);
  room_.Notify(proto::TransportPhaseChanged{transport, proto::TransportPhase::kGone, "silence"});
  const auto again = room_.Join("ann", {{"secret", ann.welcome["secret"]}});
  EXPECT_EQ(again.welcome["resumed"], true);
  EXPECT_EQ((*room_.Hear(again.connection, "reconnect"))["reason"], "transport_lost");
}

TEST_F(MediaTest, UnsupportedCodecIsToldOnce) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  JoinWithMedia("bob", 'B', 1);
  const auto source = room_.Requests<proto::SetConsumerSource>()[0];
  room_.Forget();
  room_.Notify(proto::ConsumerCodecUnsupported{source.id, *source.source});
  const auto slots = room_.Hear(ann.connection, "slots");
  ASSERT_TRUE(slots);
  EXPECT_EQ((*slots)["slots"][0]["status"], "codec_unsupported");
  room_.Notify(proto::ConsumerCodecUnsupported{source.id, *source.source});
  EXPECT_FALSE(room_.Hear(ann.connection, "slots"));
}

TEST_F(MediaTest, LoudestSlotsFollowTheWorker) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  JoinWithMedia("bob", 'B', 1);
  const auto consumers = room_.Requests<proto::CreateConsumer>();
  const auto producers = room_.Requests<proto::CreateProducer>();
  ASSERT_EQ(consumers[0].parameters.mode, SlotMode::kLoudest);
  room_.Forget();
  room_.Notify(proto::ConsumerSourceChanged{consumers[0].id, producers[2].id});
  const auto slots = room_.Hear(ann.connection, "slots");
  ASSERT_TRUE(slots);
  EXPECT_EQ((*slots)["slots"][0]["identity"], "bob");
  EXPECT_TRUE(room_.Requests<proto::SetConsumerSource>().empty());
}

TEST_F(MediaTest, DataChannelReachesTheOthersOrOne) {
  const auto join = [&](const char* identity, char letter) {
    const auto guest = room_.Join(identity);
    room_.Offer(guest.connection, {.letter = letter, .data = true});
  };
  join("ann", 'A');
  join("bob", 'B');
  const TransportId ann = room_.Requests<proto::CreateTransport>()[0].id;
  const TransportId bob = room_.Requests<proto::CreateTransport>()[1].id;
  room_.Notify(proto::DataChannelOpened{ann, StreamId(0), {.label = "chat"}});
  room_.Notify(proto::DataChannelOpened{ann, StreamId(2), {.label = "to:eve"}});
  EXPECT_EQ(room_.Requests<proto::CreateDataProducer>().size(), 2u);
  auto consumers = room_.Requests<proto::CreateDataConsumer>();
  ASSERT_EQ(consumers.size(), 1u);
  EXPECT_EQ(consumers[0].transport, bob);
  EXPECT_EQ(consumers[0].channel.label, "chat");
  EXPECT_EQ(consumers[0].channel.protocol, "from:ann");
  room_.Forget();
  join("eve", 'C');
  consumers = room_.Requests<proto::CreateDataConsumer>();
  ASSERT_EQ(consumers.size(), 2u);
  EXPECT_EQ(consumers[1].channel.label, "to:eve");
}

TEST_F(MediaTest, NotificationsThatCrossARemovalAreIgnored) {
  const auto ann = JoinWithMedia("ann", 'A', 1);
  const TransportId transport = room_.Requests<proto::CreateTransport>()[0].id;
  const ConsumerId consumer = room_.Requests<proto::CreateConsumer>()[0].id;
  room_.Say(ann.connection, {{"type", "leave"}});
  room_.Notify(proto::TransportPhaseChanged{transport, proto::TransportPhase::kGone, ""});
  room_.Notify(proto::ConsumerSourceChanged{consumer, std::nullopt});
  room_.Notify(proto::ActiveSpeakersChanged{RouterId(1), {ProducerId(77)}});
  EXPECT_EQ(room_.controller.rooms().room_count(), 0u);
}

}  // namespace
}  // namespace stellwerk
