// The worker as it is run: a process of its own, with participants on real sockets.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdio>

#include "rtc/rtp/header_extensions/transport_sequence_number.h"
#include "rtc/rtp/rtp_packet_view.h"
#include "tests/worker/peer.h"
#include "tests/worker/worker_fixture.h"

namespace stellwerk {
namespace {

using testing::ElementsAre;

constexpr TransportId kPublisher{10};
constexpr TransportId kSubscriber{11};
constexpr ProducerId kProducer{20};
constexpr ConsumerId kConsumer{30};
constexpr ExtensionId kMidId{1};
constexpr ExtensionId kTransportCcId{2};
constexpr Ssrc kSlotSsrc{5555};

class WorkerProcessTest : public channel::LoopTest {
 protected:
  void SetUp() override {
    int out[2];
    ASSERT_EQ(::pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    std::vector<std::string> words{STELLWERK_WORKER, "--control", Path("control"), "--rtc-address",
                                   "127.0.0.1"};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ASSERT_EQ(::posix_spawn(&pid_, STELLWERK_WORKER, &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(out[1]);
    FILE* lines = ::fdopen(out[0], "r");
    std::array<char, 512> line{};
    ASSERT_NE(std::fgets(line.data(), line.size(), lines), nullptr)
        << "the worker ended before it was ready";
    std::fclose(lines);
    EXPECT_EQ(std::string(line.data()).rfind("ready " + Path("control") + " 127.0.0.1:", 0), 0U)
        << line.data();
    ConnectController();
  }
  void TearDown() override {
    controller_.reset();
    for (auto& peer : peers_) peer->Close();
    uv_run(&loop_, UV_RUN_NOWAIT);
    peers_.clear();
    if (pid_ > 0) End(SIGKILL);
  }
  // The exit status; -signal if it was killed.
  int End(int signal) {
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  void ConnectController() {
    controller_ = std::make_unique<TestController>(&loop_, Path("control"));
    ASSERT_TRUE(
        controller_->RunUntil([&] { return controller_->hello() || controller_->closed(); }));
    ASSERT_TRUE(controller_->hello().has_value()) << controller_->closed().value_or("");
  }
  Peer& AddPeer(TransportId id) {
    const IceParameters ice{.ufrag = "srv" + std::to_string(id.value()),
                            .pwd = "the password of the server"};
    EXPECT_EQ(controller_->Do(proto::CreateTransport{RouterId(1), id, ice, {}}), "ok");
    Peer& peer = *peers_.emplace_back(std::make_unique<Peer>(&loop_, sctp_, id));
    EXPECT_EQ(controller_->Do(proto::ConnectTransport{id, peer.parameters()}), "ok");
    const Candidate& candidate = controller_->hello()->candidates.at(0);
    peer.Connect({*IpAddress::Parse(candidate.address), candidate.port}, ice,
                 controller_->hello()->fingerprint);
    return peer;
  }
  void AddRoom() {
    ASSERT_EQ(controller_->Do(proto::CreateRouter{RouterId(1), {}}), "ok");
    publisher_ = &AddPeer(kPublisher);
    subscriber_ = &AddPeer(kSubscriber);
    CodecParameters opus;
    opus.codec = Codec::kOpus;
    opus.payload_type = PayloadType(111);
    opus.clock_rate = 48'000;
    opus.channels = 2;
    proto::CreateProducer producer{kPublisher, kProducer, {}, {}};
    producer.parameters.mid = *Mid::From("a");
    producer.parameters.codecs = {opus};
    producer.parameters.extensions.Set(RtpExtension::kMid, kMidId);
    producer.parameters.encodings.resize(1);
    ASSERT_EQ(controller_->Do(producer), "ok");
    consumer_.parameters.mid = *Mid::From("0");
    consumer_.parameters.mode = SlotMode::kAssigned;
    consumer_.parameters.ssrc = kSlotSsrc;
    consumer_.parameters.cname = "c";
    opus.payload_type = PayloadType(96);
    consumer_.parameters.codecs = {opus};
    consumer_.parameters.extensions.Set(RtpExtension::kMid, kMidId);
    consumer_.parameters.extensions.Set(RtpExtension::kTransportCc, kTransportCcId);
    ASSERT_EQ(controller_->Do(consumer_), "ok");
    ASSERT_EQ(controller_->Do(proto::SetConsumerSource{kConsumer, kProducer}), "ok");
    ASSERT_TRUE(controller_->RunUntil([&] {
      return publisher_->state() == TransportState::kConnected &&
             subscriber_->state() == TransportState::kConnected &&
             controller_->Notes<proto::SctpConnected>().size() == 2;
    }));
  }
  void Publish(int packets) {
    for (int i = 0; i < packets; ++i, ++sent_) {
      publisher_->SendRtp({.payload_type = PayloadType(111),
                           .marker = false,
                           .padding = false,
                           .sequence_number = SeqNum(static_cast<uint16_t>(65'530 + sent_)),
                           .timestamp = RtpTimestamp(960 * sent_),
                           .ssrc = Ssrc(1234)},
                          kMidId, "a", "opus " + std::to_string(sent_));
    }
  }

  SctpStack sctp_;
  pid_t pid_ = 0;
  std::unique_ptr<TestController> controller_;
  std::vector<std::unique_ptr<Peer>> peers_;
  Peer* publisher_ = nullptr;
  Peer* subscriber_ = nullptr;
  uint32_t sent_ = 0;
  proto::CreateConsumer consumer_{kSubscriber, kConsumer, {}, {}};
};

TEST_F(WorkerProcessTest, MediaGoesFromPublisherToSlot) {
  AddRoom();
  Publish(20);
  ASSERT_TRUE(controller_->RunUntil([&] { return subscriber_->rtp().size() == 20; }));
  std::optional<SeqNum> last_seq;
  std::optional<TransportSeqNum> last_transport_seq;
  for (std::size_t i = 0; i < 20; ++i) {
    const auto packet = RtpPacketView::Parse(subscriber_->rtp()[i].bytes());
    ASSERT_TRUE(packet.has_value());
    EXPECT_EQ(packet->ssrc(), kSlotSsrc);
    EXPECT_EQ(packet->payload_type(), PayloadType(96));
    const auto payload = packet->payload();
    EXPECT_EQ(std::string(payload.begin(), payload.end()), "opus " + std::to_string(i));
    if (last_seq) {
      EXPECT_EQ(packet->sequence_number(), *last_seq + 1);
    }
    last_seq = packet->sequence_number();
    const auto transport_seq = ParseTransportSeqNum(packet->FindExtension(kTransportCcId).value());
    ASSERT_TRUE(transport_seq.has_value());
    if (last_transport_seq) {
      EXPECT_EQ(*transport_seq, *last_transport_seq + 1) << "numbered at the flush, without gaps";
    }
    last_transport_seq = transport_seq;
  }
  // Media goes first, so the word of it comes after.
  ASSERT_TRUE(controller_->RunUntil(
      [&] { return !controller_->Notes<proto::ProducerActivityChanged>().empty(); }));
  EXPECT_THAT(controller_->Notes<proto::ProducerActivityChanged>(),
              testing::Contains(proto::ProducerActivityChanged{kProducer, true}));
}

TEST_F(WorkerProcessTest, SsrcThatWasSentWithIsNotGivenToAnotherSlot) {
  AddRoom();
  Publish(1);
  ASSERT_TRUE(controller_->RunUntil([&] { return subscriber_->rtp().size() == 1; }));
  ASSERT_EQ(controller_->Do(proto::CloseConsumer{kConsumer}), "ok");
  EXPECT_EQ(controller_->Do(consumer_), "transport 11 has already sent with SSRC 5555");
  std::swap(consumer_.parameters.ssrc, consumer_.parameters.rtx_ssrc.emplace(5556));
  EXPECT_EQ(controller_->Do(consumer_), "transport 11 has already sent with SSRC 5555");
  consumer_.parameters.rtx_ssrc = Ssrc(5557);
  EXPECT_EQ(controller_->Do(consumer_), "ok");
}

TEST_F(WorkerProcessTest, DataMessagesReachSubscribersFromTheFirstOn) {
  AddRoom();
  const StreamId stream = publisher_->OpenChannel("chat");
  publisher_->SendText(stream, "before anybody listens");
  ASSERT_TRUE(controller_->RunUntil(
      [&] { return !controller_->Notes<proto::DataChannelOpened>().empty(); }));
  const auto opened = controller_->Notes<proto::DataChannelOpened>()[0];
  EXPECT_EQ(opened.transport, kPublisher);
  EXPECT_EQ(opened.channel.label, "chat");
  ASSERT_EQ(
      controller_->Do(proto::CreateDataProducer{kPublisher, DataProducerId(40), opened.stream, {}}),
      "ok");
  publisher_->SendText(stream, "in between");
  DataChannelParameters channel;
  channel.label = "chat";
  channel.protocol = "from:somebody";
  ASSERT_EQ(controller_->Do(proto::CreateDataConsumer{
                kSubscriber, DataConsumerId(50), DataProducerId(40), channel, {}}),
            "ok");
  publisher_->SendText(stream, "afterwards");
  ASSERT_TRUE(controller_->RunUntil([&] { return subscriber_->texts().size() == 3; }));
  EXPECT_THAT(subscriber_->texts(),
              ElementsAre("before anybody listens", "in between", "afterwards"));
  ASSERT_EQ(subscriber_->Events<DataChannelOpened>().size(), 1U);
  EXPECT_EQ(subscriber_->Events<DataChannelOpened>()[0].channel.label, "chat");
  EXPECT_EQ(subscriber_->Events<DataChannelOpened>()[0].channel.protocol, "from:somebody");

  publisher_->SendText(stream, "the last");
  publisher_->CloseChannel(stream);
  ASSERT_TRUE(controller_->RunUntil(
      [&] { return !controller_->Notes<proto::DataChannelClosed>().empty(); }));
  EXPECT_EQ(controller_->Notes<proto::DataChannelClosed>()[0].data_producer, DataProducerId(40));
  ASSERT_TRUE(
      controller_->RunUntil([&] { return !subscriber_->Events<DataChannelClosed>().empty(); }));
  EXPECT_EQ(subscriber_->texts().back(), "the last");
}

TEST_F(WorkerProcessTest, ItOutlivesItsControllerAndTellsTheNextOneAll) {
  AddRoom();
  Publish(5);
  ASSERT_TRUE(controller_->RunUntil([&] { return subscriber_->rtp().size() == 5; }));
  const auto before = controller_->Snapshot();
  controller_.reset();
  Publish(5);
  // Nobody is there to be asked; the peers are served all the same.
  while (subscriber_->rtp().size() < 10) uv_run(&loop_, UV_RUN_ONCE);
  ConnectController();
  EXPECT_EQ(controller_->Snapshot(), before);
  for (const auto& object : before) {
    const auto* transport = std::get_if<proto::TransportSnapshot>(&object);
    if (transport == nullptr) continue;
    EXPECT_EQ(transport->phase, proto::TransportPhase::kConnected);
  }
}

TEST_F(WorkerProcessTest, SigtermTellsThePeersAndEndsInOrder) {
  AddRoom();
  EXPECT_EQ(End(SIGTERM), 0);
  ASSERT_TRUE(controller_->RunUntil([&] {
    return publisher_->state() == TransportState::kGone &&
           subscriber_->state() == TransportState::kGone;
  }));
  ASSERT_TRUE(controller_->RunUntil([&] { return controller_->closed().has_value(); }));
  EXPECT_FALSE(std::filesystem::exists(Path("control")));
}

}  // namespace
}  // namespace stellwerk
