#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controller/server/conference.h"

namespace stellwerk {
namespace {

using test::Conference;
using test::TestOffer;
using ::testing::HasSubstr;

class WhipTest : public ::testing::Test {
 protected:
  HttpResponse Ask(const std::string& method, const std::string& path, const std::string& body = "",
                   const std::string& type = "application/sdp") {
    HttpRequest request = request_;
    request.method = method;
    request.path = path;
    request.body = body;
    request.content_type = type;
    HttpResponse response;
    room_.Run([&](ControllerOutput& out) {
      response = room_.controller.HandleWhip(room_.now, request, out);
    });
    return response;
  }
  static std::string Field(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }
  static std::string Publish(char letter = 'D') {
    return TestOffer{.letter = letter, .send_audio = 1, .send_video = 1}.Text();
  }
  static std::string View(char letter = 'F') {
    return TestOffer{.letter = letter, .receive_audio = 1, .receive_video = 1}.Text();
  }

  Conference room_;
  HttpRequest request_;
};

TEST_F(WhipTest, PublisherIsAParticipantUntilDeleted) {
  const auto ann = room_.Join("ann");
  const HttpResponse created = Ask("POST", "/whip/tea/cam", Publish());
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.content_type, "application/sdp");
  EXPECT_THAT(created.body, HasSubstr("a=ice-lite"));
  const std::string session = Field(created, "location");
  EXPECT_THAT(session, HasSubstr("/sessions/"));
  EXPECT_EQ((*room_.Hear(ann.connection, "joined"))["participant"]["identity"], "cam");
  EXPECT_EQ((*room_.Hear(ann.connection, "updated"))["participant"]["tracks"].size(), 2u);
  EXPECT_EQ(Ask("DELETE", session).status, 200);
  EXPECT_EQ((*room_.Hear(ann.connection, "left"))["identity"], "cam");
  EXPECT_EQ(Ask("DELETE", session).status, 404);
}

TEST_F(WhipTest, ViewerSeesThatParticipantAndNobodySeesTheViewer) {
  const auto ann = room_.Join("ann");
  room_.Offer(ann.connection, {.letter = 'A', .send_audio = 1, .send_video = 1});
  const auto bob = room_.Join("bob");
  room_.Offer(bob.connection, {.letter = 'B', .send_audio = 1, .send_video = 1});
  const auto producers = room_.Requests<proto::CreateProducer>();
  room_.Forget();
  EXPECT_EQ(Ask("POST", "/whep/tea/bob", View()).status, 201);
  const auto sources = room_.Requests<proto::SetConsumerSource>();
  ASSERT_EQ(sources.size(), 2u);
  EXPECT_EQ(sources[0].source, producers[2].id);
  EXPECT_EQ(sources[1].source, producers[3].id);
  EXPECT_FALSE(room_.Hear(ann.connection, "joined"));
}

TEST_F(WhipTest, RoomViewerFollowsTheSpeaker) {
  const auto ann = room_.Join("ann");
  room_.Offer(ann.connection, {.letter = 'A', .send_audio = 1, .send_video = 1});
  const auto bob = room_.Join("bob");
  room_.Offer(bob.connection, {.letter = 'B', .send_audio = 1, .send_video = 1});
  const auto producers = room_.Requests<proto::CreateProducer>();
  const RouterId router = room_.Requests<proto::CreateRouter>()[0].id;
  EXPECT_EQ(Ask("POST", "/whep/tea", View()).status, 201);
  room_.Forget();
  room_.Notify(proto::ActiveSpeakersChanged{router, {producers[2].id}});
  const auto sources = room_.Requests<proto::SetConsumerSource>();
  ASSERT_EQ(sources.size(), 1u);
  EXPECT_EQ(sources[0].source, producers[3].id);
}

TEST_F(WhipTest, NewerPublisherReplacesTheOlder) {
  const std::string first = Field(Ask("POST", "/whip/tea/cam", Publish('D')), "location");
  EXPECT_EQ(Ask("POST", "/whip/tea/cam", Publish('E')).status, 201);
  EXPECT_EQ(room_.Requests<proto::CloseTransport>().size(), 1u);
  EXPECT_EQ(Ask("DELETE", first).status, 404);
  EXPECT_EQ(room_.controller.rooms().participant_count(), 1u);
}

TEST_F(WhipTest, JunkDoesNotEndARunningPublication) {
  const auto ann = room_.Join("ann");
  const std::string first = Field(Ask("POST", "/whip/tea/cam", Publish('D')), "location");
  room_.Forget();
  EXPECT_EQ(Ask("POST", "/whip/tea/cam", "nonsense").status, 400);
  EXPECT_TRUE(room_.requests.empty());
  EXPECT_TRUE(room_.inboxes[ann.connection].empty());
  EXPECT_EQ(Ask("DELETE", first).status, 200);
}

TEST_F(WhipTest, OthersHearThatThePublisherLeftAndCameBack) {
  const auto ann = room_.Join("ann");
  Ask("POST", "/whip/tea/cam", Publish('D'));
  room_.Forget();
  Ask("POST", "/whip/tea/cam", Publish('E'));
  EXPECT_EQ((*room_.Hear(ann.connection, "left"))["identity"], "cam");
  EXPECT_EQ((*room_.Hear(ann.connection, "joined"))["participant"]["identity"], "cam");
  EXPECT_EQ((*room_.Hear(ann.connection, "updated"))["participant"]["tracks"].size(), 2u);
}

TEST_F(WhipTest, NameOfSomebodyOnThePageIsTaken) {
  room_.Join("ann");
  EXPECT_EQ(Ask("POST", "/whip/tea/ann", Publish()).status, 409);
}

TEST_F(WhipTest, BadRequestsLeaveNobodyBehind) {
  const HttpResponse bad = Ask("POST", "/whip/tea/cam", "nonsense");
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(bad.body, HasSubstr("line 1"));
  EXPECT_EQ(Ask("POST", "/whip/tea/cam", Publish(), "text/plain").status, 415);
  EXPECT_EQ(Ask("POST", "/whip/tea/cam", Publish(), "Application/SDP; charset=utf-8").status, 201);
  EXPECT_EQ(Ask("POST", "/whip/tea", Publish()).status, 404);
  EXPECT_EQ(Ask("GET", "/whip/tea/cam").status, 405);
  EXPECT_EQ(Ask("GET", "/whep/tea").status, 405);
  EXPECT_EQ(Ask("POST", "/whip/tea/" + std::string(65, 'x'), Publish()).status, 400);
  EXPECT_EQ(room_.controller.rooms().participant_count(), 1u);
}

TEST_F(WhipTest, TrickleIsNotPossible) {
  const std::string session = Field(Ask("POST", "/whip/tea/cam", Publish()), "location");
  const HttpResponse response =
      Ask("PATCH", session, "a=candidate", "application/trickle-ice-sdpfrag");
  EXPECT_EQ(response.status, 405);
  EXPECT_THAT(Field(response, "allow"), HasSubstr("DELETE"));
}

TEST_F(WhipTest, OtherSitesAreRefusedUnlessAllowed) {
  request_.host = "here";
  request_.origin = "https://evil.example";
  EXPECT_EQ(Ask("POST", "/whip/tea/cam", Publish()).status, 403);
  EXPECT_EQ(Ask("OPTIONS", "/whip/tea/cam").status, 403);
  request_.origin = "https://here";
  EXPECT_EQ(Ask("POST", "/whip/tea/cam", Publish()).status, 201);
}

TEST(WhipOptions, AllowedSitesGetCorsHeaders) {
  Controller::Options options;
  options.allowed_origins = {"https://friend.example"};
  Conference room(options);
  HttpRequest request;
  request.method = "OPTIONS";
  request.path = "/whip/tea/cam";
  request.origin = "https://friend.example";
  HttpResponse response;
  room.Run([&](ControllerOutput& out) {
    response = room.controller.HandleWhip(room.now, request, out);
  });
  EXPECT_EQ(response.status, 204);
  EXPECT_THAT(response.headers, ::testing::Contains(::testing::Pair("access-control-allow-origin",
                                                                    "https://friend.example")));
}

TEST(WhipToken, IsAskedForAsBearer) {
  Controller::Options options;
  options.whip_token = "sesame";
  Conference room(options);
  HttpRequest request;
  request.method = "POST";
  request.path = "/whip/tea/cam";
  request.content_type = "application/sdp";
  request.body = TestOffer{.letter = 'D', .send_audio = 1}.Text();
  const auto ask = [&] {
    HttpResponse response;
    room.Run([&](ControllerOutput& out) {
      response = room.controller.HandleWhip(room.now, request, out);
    });
    return response.status;
  };
  EXPECT_EQ(ask(), 401);
  request.authorization = "Bearer sesame";
  EXPECT_EQ(ask(), 201);
}

TEST(WhipToken, IsThatOfTheRoomsUnlessThereIsAnother) {
  const auto ask = [](const Controller::Options& options, const std::string& token) {
    Conference room(options);
    HttpRequest request;
    request.method = "POST";
    request.path = "/whep/tea";
    request.content_type = "application/sdp";
    request.body = TestOffer{.letter = 'D', .receive_audio = 1}.Text();
    request.authorization = token.empty() ? "" : "Bearer " + token;
    HttpResponse response;
    room.Run([&](ControllerOutput& out) {
      response = room.controller.HandleWhip(room.now, request, out);
    });
    return response.status;
  };
  Controller::Options options;
  options.room_token = "tea";
  EXPECT_EQ(ask(options, ""), 401);
  EXPECT_EQ(ask(options, "tea"), 201);
  options.whip_token = "sesame";
  EXPECT_EQ(ask(options, "tea"), 401);
  EXPECT_EQ(ask(options, "sesame"), 201);
}

TEST_F(WhipTest, SessionEndsWithItsTransport) {
  Ask("POST", "/whip/tea/cam", Publish());
  const TransportId transport = room_.Requests<proto::CreateTransport>()[0].id;
  room_.Notify(proto::TransportPhaseChanged{transport, proto::TransportPhase::kConnected, ""});
  room_.Pass(std::chrono::minutes(5));
  EXPECT_EQ(room_.controller.rooms().participant_count(), 1u);
  room_.Notify(proto::TransportPhaseChanged{transport, proto::TransportPhase::kGone, "silence"});
  EXPECT_EQ(room_.controller.rooms().participant_count(), 0u);
  EXPECT_EQ(room_.controller.rooms().room_count(), 0u);
}

TEST_F(WhipTest, SessionThatNeverConnectsIsOverAfterAMinute) {
  Ask("POST", "/whip/tea/cam", Publish());
  room_.Pass(std::chrono::seconds(59));
  EXPECT_EQ(room_.controller.rooms().participant_count(), 1u);
  room_.Pass(std::chrono::seconds(1));
  EXPECT_EQ(room_.controller.rooms().participant_count(), 0u);
}

TEST_F(WhipTest, WithoutWorkerItIsUnavailable) {
  room_.LoseWorker(1);
  const HttpResponse response = Ask("POST", "/whip/tea/cam", Publish());
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(room_.controller.rooms().room_count(), 0u);
}

}  // namespace
}  // namespace stellwerk
