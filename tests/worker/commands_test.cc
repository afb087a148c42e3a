// What a controller creates, changes and closes is what a snapshot tells the next one.
#include <netinet/in.h>

#include "proto/message.h"
#include "tests/proto/samples.h"
#include "tests/worker/worker_fixture.h"

namespace stellwerk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CodecParameters Vp8(uint8_t payload_type) {
  CodecParameters codec;
  codec.codec = Codec::kVp8;
  codec.payload_type = PayloadType(payload_type);
  codec.rtx_payload_type = PayloadType(payload_type + 1U);
  codec.nack = codec.pli = true;
  return codec;
}

class CommandsTest : public WorkerTest {
 protected:
  void SetUp() override {
    WorkerTest::SetUp();
    controller_ = Connect();
  }
  void TearDown() override {
    controller_.reset();
    WorkerTest::TearDown();
  }
  std::string Do(proto::RequestBody body) { return controller_->Do(std::move(body)); }

  static proto::CreateTransport Transport(uint32_t id, uint32_t router = 1) {
    return {.router = RouterId(router),
            .id = TransportId(id),
            .local_ice = proto::SampleIce("ufrag" + std::to_string(id)),
            .app_data = {static_cast<uint8_t>(id)}};
  }
  static proto::CreateProducer Producer(uint32_t id, uint32_t transport) {
    proto::CreateProducer request{.transport = TransportId(transport),
                                  .id = ProducerId(id),
                                  .parameters = {},
                                  .app_data = {1}};
    request.parameters.kind = MediaKind::kVideo;
    request.parameters.mid = *Mid::From(std::to_string(id));
    request.parameters.codecs = {Vp8(96)};
    request.parameters.encodings = {
        EncodingParameters{.rid = {}, .ssrc = Ssrc(1000 + id), .rtx_ssrc = Ssrc(2000 + id)}};
    return request;
  }
  static proto::CreateConsumer Consumer(uint32_t id, uint32_t transport) {
    proto::CreateConsumer request{.transport = TransportId(transport),
                                  .id = ConsumerId(id),
                                  .parameters = {},
                                  .app_data = {2}};
    request.parameters.kind = MediaKind::kVideo;
    request.parameters.mid = *Mid::From(std::to_string(id));
    request.parameters.ssrc = Ssrc(3000 + id);
    request.parameters.rtx_ssrc = Ssrc(4000 + id);
    request.parameters.cname = "c";
    request.parameters.codecs = {Vp8(100)};
    return request;
  }

  std::unique_ptr<TestController> controller_;
};

TEST_F(CommandsTest, ASnapshotIsWhatWasCreatedAndChanged) {
  const proto::CreateRouter router{RouterId(1), {1, 2, 3}};
  EXPECT_EQ(Do(router), "ok");
  EXPECT_EQ(Do(Transport(10)), "ok");
  EXPECT_EQ(Do(Transport(11)), "ok");
  EXPECT_EQ(Do(Producer(20, 10)), "ok");
  EXPECT_EQ(Do(Consumer(30, 11)), "ok");
  EXPECT_EQ(Do(proto::ConnectTransport{TransportId(10), proto::SampleRemote()}), "ok");
  EXPECT_EQ(Do(proto::SetConsumerSource{ConsumerId(30), ProducerId(20)}), "ok");
  EXPECT_EQ(Do(proto::SetConsumerDemand{ConsumerId(30), proto::SampleDemand()}), "ok");
  EXPECT_EQ(Do(proto::PauseConsumer{ConsumerId(30), true}), "ok");
  EXPECT_EQ(Do(proto::PauseProducer{ProducerId(20), true}), "ok");
  EXPECT_EQ(Do(proto::RequestKeyframe{ConsumerId(30)}), "ok");
  EXPECT_EQ(Do(proto::UpdateAppData{TransportId(11), {9, 9}}), "ok");

  proto::TransportSnapshot first{.created = Transport(10), .remote = proto::SampleRemote()};
  proto::TransportSnapshot second{.created = Transport(11), .remote = std::nullopt};
  second.created.app_data = {9, 9};
  const auto expected =
      ElementsAre(proto::SnapshotObject(proto::RouterSnapshot{router}),
                  proto::SnapshotObject(first), proto::SnapshotObject(second),
                  proto::SnapshotObject(proto::ProducerSnapshot{Producer(20, 10), true, false, {}}),
                  proto::SnapshotObject(proto::ConsumerSnapshot{.created = Consumer(30, 11),
                                                                .source = ProducerId(20),
                                                                .paused = true,
                                                                .demand = proto::SampleDemand()}));
  EXPECT_THAT(controller_->Snapshot(), expected);
  // And the next controller is told the same.
  controller_.reset();
  controller_ = Connect();
  EXPECT_THAT(controller_->Snapshot(), expected);
}

