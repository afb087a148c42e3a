// Calls to this project's own server: its signalling, and WHIP and WHEP.
#include <cstdlib>

#include "tests/bench/load/target/calls.h"
#include "tests/integration/server_process.h"

namespace stellwerk::load {
namespace {

using integration::ServerProcess;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class OwnServer : public Calls {
 protected:
  void SetUp() override {
    Calls::SetUp();
    StartServer({});
  }
  void TearDown() override {
    Calls::TearDown();
    server_.reset();
  }
  void StartServer(const std::vector<std::string>& flags) {
    server_ = std::make_unique<ServerProcess>(flags);
    ASSERT_TRUE(server_->WaitUntilReady()) << server_->log();
  }
  [[nodiscard]] TargetOptions Room() const {
    return {.url = "ws://" + server_->address() + "/signal"};
  }
  [[nodiscard]] TargetOptions Whip() const { return {.url = "http://" + server_->address()}; }

  std::unique_ptr<ServerProcess> server_;
};

TEST_F(OwnServer, LetsPeopleSeeAndHearEachOther) {
  Open(Room());
  Call* ada = Join(WithSlots(Publisher("ada", 1), 2, 2));
  Call* bob = Join(WithSlots(Publisher("bob", 2), 2, 2));
  ASSERT_TRUE(WaitUntilUp({ada, bob}));
  EXPECT_TRUE(Receives(*ada, 2));
  EXPECT_TRUE(Receives(*ada, 102));
  EXPECT_TRUE(Receives(*bob, 1));
  EXPECT_TRUE(Receives(*bob, 101));
  EXPECT_THAT(Problems(*ada), IsEmpty());
  EXPECT_THAT(ada->transports(), SizeIs(1));

  const JoinTimes times = ada->times();
  ASSERT_TRUE(times.started && times.signalled && times.ice && times.dtls);
  EXPECT_LT(*times.started, *times.signalled);
  EXPECT_LT(*times.signalled, *times.ice);
  EXPECT_LT(*times.ice, *times.dtls);

  ada->Leave();
  EXPECT_EQ(ada->state(), Call::State::kEnded);
  EXPECT_THAT(ada->transports(), IsEmpty());
}

TEST_F(OwnServer, TakesALostOneBackAsTheSame) {
  Open(Room());
  Call* ada = Join(WithSlots(Publisher("ada", 1), 1, 1));
  Call* bob = Join(WithSlots(Publisher("bob", 2), 1, 1));
  ASSERT_TRUE(WaitUntilUp({ada, bob}));
  ASSERT_TRUE(Receives(*ada, 102));
  ada->Vanish();
  swarm_->RunFor(200ms);
  const uint64_t frames = FramesOf(*ada, 102);
  swarm_->RunFor(200ms);
  EXPECT_EQ(FramesOf(*ada, 102), frames);
  const Timestamp lost = swarm_->Now();
  ada->Reconnect();
  ASSERT_TRUE(WaitUntilUp({ada}));
  EXPECT_GE(*ada->times().started, lost);
  EXPECT_GT(*ada->times().signalled, *ada->times().started);
  EXPECT_TRUE(Receives(*ada, 102));
  EXPECT_TRUE(Receives(*bob, 101));
}

TEST_F(OwnServer, ShowsAsHighAsATileIs) {
  Open(Room());
  Call* ada = Join(Publisher("ada", 1));
  Call* bob = Join(Publisher("bob", 2));
  Call* eve = Join(Viewer("eve", 1, 2));
  ASSERT_TRUE(WaitUntilUp({ada, bob, eve}));
  const std::vector<Tile> tiles = {{.identity = "bob", .height = 360},
                                   {.identity = "ada", .height = 180}};
  eve->Show(tiles);
  EXPECT_TRUE(RunUntil([&] { return EncodingOf(*eve, 101) == 0 && EncodingOf(*eve, 102) == 1; }))
      << EncodingOf(*eve, 101) << ' ' << EncodingOf(*eve, 102);
}

TEST_F(OwnServer, HearsNothingOfTheMuted) {
  Open(Room());
  Call* ada = Join(Publisher("ada", 1));
  Call* eve = Join(Viewer("eve", 1, 1));
  ASSERT_TRUE(WaitUntilUp({ada, eve}));
  ASSERT_TRUE(Receives(*eve, 1));
  ada->SetMuted(true, false);
  swarm_->RunFor(300ms);
  const uint64_t heard = FramesOf(*eve, 1);
  EXPECT_TRUE(Receives(*eve, 101));
  EXPECT_EQ(FramesOf(*eve, 1), heard);
  ada->SetMuted(false, false);
  EXPECT_TRUE(Receives(*eve, 1));
}

TEST_F(OwnServer, IsPublishedToAndViewedByWhip) {
  Open(Whip());
  EXPECT_TRUE(target_->capabilities().one_by_one);
  Call* ada = Join(Publisher("ada", 1));
  Call* bob = Join(Publisher("bob", 2));
  CallConfig viewer = Viewer("eve", 2, 2);
  viewer.watches = {"ada", "bob"};
  Call* eve = Join(viewer);
  ASSERT_TRUE(WaitUntilUp({ada, bob, eve}));
  EXPECT_THAT(eve->transports(), SizeIs(2));
  for (const uint32_t source : {1, 2, 101, 102}) EXPECT_TRUE(Receives(*eve, source)) << source;
  EXPECT_THAT(Problems(*eve), IsEmpty());
  EXPECT_TRUE(eve->times().dtls);
}

TEST_F(OwnServer, FillsTheSlotsOfAWhepViewerOfARoom) {
  TargetOptions options = Whip();
  options.whep_url = options.url + "/whep/{room}";
  Open(options);
  EXPECT_FALSE(target_->capabilities().one_by_one);
  Call* ada = Join(Publisher("ada", 1));
  Call* bob = Join(Publisher("bob", 2));
  Call* eve = Join(Viewer("eve", 2, 2));
  ASSERT_TRUE(WaitUntilUp({ada, bob, eve}));
  EXPECT_THAT(eve->transports(), SizeIs(1));
  EXPECT_TRUE(Receives(*eve, 101));
  EXPECT_TRUE(Receives(*eve, 102));
}

TEST_F(OwnServer, RefusesAStranger) {
  // Secrets have no flags.
  setenv("STELLWERK_AUTH_ROOM_TOKEN", "sesame", 1);
  StartServer({});
  unsetenv("STELLWERK_AUTH_ROOM_TOKEN");
  TargetOptions room = Room();
  room.token = "wrong";
  EXPECT_THAT(ErrorOf(room), AllOf(StartsWith(room.url), HasSubstr("unauthorized")));
  TargetOptions whip = Whip();
  whip.token = "wrong";
  Open(whip);
  Call* ada = Join(Publisher("ada", 1));
  ASSERT_TRUE(RunUntil([&] { return ada->state() == Call::State::kFailed; }));
  EXPECT_THAT(ada->error(), AllOf(HasSubstr("/whip/tea/ada"), HasSubstr("refuses the token"),
                                  Not(HasSubstr("wrong")), Not(HasSubstr("\n"))));
}

TEST_F(OwnServer, IsNotFoundWhereItIsNot) {
  const TargetOptions room = Room();
  const TargetOptions whip = Whip();
  server_.reset();
  EXPECT_THAT(ErrorOf(room), AllOf(StartsWith(room.url), HasSubstr("cannot be reached")));
  EXPECT_THAT(ErrorOf(whip), AllOf(StartsWith(whip.url), HasSubstr("cannot be reached")));
}

}  // namespace
}  // namespace stellwerk::load
