#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controller/server/conference.h"

namespace stellwerk {
namespace {

using test::Conference;
using test::Json;
using test::TestOffer;
using ::testing::HasSubstr;

TEST(Joining, WelcomeShowsTheOthersAndTheyHearOfIt) {
  Conference room;
  const auto ann = room.Join("ann", {{"name", "Ann"}});
  EXPECT_EQ(ann.welcome["resumed"], false);
  EXPECT_EQ(ann.welcome["participants"].size(), 0u);
  const auto bob = room.Join("bob");
  ASSERT_EQ(bob.welcome["participants"].size(), 1u);
  EXPECT_EQ(bob.welcome["participants"][0]["name"], "Ann");
  const auto joined = room.Hear(ann.connection, "joined");
  ASSERT_TRUE(joined);
  EXPECT_EQ((*joined)["participant"]["identity"], "bob");
  EXPECT_EQ((*joined)["participant"]["name"], "bob");
}

TEST(Joining, IdentityIsAllocatedWhenNoneIsGiven) {
  Conference room;
  const ConnectionId connection = room.Connect();
  room.Say(connection, {{"type", "hello"}, {"version", 1}, {"room", "tea"}});
  const auto welcome = room.Hear(connection, "welcome");
  ASSERT_TRUE(welcome);
  EXPECT_FALSE((*welcome)["participant"]["identity"].get<std::string>().empty());
}

TEST(Joining, FirstMessageHasToBeAHelloOfOurVersion) {
  Conference room;
  const ConnectionId early = room.Connect();
  room.Say(early, {{"type", "ping"}, {"id", 1}});
  EXPECT_EQ((*room.Hear(early, "error"))["code"], "bad_message");
  EXPECT_TRUE(room.IsClosed(early));
  const ConnectionId newer = room.Connect();
  room.Say(newer, {{"type", "hello"}, {"version", 2}});
  EXPECT_EQ((*room.Hear(newer, "error"))["code"], "unsupported_version");
  EXPECT_TRUE(room.IsClosed(newer));
}

TEST(Joining, SilentConnectionIsCutOff) {
  Conference room;
  const ConnectionId silent = room.Connect();
  room.Pass(std::chrono::seconds(9));
  EXPECT_FALSE(room.IsClosed(silent));
  room.Pass(std::chrono::seconds(1));
  EXPECT_TRUE(room.IsClosed(silent));
}

TEST(Joining, BadMessageOfAMemberIsAnErrorAndNotTheEnd) {
  Conference room;
  const auto ann = room.Join("ann");
  room.SayText(ann.connection, "{\"type\":\"view\",\"id\":7}");
  const auto error = room.Hear(ann.connection, "error");
  ASSERT_TRUE(error);
  EXPECT_EQ((*error)["id"], 7);
  EXPECT_EQ((*error)["code"], "bad_message");
  EXPECT_FALSE(room.IsClosed(ann.connection));
  room.Say(ann.connection, {{"type", "ping"}, {"id", 8}});
  EXPECT_EQ((*room.Hear(ann.connection, "ok"))["id"], 8);
}

TEST(Joining, TokenIsAskedForWhereItIsConfigured) {
  Controller::Options options;
  options.room_token = "sesame";
  Conference room(options);
  const ConnectionId wrong = room.Connect();
  room.Say(wrong, {{"type", "hello"}, {"version", 1}, {"room", "tea"}, {"token", "simsim"}});
  EXPECT_EQ((*room.Hear(wrong, "error"))["code"], "unauthorized");
  EXPECT_TRUE(room.IsClosed(wrong));
  EXPECT_EQ(room.Join("ann", {{"token", "sesame"}}).welcome["type"], "welcome");
}

TEST(Joining, NewerConnectionReplacesTheOlderWithTheSecretOnly) {
  Conference room;
  const auto ann = room.Join("ann");
  const ConnectionId thief = room.Connect();
  room.Say(thief, {{"type", "hello"},
                   {"version", 1},
                   {"room", "tea"},
                   {"identity", "ann"},
                   {"secret", "guess"}});
  EXPECT_EQ((*room.Hear(thief, "error"))["code"], "unauthorized");
  EXPECT_FALSE(room.IsClosed(ann.connection));

  const auto again = room.Join("ann", {{"secret", ann.welcome["secret"]}});
  EXPECT_EQ(again.welcome["resumed"], true);
  EXPECT_EQ((*room.Hear(ann.connection, "bye"))["reason"], "replaced");
  EXPECT_TRUE(room.IsClosed(ann.connection));
  // The end of the older connection is not the end of the participant.
  room.Break(ann.connection);
  room.Pass(std::chrono::minutes(1));
  EXPECT_EQ(room.controller.rooms().participant_count(), 1u);
}

TEST(Joining, BrokenConnectionCanBeResumedWithinTheGraceTime) {
  Conference room;
  const auto ann = room.Join("ann");
  const auto bob = room.Join("bob");
  room.Offer(ann.connection, {.send_audio = 1, .receive_video = 1});
  room.Offer(bob.connection, {.letter = 'B', .send_video = 1});
  room.Forget();
  room.Break(ann.connection);
  room.Pass(std::chrono::seconds(14));
  const auto again = room.Join("ann", {{"secret", ann.welcome["secret"]}});
  EXPECT_EQ(again.welcome["resumed"], true);
  // Nothing happened to the media, and what the slots show is told again.
  EXPECT_TRUE(room.requests.empty());
  const auto slots = room.Hear(again.connection, "slots");
  ASSERT_TRUE(slots);
  EXPECT_EQ((*slots)["slots"][0]["identity"], "bob");
  EXPECT_FALSE(room.Hear(bob.connection, "left"));
}

TEST(Joining, WhoDoesNotComeBackIsGone) {
  Conference room;
  const auto ann = room.Join("ann");
  const auto bob = room.Join("bob");
  room.Offer(ann.connection, {.send_audio = 1});
  room.Break(ann.connection);
  room.Pass(std::chrono::seconds(15));
  EXPECT_EQ((*room.Hear(bob.connection, "left"))["identity"], "ann");
  EXPECT_EQ(room.Requests<proto::CloseTransport>().size(), 1u);
  EXPECT_EQ(room.Join("ann", {{"secret", ann.welcome["secret"]}}).welcome["resumed"], false);
}

TEST(Joining, LastOneOutClosesTheRoom) {
  Conference room;
  const auto ann = room.Join("ann");
  EXPECT_EQ(room.Requests<proto::CreateRouter>().size(), 1u);
  room.Say(ann.connection, {{"type", "leave"}});
  EXPECT_EQ((*room.Hear(ann.connection, "bye"))["reason"], "left");
  EXPECT_TRUE(room.IsClosed(ann.connection));
  EXPECT_EQ(room.Requests<proto::CloseRouter>().size(), 1u);
  EXPECT_EQ(room.controller.rooms().room_count(), 0u);
}

TEST(Joining, FullRoomAndFullServerSaySo) {
  Controller::Options options;
  options.rooms.max_participants = 1;
  options.rooms.max_rooms = 1;
  Conference room(options);
  room.Join("ann");
  for (const char* name : {"tea", "coffee"}) {
    const ConnectionId late = room.Connect();
    room.Say(late, {{"type", "hello"}, {"version", 1}, {"room", name}});
    EXPECT_EQ((*room.Hear(late, "error"))["code"], "room_full");
  }
}

TEST(Joining, DrainingServerTakesOnlyThoseWhoComeBack) {
  Conference room;
  const auto ann = room.Join("ann");
  room.controller.Drain();
  const ConnectionId late = room.Connect();
  room.Say(late, {{"type", "hello"}, {"version", 1}, {"room", "tea"}, {"identity", "bob"}});
  EXPECT_EQ((*room.Hear(late, "error"))["code"], "unavailable");
  EXPECT_EQ(room.Join("ann", {{"secret", ann.welcome["secret"]}}).welcome["resumed"], true);
}

TEST(Joining, RoomsGoToTheLeastLoadedWorker) {
  Conference room;
  room.StartWorker(2);
  room.Join("ann", Json::object(), "one");
  room.Join("bob", Json::object(), "one");
  room.Join("eve", Json::object(), "two");
  std::vector<WorkerId> workers;
  for (const auto& request : room.requests) {
    if (std::holds_alternative<proto::CreateRouter>(request.request))
      workers.push_back(request.worker);
  }
  EXPECT_THAT(workers, ::testing::ElementsAre(WorkerId(1), WorkerId(2)));
}

TEST(Joining, FloodIsCutOffWhereABurstIsNot) {
  Conference room;
  const auto ann = room.Join("ann");
  const auto ping = [&] { room.Say(ann.connection, {{"type", "ping"}, {"id", 1}}); };
  for (int i = 0; i < 140; ++i) ping();
  EXPECT_FALSE(room.IsClosed(ann.connection));
  room.Pass(std::chrono::seconds(1));
  for (int i = 0; i < 39; ++i) ping();
  EXPECT_FALSE(room.IsClosed(ann.connection));
  ping();
  EXPECT_EQ((*room.Hear(ann.connection, "error"))["code"], "rate_limited");
  EXPECT_TRUE(room.IsClosed(ann.connection));
}

TEST(Joining, OffersCountAsTenMessages) {
  Conference room;
  const auto ann = room.Join("ann");
  const auto offer = [&] {
    room.Say(ann.connection, {{"type", "offer"}, {"id", 1}, {"sdp", "nonsense"}});
  };
  for (int i = 0; i < 14; ++i) offer();
  EXPECT_FALSE(room.IsClosed(ann.connection));
  offer();
  EXPECT_TRUE(room.IsClosed(ann.connection));
}

}  // namespace
}  // namespace stellwerk