TEST_F(CommandsTest, AnIceRestartReplacesTheCredentialsInTheSnapshot) {
  EXPECT_EQ(Do(proto::CreateRouter{RouterId(1), {}}), "ok");
  EXPECT_EQ(Do(Transport(10)), "ok");
  const proto::RestartIce restart{TransportId(10), proto::SampleIce("newlocal"),
                                  proto::SampleIce("newremote")};
  EXPECT_EQ(Do(restart), "transport 10 is not connected yet");
  EXPECT_EQ(Do(proto::ConnectTransport{TransportId(10), proto::SampleRemote()}), "ok");
  EXPECT_EQ(Do(restart), "ok");
  const auto snapshot = controller_->Snapshot();
  ASSERT_EQ(snapshot.size(), 2U);
  const auto& transport = std::get<proto::TransportSnapshot>(snapshot[1]);
  EXPECT_EQ(transport.created.local_ice, restart.local_ice);
  EXPECT_EQ(transport.remote->ice, restart.remote_ice);
  EXPECT_EQ(transport.remote->fingerprint, proto::SampleFingerprint());
}

TEST_F(CommandsTest, ClosingARouterClosesAllThatIsInIt) {
  for (const uint32_t router : {1U, 2U}) {
    EXPECT_EQ(Do(proto::CreateRouter{RouterId(router), {}}), "ok");
    EXPECT_EQ(Do(Transport(10 * router, router)), "ok");
    EXPECT_EQ(Do(Producer(20 * router, 10 * router)), "ok");
    EXPECT_EQ(Do(Consumer(30 * router, 10 * router)), "ok");
  }
  EXPECT_EQ(Do(proto::CloseRouter{RouterId(1)}), "ok");
  EXPECT_THAT(controller_->Snapshot(), testing::SizeIs(4));
  EXPECT_EQ(Do(proto::CloseProducer{ProducerId(20)}), "no producer 20");
  EXPECT_EQ(Do(proto::CloseTransport{TransportId(10)}), "no transport 10");
  EXPECT_EQ(Do(proto::CloseRouter{RouterId(2)}), "ok");
  EXPECT_THAT(controller_->Snapshot(), IsEmpty());
}

TEST_F(CommandsTest, ObjectsCloseOneByOne) {
  EXPECT_EQ(Do(proto::CreateRouter{RouterId(1), {}}), "ok");
  EXPECT_EQ(Do(Transport(10)), "ok");
  EXPECT_EQ(Do(Producer(20, 10)), "ok");
  EXPECT_EQ(Do(Consumer(30, 10)), "ok");
  EXPECT_EQ(Do(proto::SetConsumerSource{ConsumerId(30), std::nullopt}), "ok");
  EXPECT_EQ(Do(proto::CloseConsumer{ConsumerId(30)}), "ok");
  EXPECT_EQ(Do(proto::CloseProducer{ProducerId(20)}), "ok");
  EXPECT_EQ(Do(proto::CloseTransport{TransportId(10)}), "ok");
  EXPECT_EQ(Do(proto::CloseRouter{RouterId(1)}), "ok");
  EXPECT_THAT(controller_->Snapshot(), IsEmpty());
}

