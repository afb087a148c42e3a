#include "tests/bench/synthetic/simulated_room.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>

namespace stellwerk::synthetic {
namespace {

const SocketAddress kServer = *SocketAddress::Parse("192.0.2.1:4000");

TransportId IdOf(const TransportEvent& event) {
  return std::visit([](const auto& e) { return e.transport; }, event);
}

}  // namespace

SimulatedRoom::SimulatedRoom(uint64_t seed)
    : now_(std::chrono::seconds(1'700'000'000)),
      random_(seed),
      server_identity_(*DtlsIdentity::Generate()),
      client_identity_(*DtlsIdentity::Generate()),
      server_(pool_, random_, server_identity_, sctp_),
      clients_(pool_, random_, client_identity_, sctp_),
      path_(std::make_unique<PacketPath>(pool_, random_, server_)) {
  EXPECT_TRUE(path_->AddRouter(RouterId(1)).ok());
}

SimulatedRoom::~SimulatedRoom() {
  network_.clear();
  clients_out_.Clear();
  members_.clear();
}

Participant& SimulatedRoom::Join(ParticipantConfig config) {
  const TransportId id(static_cast<uint32_t>(members_.size() + 1));
  config.id = id;
  Member& member = members_[id];
  member.address = *SocketAddress::Parse("198.51.100." + std::to_string(id.value()) + ":5000");
  member.participant = std::make_unique<Participant>(
      std::move(config),
      Participant::Context{clients_, pool_, random_, client_identity_.fingerprint()});
  Negotiate(*member.participant);
  return *member.participant;
}

void SimulatedRoom::Negotiate(Participant& participant) {
  Member& member = MemberOf(participant.id());
  AnswerIds ids;
  ids.session_id = 1;
  ids.local_ice = {"server" + std::to_string(random_.NextU32()), "0123456789012345678901234"};
  ids.cname = "room";
  ids.next_producer = next_producer_;
  ids.next_consumer = next_consumer_;
  ids.ssrc_seed = random_.NextU64();
  WorkerDescription worker;
  worker.fingerprint = server_identity_.fingerprint();
  worker.candidates = {{"1", CandidateProtocol::kUdp, 1, kServer.ip.ToText(), kServer.port}};
  const auto result = Answer(participant.CreateOffer(), policy, ids, worker, member.negotiated);
  ASSERT_TRUE(result) << result.error().ToString();
  next_producer_ = result->next_producer;
  next_consumer_ = result->next_consumer;
  member.negotiated = result->next;
  TransportOutbox& out = path_->transport_outbox();
  if (result->is_first) {
    ASSERT_TRUE(
        server_.AddSession({.id = participant.id(), .local_ice = result->local_ice}, now_).ok());
    ASSERT_TRUE(path_->AddTransport(RouterId(1), participant.id(), now_).ok());
    ASSERT_TRUE(server_.Connect(participant.id(), result->remote, now_, out).ok());
  } else if (result->ice_restart) {
    ASSERT_TRUE(
        server_.RestartIce(participant.id(), result->local_ice, result->remote.ice, now_, out)
            .ok());
  }
  Router& media = router();
  for (const ProducerId id : result->removed_producers) {
    media.RemoveProducer(id, now_, path_->rtc_outbox());
  }
  for (const ConsumerId id : result->removed_consumers) {
    media.RemoveConsumer(id, now_, path_->rtc_outbox());
  }
  for (const NewProducer& producer : result->add_producers) {
    ASSERT_TRUE(media.AddProducer(producer.id, participant.id(), producer.parameters, now_).ok());
  }
  for (const NewConsumer& consumer : result->add_consumers) {
    ASSERT_TRUE(media.AddConsumer(consumer.id, participant.id(), consumer.parameters, now_).ok());
  }
  path_->TouchRouter(media);
  const auto status = participant.HandleAnswer(result->answer, member.address, now_, clients_out_);
  ASSERT_TRUE(status.ok()) << status;
  Flush();
}

const Negotiated& SimulatedRoom::negotiated(Participant& participant) {
  return MemberOf(participant.id()).negotiated;
}

void SimulatedRoom::Leave(Participant& participant) {
  participant.Leave(now_, clients_out_);
  path_->RemoveTransport(participant.id(), now_);
  server_.RemoveSession(participant.id(), now_, path_->transport_outbox());
  Flush();
}

void SimulatedRoom::Show(Participant& viewer, const std::string& slot, Participant& publisher,
                         const std::string& track) {
  std::optional<ConsumerId> consumer;
  std::optional<ProducerId> producer;
  for (const NegotiatedMedia& media : MemberOf(viewer.id()).negotiated.media) {
    if (media.mid == slot && media.consumer) consumer = media.consumer->id;
  }
  for (const NegotiatedMedia& media : MemberOf(publisher.id()).negotiated.media) {
    if (media.mid == track && media.producer) producer = media.producer->id;
  }
  ASSERT_TRUE(consumer && producer);
  ASSERT_TRUE(router().SetConsumerSource(*consumer, producer, now_, path_->rtc_outbox()).ok());
  path_->TouchRouter(router());
  Flush();
}

void SimulatedRoom::LimitLayers(Participant& viewer, const std::string& slot, int spatial,
                                int temporal) {
  for (const NegotiatedMedia& media : MemberOf(viewer.id()).negotiated.media) {
    if (media.mid != slot) continue;
    ASSERT_TRUE(media.consumer);
    ASSERT_TRUE(
        router()
            .SetConsumerDemand(media.consumer->id,
                               {.max_spatial = SpatialLayer(static_cast<uint8_t>(spatial)),
                                .max_temporal = TemporalLayer(static_cast<uint8_t>(temporal))},
                               now_, path_->rtc_outbox())
            .ok());
  }
  path_->TouchRouter(router());
  Flush();
}

SimulatedRoom::Link& SimulatedRoom::LinkOf(Participant& participant) {
  return MemberOf(participant.id()).link;
}

void SimulatedRoom::Run(TimeDelta duration) {
  const Timestamp end = now_ + duration;
  while (Step(end)) {
  }
  now_ = end;
}

bool SimulatedRoom::RunUntil(const std::function<bool()>& done, TimeDelta limit) {
  const Timestamp end = now_ + limit;
  while (!done()) {
    if (!Step(end)) return false;
  }
  return true;
}

bool SimulatedRoom::Step(Timestamp limit) {
  Timestamp next = std::min({path_->NextTimeout(), server_.NextTimeout(), clients_.NextTimeout()});
  if (!network_.empty()) next = std::min(next, network_.begin()->first);
  for (auto& [id, member] : members_) next = std::min(next, member.participant->NextTimeout());
  if (next > limit) return false;
  now_ = std::max(now_, next);
  while (!network_.empty() && network_.begin()->first <= now_) {
    Flying flying = std::move(network_.begin()->second);
    network_.erase(network_.begin());
    Deliver(std::move(flying));
  }
  path_->HandleTimeout(now_);
  clients_.HandleTimeout(now_, clients_out_);
  for (auto& [id, member] : members_) {
    if (member.participant->NextTimeout() <= now_) {
      member.participant->HandleTimeout(now_, clients_out_);
    }
  }
  Flush();
  return true;
}

void SimulatedRoom::Deliver(Flying flying) {
  if (flying.to_server) {
    std::array<ReceivedDatagram, 1> batch = {
        ReceivedDatagram{flying.tuple, now_, std::move(flying.packet)}};
    path_->HandleBatch(now_, batch);
  } else {
    clients_.HandleDatagram(now_, now_, flying.tuple, std::move(flying.packet), clients_out_);
  }
}

void SimulatedRoom::Flush() {
  path_->Advance(now_);
  TransportOutbox& server_out = path_->transport_outbox();
  for (OutgoingDatagram& datagram : std::exchange(server_out.datagrams, {})) {
    for (auto& [id, member] : members_) {
      if (member.address == datagram.tuple.remote) Fly(member, false, datagram);
    }
  }
  server_out.data.clear();
  path_->transport_events().clear();
  path_->rtc_events().clear();
  while (!clients_out_.media.empty() || !clients_out_.events.empty() ||
         !clients_out_.data.empty()) {
    for (ReceivedMedia& media : std::exchange(clients_out_.media, {})) {
      Participant& to = *MemberOf(media.transport).participant;
      to.HandleMedia(std::move(media), now_, clients_out_);
    }
    for (const TransportEvent& event : std::exchange(clients_out_.events, {})) {
      MemberOf(IdOf(event)).participant->HandleEvent(event, now_, clients_out_);
    }
    for (ReceivedData& data : std::exchange(clients_out_.data, {})) {
      Participant& to = *MemberOf(data.transport).participant;
      to.HandleData(std::move(data));
    }
  }
  for (OutgoingDatagram& datagram : std::exchange(clients_out_.datagrams, {})) {
    for (auto& [id, member] : members_) {
      if (member.address == datagram.tuple.local) Fly(member, true, datagram);
    }
  }
}

void SimulatedRoom::Fly(Member& member, bool to_server, OutgoingDatagram& datagram) {
  const double loss = to_server ? member.link.loss_to_server : member.link.loss_from_server;
  if (loss > 0 && static_cast<double>(random_.NextU32()) < loss * 4294967296.0) return;
  Tuple seen{
      .protocol = IpProtocol::kUdp, .local = datagram.tuple.remote, .remote = datagram.tuple.local};
  network_.emplace(now_ + member.link.delay,
                   Flying{to_server, member.participant->id(), seen, std::move(datagram.packet)});
}

}  // namespace stellwerk::synthetic
