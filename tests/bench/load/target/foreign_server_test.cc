// Calls to servers of others: Janus (Debian's package), LiveKit and MediaMTX (where their programs
// are: STELLWERK_LIVEKIT, STELLWERK_MEDIAMTX, or by PATH).
#include "tests/bench/load/target/foreign_server.h"

#include "tests/bench/load/target/calls.h"

namespace stellwerk::load {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class Foreign : public Calls {
 protected:
  void SetUp() override {
    if (const auto problem = EnterForeignNetwork()) GTEST_SKIP() << *problem;
    MakeSwarm(IpAddress::V4({10, 77, 0, 1}));
    server_ = std::make_unique<ForeignServer>();
  }
  void TearDown() override {
    Calls::TearDown();
    if (HasFailure() && server_ != nullptr) printf("%s\n", server_->log().c_str());
    server_.reset();
  }
  static std::string At(const std::string& scheme, uint16_t port) {
    return scheme + "://" + kForeignAddress + ":" + std::to_string(port);
  }
  // What every server does: two who publish and watch each other, and a third who only watches.
  void MeetInARoom() {
    Call* ada = Join(WithSlots(Publisher("ada", 1), 2, 2));
    Call* bob = Join(WithSlots(Publisher("bob", 2), 2, 2));
    ASSERT_TRUE(WaitUntilUp({ada, bob}));
    Call* eve = Join(Viewer("eve", 2, 2));
    ASSERT_TRUE(WaitUntilUp({eve}));
    for (const uint32_t source : {1, 2, 101, 102}) EXPECT_TRUE(Receives(*eve, source)) << source;
    EXPECT_TRUE(Receives(*ada, 102));
    EXPECT_TRUE(Receives(*ada, 2));
    EXPECT_TRUE(Receives(*bob, 101));
    EXPECT_TRUE(Receives(*bob, 1));
    EXPECT_THAT(Problems(*eve), IsEmpty());
    EXPECT_THAT(ada->transports(), SizeIs(2));
    EXPECT_THAT(eve->transports(), SizeIs(1));
    const JoinTimes times = eve->times();
    ASSERT_TRUE(times.started && times.signalled && times.ice && times.dtls);
    EXPECT_LE(*times.started, *times.signalled);
    EXPECT_LE(*times.signalled, *times.ice);
    EXPECT_LE(*times.ice, *times.dtls);
    bob->Leave();
    EXPECT_TRUE(Receives(*eve, 101));
  }
  // The viewer's layout decides about encodings.
  void ShowSmallAndNothing() {
    Call* ada = Join(Publisher("ada", 1));
    Call* bob = Join(Publisher("bob", 2));
    ASSERT_TRUE(WaitUntilUp({ada, bob}));
    Call* eve = Join(Viewer("eve", 0, 2));
    ASSERT_TRUE(WaitUntilUp({eve}));
    ASSERT_TRUE(Receives(*eve, 101));
    ASSERT_TRUE(Receives(*eve, 102));
    const std::vector<Tile> tiles = {{.identity = "ada", .height = 180},
                                     {.identity = "bob", .height = 0}};
    eve->Show(tiles);
    EXPECT_TRUE(RunUntil([&] { return EncodingOf(*eve, 101) == 0; })) << EncodingOf(*eve, 101);
    swarm_->RunFor(300ms);
    const uint64_t frames = FramesOf(*eve, 102);
    EXPECT_TRUE(Receives(*eve, 101));
    EXPECT_EQ(FramesOf(*eve, 102), frames);
  }

  std::unique_ptr<ForeignServer> server_;
};

class Janus : public Foreign {
 protected:
  static constexpr uint16_t kPort = 8188;

  void SetUp() override {
    Foreign::SetUp();
    if (IsSkipped()) return;
    const std::string program = FindProgram("STELLWERK_JANUS", "janus");
    if (program.empty()) GTEST_SKIP() << "Janus is not installed (apt-get install janus)";
    server_->WriteFile("janus.jcfg", R"(
general: {
  log_to_stdout = true
  debug_level = 4
  api_secret = "sesame"
  server_name = "test"
}
media: { rtp_port_range = "20000-20999" }
nat: { nice_debug = false }
plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so" }
transports: { disable = "libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so" }
)");
    server_->WriteFile("janus.transport.websockets.jcfg",
                       "general: {\n  ws = true\n  ws_ip = \"10.77.0.1\"\n  ws_port = 8188\n}\n");
    server_->WriteFile("janus.plugin.videoroom.jcfg", "general: {}\n");
    ASSERT_TRUE(server_->Start({program, "--configs-folder=" + server_->directory()}, kPort))
        << server_->log();
  }
  static TargetOptions Options() { return {.url = At("ws", kPort), .secret = "sesame"}; }
};

TEST_F(Janus, LetsPeopleSeeAndHearEachOther) {
  Open(Options());
  EXPECT_THAT(target_->software(), StartsWith("Janus 1."));
  MeetInARoom();
}

TEST_F(Janus, ShowsAsHighAsATileIs) {
  Open(Options());
  ShowSmallAndNothing();
}

TEST_F(Janus, LetsALostOneComeBack) {
  Open(Options());
  Call* ada = Join(Publisher("ada", 1));
  ASSERT_TRUE(WaitUntilUp({ada}));
  Call* eve = Join(Viewer("eve", 1, 1));
  ASSERT_TRUE(WaitUntilUp({eve}));
  ASSERT_TRUE(Receives(*eve, 101));
  eve->Reconnect();
  ASSERT_TRUE(WaitUntilUp({eve}));
  EXPECT_TRUE(Receives(*eve, 101));
}

TEST_F(Janus, RefusesAStranger) {
  TargetOptions options = Options();
  options.secret = "wrong";
  EXPECT_THAT(ErrorOf(options), AllOf(StartsWith(options.url), HasSubstr("refuses")));
}

class LiveKit : public Foreign {
 protected:
  static constexpr uint16_t kPort = 7880;
  static constexpr const char* kSecret = "a-secret-that-is-at-least-32-characters-long";