TEST_F(CommandsTest, RefusalsNameWhatIsWrongAndLeaveNothingBehind) {
  EXPECT_EQ(Do(proto::CreateRouter{RouterId(1), {}}), "ok");
  EXPECT_EQ(Do(proto::CreateRouter{RouterId(1), {}}), "router 1 exists");
  EXPECT_EQ(Do(Transport(10, 7)), "no router 7");
  EXPECT_EQ(Do(Transport(10)), "ok");
  EXPECT_EQ(Do(Transport(10)), "transport 10 exists");
  proto::CreateTransport same_ufrag = Transport(11);
  same_ufrag.local_ice = Transport(10).local_ice;
  EXPECT_NE(Do(same_ufrag), "ok");
  EXPECT_EQ(Do(Producer(20, 99)), "no transport 99");
  EXPECT_EQ(Do(Producer(20, 10)), "ok");
  proto::CreateProducer same_mid = Producer(21, 10);
  same_mid.parameters.mid = Producer(20, 10).parameters.mid;
  EXPECT_NE(Do(same_mid), "ok");
  proto::CreateConsumer one_ssrc = Consumer(30, 10);
  one_ssrc.parameters.rtx_ssrc = one_ssrc.parameters.ssrc;
  EXPECT_EQ(Do(one_ssrc), "consumer 30: its RTX needs an SSRC of its own");
  EXPECT_EQ(Do(Consumer(30, 10)), "ok");
  EXPECT_NE(Do(proto::SetConsumerSource{ConsumerId(30), ProducerId(99)}), "ok");
  EXPECT_EQ(Do(proto::SetConsumerSource{ConsumerId(31), std::nullopt}), "no consumer 31");
  EXPECT_EQ(Do(proto::UpdateAppData{ProducerId(77), {}}), "no producer 77");
  EXPECT_EQ(Do(proto::CloseDataProducer{DataProducerId(5)}), "no data producer 5");
  EXPECT_EQ(Do(proto::CreateDataProducer{TransportId(10), DataProducerId(5), StreamId(1), {}}),
            "transport 10 has no channel that waits on stream 1");
  EXPECT_THAT(controller_->Snapshot(), testing::SizeIs(4));
}

TEST_F(CommandsTest, RequestsMayBePipelined) {
  std::vector<proto::RequestBody> requests{proto::CreateRouter{RouterId(1), {}}, Transport(10),
                                           Producer(20, 10)};
  std::vector<uint64_t> order;
  for (auto& request : requests) {
    controller_->client().Send(std::move(request),
                               [&order, n = order.size()](const proto::ResponseBody& body) {
                                 EXPECT_TRUE(std::holds_alternative<proto::Ok>(body));
                                 order.push_back(n);
                               });
  }
  EXPECT_TRUE(controller_->RunUntil([&] { return order.size() == requests.size(); }));
  EXPECT_THAT(controller_->Snapshot(), testing::SizeIs(3));
}

