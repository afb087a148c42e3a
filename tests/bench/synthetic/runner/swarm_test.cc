// Participants on real sockets, against the server's packet path on the same loop; no process, no
// signalling.
#include "bench/synthetic/runner/swarm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <uv.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "bench/synthetic/runner/web_client.h"
#include "controller/sdp/answer.h"
#include "worker/packet_path.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using Role = MediaPlan::Role;

// Generous: instrumented binaries share the machine. A wait ends as soon as its condition holds.
constexpr TimeDelta kPatience = 30s;

class LoopServer {
 public:
  LoopServer(Swarm& swarm, SctpStack& sctp)
      : swarm_(swarm),
        random_(5),
        identity_(*DtlsIdentity::Generate()),
        endpoint_(pool_, random_, identity_, sctp),
        path_(pool_, random_, endpoint_) {
    socket_ = *UdpSocket::Bind(
        swarm.loop(), pool_, {IpAddress::V4({127, 0, 0, 1}), 0}, [this] { return swarm_.Now(); },
        [this](std::span<ReceivedDatagram> batch) {
          path_.HandleBatch(swarm_.Now(), batch);
          Flush();
        });
    EXPECT_TRUE(path_.AddRouter(RouterId(1)).ok());
    uv_timer_init(swarm.loop(), &timer_);
    timer_.data = this;
    uv_timer_start(
        &timer_,
        [](uv_timer_t* timer) {
          auto* self = static_cast<LoopServer*>(timer->data);
          self->path_.HandleTimeout(self->swarm_.Now());
          self->Flush();
        },
        1, 1);
  }
  void Close() { uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr); }

  void Negotiate(Participant& participant) {
    Negotiated& negotiated = negotiated_[participant.id()];
    AnswerPolicy policy;
    policy.audio_slot_mode = SlotMode::kAssigned;
    AnswerIds ids;
    ids.session_id = 1;
    ids.local_ice = {"server" + std::to_string(random_.NextU32()), "0123456789012345678901234"};
    ids.next_producer = next_producer_;
    ids.next_consumer = next_consumer_;
    ids.ssrc_seed = random_.NextU64();
    WorkerDescription worker;
    worker.fingerprint = identity_.fingerprint();
    worker.candidates = {
        {"1", CandidateProtocol::kUdp, 1, "127.0.0.1", socket_->local_address().port}};
    const auto result = Answer(participant.CreateOffer(), policy, ids, worker, negotiated);
    ASSERT_TRUE(result) << result.error().ToString();
    negotiated = result->next;
    next_producer_ = result->next_producer;
    next_consumer_ = result->next_consumer;
    const Timestamp now = swarm_.Now();
    Router& router = *path_.FindRouter(RouterId(1));
    if (result->is_first) {
      ASSERT_TRUE(
          endpoint_.AddSession({.id = participant.id(), .local_ice = result->local_ice}, now).ok());
      ASSERT_TRUE(path_.AddTransport(RouterId(1), participant.id(), now).ok());
      ASSERT_TRUE(
          endpoint_.Connect(participant.id(), result->remote, now, path_.transport_outbox()).ok());
    }
    for (const auto& p : result->add_producers) {
      ASSERT_TRUE(router.AddProducer(p.id, participant.id(), p.parameters, now).ok());
    }
    for (const auto& c : result->add_consumers) {
      ASSERT_TRUE(router.AddConsumer(c.id, participant.id(), c.parameters, now).ok());
    }
    path_.TouchRouter(router);
    const auto status = swarm_.HandleAnswer(participant, result->answer);
    ASSERT_TRUE(status.ok()) << status;
  }

  void ShowFirstVideo(Participant& viewer, Participant& publisher) {
    Router& router = *path_.FindRouter(RouterId(1));
    for (const NegotiatedMedia& slot : negotiated_[viewer.id()].media) {
      for (const NegotiatedMedia& track : negotiated_[publisher.id()].media) {
        if (!slot.consumer || !track.producer || slot.type != track.type) continue;
        ASSERT_TRUE(router
                        .SetConsumerSource(slot.consumer->id, track.producer->id, swarm_.Now(),
                                           path_.rtc_outbox())
                        .ok());
      }
    }
    path_.TouchRouter(router);
    Flush();
  }

 private:
  void Flush() {
    path_.Advance(swarm_.Now());
    TransportOutbox& out = path_.transport_outbox();
    socket_->Send(out.datagrams);
    out.Clear();
    path_.transport_events().clear();
    path_.rtc_events().clear();
  }

  Swarm& swarm_;
  SeededRandom random_;
  PacketPool pool_;
  DtlsIdentity identity_;
  Endpoint endpoint_;
  PacketPath path_;
  std::unique_ptr<UdpSocket> socket_;
  uv_timer_t timer_{};
  std::map<TransportId, Negotiated> negotiated_;
  ProducerId next_producer_{1};
  ConsumerId next_consumer_{1};
};

class SwarmTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SwarmOptions options;
    options.sctp = &sctp_;
    swarm_ = *Swarm::Create(options);
    server_ = std::make_unique<LoopServer>(*swarm_, sctp_);
    ParticipantConfig publisher;
    publisher.audio = {AudioConfig{.source = 1}};
    publisher.video = {VideoConfig{.source = 2}};
    publisher_ = *swarm_->Add(publisher);
    ParticipantConfig viewer;
    viewer.audio_slots = 1;
    viewer.video_slots = 1;
    viewer_ = *swarm_->Add(viewer);
    server_->Negotiate(*publisher_);
    server_->Negotiate(*viewer_);
    ASSERT_TRUE(swarm_->RunUntil([&] { return publisher_->connected() && viewer_->connected(); },
                                 kPatience));
    server_->ShowFirstVideo(*viewer_, *publisher_);
  }
  void TearDown() override {
    server_->Close();
    swarm_->RunFor(1ms);
    server_.reset();
    swarm_.reset();
  }
  const StreamReport& Video() {
    return viewer_->Slot(viewer_->MidsOf(Role::kVideoSlot).front())->report();
  }
  bool RunUntilFrames(uint64_t more) {
    const uint64_t wanted = Video().decodable + more;
    return swarm_->RunUntil([&] { return Video().decodable >= wanted; }, kPatience);
  }

  SctpStack sctp_;
  std::unique_ptr<Swarm> swarm_;
  std::unique_ptr<LoopServer> server_;
  Participant* publisher_ = nullptr;
  Participant* viewer_ = nullptr;
};

TEST_F(SwarmTest, MediaFlowsOverSockets) {
  ASSERT_TRUE(RunUntilFrames(30));
  EXPECT_THAT(Video().problems, IsEmpty());
  EXPECT_TRUE(Video().clean());
}

TEST_F(SwarmTest, AnImpairedLinkLosesAndRepairHeals) {
  ASSERT_TRUE(RunUntilFrames(5));
  swarm_->SetImpairment(*viewer_, {.receive_loss = 0.1});
  ASSERT_TRUE(RunUntilFrames(60));
  EXPECT_GT(Video().repaired, 0U);
  EXPECT_THAT(Video().problems, IsEmpty());
}

TEST_F(SwarmTest, ALinkTakesItsTimeAndTellsWhatItCarries) {
  ASSERT_TRUE(RunUntilFrames(5));
  EXPECT_EQ(swarm_->Uplink(*publisher_), nullptr);
  swarm_->SetLink(*publisher_, {.delay = 40ms}, {.delay = 40ms});
  const auto& streams = publisher_->Track(publisher_->MidsOf(Role::kAudioTrack).front())->streams();
  EXPECT_TRUE(swarm_->RunUntil([&] { return streams[0].stats().round_trip.value_or(0ms) >= 80ms; },
                               kPatience));
  ASSERT_TRUE(RunUntilFrames(20));
  EXPECT_THAT(Video().problems, IsEmpty());
  ASSERT_NE(swarm_->Uplink(*publisher_), nullptr);
  EXPECT_GT(swarm_->Uplink(*publisher_)->counters().delivered, 20U);
  EXPECT_GT(swarm_->Downlink(*publisher_)->counters().delivered, 0U);
}

TEST_F(SwarmTest, WhatALinkLosesIsCountedAndStaysSoAfterItsParticipant) {
  ASSERT_TRUE(RunUntilFrames(5));
  EXPECT_EQ(swarm_->stats().link_drops, 0U);
  swarm_->SetLink(*viewer_, {}, {.loss = 0.2});
  ASSERT_TRUE(RunUntilFrames(30));
  const SwarmStats stats = swarm_->stats();
  EXPECT_EQ(stats.link_drops, swarm_->Downlink(*viewer_)->counters().lost);
  EXPECT_GT(stats.link_drops, 0U);
  EXPECT_GT(stats.datagrams_received, 100U);
  EXPECT_GT(stats.bytes_sent, 10'000U);
  EXPECT_EQ(stats.socket_drops, 0U);
  EXPECT_EQ(stats.send_drops, 0U);
  EXPECT_GT(stats.timer_lag.count(), 0U);
  swarm_->Remove(viewer_);
  EXPECT_GE(swarm_->stats().link_drops, stats.link_drops);
  EXPECT_GE(swarm_->stats().datagrams_received, stats.datagrams_received);
}

TEST_F(SwarmTest, AParticipantCanMoveToAnotherSocket) {
  ASSERT_TRUE(RunUntilFrames(5));
  ASSERT_TRUE(swarm_->MoveToNewSocket(*viewer_).ok());
  ASSERT_TRUE(RunUntilFrames(60));
  EXPECT_THAT(Video().problems, IsEmpty());
}

TEST_F(SwarmTest, ParticipantsCanLeaveAndVanish) {
  ASSERT_TRUE(RunUntilFrames(5));
  swarm_->Drop(publisher_);
  swarm_->RunFor(50ms);
  swarm_->Remove(viewer_);
  swarm_->RunFor(50ms);
}

TEST(WebClientTest, ARefusedConnectionIsReportedOnce) {
  auto swarm = *Swarm::Create();
  auto web = *WebClient::Create(swarm->loop());
  // Nobody listens on port 1 of loopback.
  int replies = 0;
  int closes = 0;
  web->Call({.url = "http://127.0.0.1:1/"}, [&](const HttpReply& reply) {
    ++replies;
    EXPECT_EQ(reply.status, 0);
    EXPECT_FALSE(reply.error.empty());
  });
  web->Call({.url = "nonsense"}, [&](const HttpReply&) { ++replies; });
  const auto socket =
      web->Open("ws://127.0.0.1:1/signal", {.on_open = [] { ADD_FAILURE(); },
                                            .on_text = [](std::string_view) {},
                                            .on_closed = [&](std::string) { ++closes; }});
  EXPECT_TRUE(swarm->RunUntil([&] { return replies == 2 && closes == 1; }, kPatience));
  web.reset();
}

}  // namespace
}  // namespace stellwerk::synthetic