  void SetUp() override {
    Foreign::SetUp();
    if (IsSkipped()) return;
    const std::string program = FindProgram("STELLWERK_LIVEKIT", "livekit-server");
    if (program.empty()) GTEST_SKIP() << "there is no livekit-server (STELLWERK_LIVEKIT)";
    const std::string config = server_->WriteFile("livekit.yaml", R"(
port: 7880
bind_addresses: [10.77.0.1]
rtc:
  udp_port: 7882
  tcp_port: 0
  node_ip: 10.77.0.1
  use_external_ip: false
keys:
  tester: )" + std::string(kSecret) + "\n");
    ASSERT_TRUE(server_->Start({program, "--config", config}, kPort)) << server_->log();
  }
  static TargetOptions Options() {
    return {.url = At("ws", kPort), .key = "tester", .secret = kSecret};
  }
};

TEST_F(LiveKit, LetsPeopleSeeAndHearEachOther) {
  Open(Options());
  MeetInARoom();
  EXPECT_THAT(target_->software(), StartsWith("LiveKit 1."));
}

TEST_F(LiveKit, ShowsAsHighAsATileIs) {
  Open(Options());
  ShowSmallAndNothing();
}

TEST_F(LiveKit, RefusesAStranger) {
  TargetOptions options = Options();
  options.secret = "wrong";
  EXPECT_THAT(ErrorOf(options), AllOf(StartsWith(options.url), HasSubstr("refuses the token")));
}

class MediaMtx : public Foreign {
 protected:
  static constexpr uint16_t kPort = 8889;

  void SetUp() override {
    Foreign::SetUp();
    if (IsSkipped()) return;
    const std::string program = FindProgram("STELLWERK_MEDIAMTX", "mediamtx");
    if (program.empty()) GTEST_SKIP() << "there is no mediamtx (STELLWERK_MEDIAMTX)";
    const std::string config = server_->WriteFile("mediamtx.yml", R"(
rtsp: no
rtmp: no
hls: no
srt: no
webrtcAddress: 10.77.0.1:8889
webrtcLocalUDPAddress: :8189
paths:
  all_others:
)");
    ASSERT_TRUE(server_->Start({program, config}, kPort)) << server_->log();
  }
  static TargetOptions Options() {
    return {.url = At("http", kPort) + "/{room}-{participant}/whip"};
  }
  // It takes one encoding of a track, and cuts its frames into packets of its own: only frames of
  // one packet come out as they went in.
  static CallConfig OneEncoding(const std::string& identity, uint32_t source) {
    CallConfig config = Publisher(identity, source);
    config.media.video[0].layers = {{"", {320, 180}, DataRate::KilobitsPerSecond(60)}};
    config.media.video[0].mode = {.spatial_layers = 1, .temporal_layers = 1};
    return config;
  }
};

TEST_F(MediaMtx, IsPublishedToAndViewed) {
  Open(Options());
  Call* ada = Join(OneEncoding("ada", 1));
  ASSERT_TRUE(WaitUntilUp({ada}));
  CallConfig viewer = Viewer("eve", 1, 1);
  viewer.watches = {"ada"};
  Call* eve = Join(viewer);
  ASSERT_TRUE(WaitUntilUp({eve}));
  EXPECT_TRUE(Receives(*eve, 101));
  EXPECT_TRUE(Receives(*eve, 1));
  EXPECT_THAT(target_->software(), HasSubstr("mediamtx"));
}

TEST_F(MediaMtx, ViewsWhoComesLater) {
  Open(Options());
  CallConfig viewer = Viewer("eve", 1, 1);
  viewer.watches = {"ada"};
  Call* eve = Join(viewer);
  ASSERT_TRUE(WaitUntilUp({eve}));
  EXPECT_THAT(eve->transports(), IsEmpty());
  Call* ada = Join(OneEncoding("ada", 1));
  ASSERT_TRUE(WaitUntilUp({ada}));
  EXPECT_TRUE(RunUntil([&] { return FramesOf(*eve, 101) > 5; }));
}

}  // namespace
}  // namespace stellwerk::load