TEST_F(CommandsTest, ALargeSnapshotComesInChunks) {
  const proto::AppData app_data(100'000, 7);
  for (uint32_t id = 1; id <= 60; ++id)
    ASSERT_EQ(Do(proto::CreateRouter{RouterId(id), app_data}), "ok");
  const auto answers = controller_->Ask(proto::Snapshot{});
  EXPECT_GT(answers.size(), 5U);
  EXPECT_THAT(controller_->Snapshot(), testing::SizeIs(60));
}

TEST_F(CommandsTest, TransportStatisticsAreOfWhatBelongsToIt) {
  EXPECT_EQ(Do(proto::CreateRouter{RouterId(1), {}}), "ok");
  EXPECT_EQ(Do(Transport(10)), "ok");
  EXPECT_EQ(Do(Transport(11)), "ok");
  EXPECT_EQ(Do(Producer(20, 10)), "ok");
  EXPECT_EQ(Do(Consumer(30, 11)), "ok");
  EXPECT_EQ(Do(proto::SetConsumerSource{ConsumerId(30), ProducerId(20)}), "ok");
  EXPECT_EQ(Do(proto::SetConsumerDemand{ConsumerId(30), proto::SampleDemand()}), "ok");
  const auto ask = [&](uint32_t transport) {
    const auto answers = controller_->Ask(proto::GetTransportStats{TransportId(transport)});
    EXPECT_EQ(answers.size(), 1U);
    return std::get<proto::TransportStatsChunk>(answers.at(0));
  };
  const auto publisher = ask(10);
  ASSERT_TRUE(publisher.transport && publisher.data);
  EXPECT_EQ(publisher.transport->id, TransportId(10));
  ASSERT_EQ(publisher.producers.size(), 1U);
  EXPECT_EQ(publisher.producers[0].id, ProducerId(20));
  EXPECT_TRUE(publisher.consumers.empty());
  const auto subscriber = ask(11);
  EXPECT_TRUE(subscriber.producers.empty());
  ASSERT_EQ(subscriber.consumers.size(), 1U);
  EXPECT_EQ(subscriber.consumers[0].source, ProducerId(20));
  EXPECT_EQ(subscriber.consumers[0].demand, proto::SampleDemand());
  EXPECT_EQ(Do(proto::GetTransportStats{TransportId(99)}), "no transport 99");
}

TEST_F(CommandsTest, StatisticsOfManySlotsComeInChunks) {
  EXPECT_EQ(Do(proto::CreateRouter{RouterId(1), {}}), "ok");
  EXPECT_EQ(Do(Transport(10)), "ok");
  for (uint32_t id = 100; id < 170; ++id) ASSERT_EQ(Do(Consumer(id, 10)), "ok");
  const auto answers = controller_->Ask(proto::GetTransportStats{TransportId(10)});
  ASSERT_EQ(answers.size(), 2U);
  std::size_t consumers = 0;
  for (const auto& answer : answers)
    consumers += std::get<proto::TransportStatsChunk>(answer).consumers.size();
  EXPECT_EQ(consumers, 70U);
  EXPECT_FALSE(std::get<proto::TransportStatsChunk>(answers[1]).transport);
}

TEST_F(CommandsTest, StatisticsLeaveObjectsOutUnlessTheyAreWanted) {
  EXPECT_EQ(Do(proto::CreateRouter{RouterId(1), {}}), "ok");
  EXPECT_EQ(Do(Transport(10)), "ok");
  const auto objects = [&](bool wanted) {
    const auto answers = controller_->Ask(proto::GetStats{wanted});
    return std::get<proto::StatsChunk>(answers.at(0)).objects.size();
  };
  EXPECT_EQ(objects(false), 0U);
  EXPECT_EQ(objects(true), 1U);
  EXPECT_EQ(controller_->WorkerStat("video_slots"), 0U);
  EXPECT_EQ(controller_->WorkerStat("gather_padding_bytes"), 0U);
  EXPECT_EQ(controller_->WorkerStat("pacer_waited_100ms"), 0U);
}

TEST_F(CommandsTest, StatisticsCountObjectsAndDrops) {
  EXPECT_EQ(Do(proto::CreateRouter{RouterId(1), {}}), "ok");
  EXPECT_EQ(Do(Transport(10)), "ok");
  EXPECT_EQ(controller_->WorkerStat("routers"), 1U);
  EXPECT_EQ(controller_->WorkerStat("transports"), 1U);
  // A datagram of nobody, of no protocol that we know.
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(worker_->udp_addresses()[0].port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::array<uint8_t, 4> junk{0xFF, 0xFF, 0xFF, 0xFF};
  ASSERT_EQ(::sendto(fd, junk.data(), junk.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof(to)),
            4);
  ::close(fd);
  EXPECT_TRUE(controller_->RunUntil(
      [&] { return controller_->WorkerStat("udp_datagrams_received") == 1; }));
  EXPECT_EQ(controller_->WorkerStat("dropped_unknown_protocol"), 1U);
}

}  // namespace
}  // namespace stellwerk
