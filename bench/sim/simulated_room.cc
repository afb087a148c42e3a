#include "bench/sim/simulated_room.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rtc/base/check.h"

namespace stellwerk::synthetic {
namespace {

// RFC 5737 addresses; a participant's port tells who it is.
constexpr uint16_t kFirstPort = 5000;
const SocketAddress kServer = *SocketAddress::Parse("192.0.2.1:4000");

TransportId IdOf(const TransportEvent& event) {
  return std::visit([](const auto& e) { return e.transport; }, event);
}

// RFC 7983: media; the rest is STUN and DTLS.
bool IsMedia(const PacketRef& packet) {
  const auto bytes = packet.bytes();
  return !bytes.empty() && bytes[0] >= 128 && bytes[0] <= 191;
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
  STELLWERK_CHECK(path_->AddRouter(RouterId(1)).ok());
}

SimulatedRoom::~SimulatedRoom() {
  later_.clear();
  clients_out_.Clear();
  members_.clear();
}

SimulatedRoom::Member& SimulatedRoom::AddMember(ParticipantConfig config, const Links& links) {
  const TransportId id(static_cast<uint32_t>(members_.size() + 1));
  config.id = id;
  auto& member = members_[id];
  member = std::make_unique<Member>(id, links, random_.NextU64(), now_);
  member->address =
      *SocketAddress::Parse("198.51.100.1:" + std::to_string(kFirstPort + id.value()));
  member->participant = std::make_unique<Participant>(
      std::move(config),
      Participant::Context{clients_, pool_, random_, client_identity_.fingerprint()});
  return *member;
}

Participant& SimulatedRoom::Join(ParticipantConfig config, const Links& links) {
  Member& member = AddMember(std::move(config), links);
  Negotiate(*member.participant);
  return *member.participant;
}

Participant& SimulatedRoom::Invite(const Invitation& invitation, Participant* viewer) {
  Member& member = viewer != nullptr ? MemberOf(viewer->id())
                                     : AddMember({}, FarLinks(std::chrono::milliseconds(10)));
  Negotiated& state = member.negotiated;
  if (viewer == nullptr) {
    state.local_ice = {"server" + std::to_string(random_.NextU32()), "0123456789012345678901234"};
    STELLWERK_CHECK(server_.AddSession({.id = member.id, .local_ice = state.local_ice}, now_).ok());
    STELLWERK_CHECK(path_->AddTransport(RouterId(1), member.id, now_).ok());
  }
  const InvitationTransport transport = {
      .ice = state.local_ice,
      .fingerprint = server_identity_.fingerprint(),
      .candidate = {"1", CandidateProtocol::kUdp, 1, kServer.ip.ToText(), kServer.port}};
  const SessionDescription offer = WriteInvitation(invitation, transport, ++state.session_version);
  const auto answer = member.participant->AnswerOffer(SerializeSessionDescription(offer),
                                                      member.address, now_, clients_out_);
  STELLWERK_CHECK(answer.ok());
  const auto read = ParseSessionDescription(*answer);
  STELLWERK_CHECK(read && read->media.size() == invitation.slots.size());
  for (std::size_t i = state.media.size(); i < invitation.slots.size(); ++i) {
    const ConsumerParameters& slot = invitation.slots[i];
    STELLWERK_CHECK(router().AddConsumer(next_consumer_, member.id, slot, now_).ok());
    state.media.push_back({.mid = std::string(slot.mid.view()),
                           .type = read->media[i].type,
                           .rejected = false,
                           .producer = std::nullopt,
                           .consumer = NegotiatedConsumer{next_consumer_, slot}});
    next_consumer_ = ConsumerId(next_consumer_.value() + 1);
  }
  path_->TouchRouter(router());
  const TransportAttributes attributes = read->TransportOf(read->media.front());
  const RemoteTransportParameters remote = {
      .ice = {attributes.ice_ufrag, attributes.ice_pwd},
      .fingerprint = attributes.fingerprints.front(),
      .our_role = attributes.setup == DtlsSetup::kActive ? DtlsRole::kServer : DtlsRole::kClient,
      .sctp = std::nullopt};
  STELLWERK_CHECK(server_.Connect(member.id, remote, now_, path_->transport_outbox()).ok());
  Flush();
  Schedule(member);
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
  STELLWERK_CHECK(result);
  next_producer_ = result->next_producer;
  next_consumer_ = result->next_consumer;
  member.negotiated = result->next;
  TransportOutbox& out = path_->transport_outbox();
  if (result->is_first) {
    STELLWERK_CHECK(
        server_.AddSession({.id = participant.id(), .local_ice = result->local_ice}, now_).ok());
    STELLWERK_CHECK(path_->AddTransport(RouterId(1), participant.id(), now_).ok());
    STELLWERK_CHECK(server_.Connect(participant.id(), result->remote, now_, out).ok());
  } else if (result->ice_restart) {
    STELLWERK_CHECK(
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
    STELLWERK_CHECK(
        media.AddProducer(producer.id, participant.id(), producer.parameters, now_).ok());
  }
  for (const NewConsumer& consumer : result->add_consumers) {
    STELLWERK_CHECK(
        media.AddConsumer(consumer.id, participant.id(), consumer.parameters, now_).ok());
  }
  path_->TouchRouter(media);
  STELLWERK_CHECK(
      participant.HandleAnswer(result->answer, member.address, now_, clients_out_).ok());
  Flush();
  Schedule(member);
}

const Negotiated& SimulatedRoom::negotiated(Participant& participant) {
  return MemberOf(participant.id()).negotiated;
}

void SimulatedRoom::Leave(Participant& participant) {
  participant.Leave(now_, clients_out_);
  path_->RemoveTransport(participant.id(), now_);
  server_.RemoveSession(participant.id(), now_, path_->transport_outbox());
  Flush();
  Schedule(MemberOf(participant.id()));
}

std::optional<ConsumerId> SimulatedRoom::ConsumerOf(Participant& viewer, const std::string& slot) {
  for (const NegotiatedMedia& media : MemberOf(viewer.id()).negotiated.media) {
    if (media.mid == slot && media.consumer) return media.consumer->id;
  }
  return std::nullopt;
}

void SimulatedRoom::Show(Participant& viewer, const std::string& slot, Participant& publisher,
                         const std::string& track) {
  const std::optional<ConsumerId> consumer = ConsumerOf(viewer, slot);
  std::optional<ProducerId> producer;
  for (const NegotiatedMedia& media : MemberOf(publisher.id()).negotiated.media) {
    if (media.mid == track && media.producer) producer = media.producer->id;
  }
  STELLWERK_CHECK(consumer && producer);
  STELLWERK_CHECK(router().SetConsumerSource(*consumer, producer, now_, path_->rtc_outbox()).ok());
  path_->TouchRouter(router());
  Flush();
}

void SimulatedRoom::SetDemand(Participant& viewer, const std::string& slot,
                              const ConsumerDemand& demand) {
  const std::optional<ConsumerId> consumer = ConsumerOf(viewer, slot);
  STELLWERK_CHECK(consumer.has_value());
  STELLWERK_CHECK(router().SetConsumerDemand(*consumer, demand, now_, path_->rtc_outbox()).ok());
  path_->TouchRouter(router());
  Flush();
}

void SimulatedRoom::SetLinks(Participant& participant, const Links& links) {
  Member& member = MemberOf(participant.id());
  member.links = links;
  member.up.Reconfigure(links.up, now_);
  member.down.Reconfigure(links.down, now_);
  Schedule(member);
}

const Link& SimulatedRoom::Uplink(Participant& participant) {
  return MemberOf(participant.id()).up.link();
}

const Link& SimulatedRoom::Downlink(Participant& participant) {
  return MemberOf(participant.id()).down.link();
}

void SimulatedRoom::ObserveDownlink(Participant& participant,
                                    std::function<void(const LinkDelivery&)> observer) {
  MemberOf(participant.id()).observer = std::move(observer);
}

TransportStats SimulatedRoom::StatsOf(Participant& participant) {
  return router().GetTransportStats(participant.id(), now_).value_or(TransportStats{});
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
  Timestamp next = std::min({path_->NextTimeout(), server_.NextTimeout(), clients_.NextTimeout(),
                             member_deadlines_.Next()});
  if (!later_.empty()) next = std::min(next, later_.begin()->first);
  if (next > limit) return false;
  now_ = std::max(now_, next);
  while (!later_.empty() && later_.begin()->first <= now_) {
    const auto action = std::move(later_.begin()->second);
    later_.erase(later_.begin());
    action();
  }
  path_->HandleTimeout(now_);
  clients_.HandleTimeout(now_, clients_out_);
  std::vector<TransportId> due;
  while (const auto id = member_deadlines_.PopDue(now_)) due.push_back(*id);
  for (const TransportId id : due) RunMember(MemberOf(id));
  Flush();
  return true;
}

void SimulatedRoom::RunMember(Member& member) {
  while (auto arrival = member.up.Pop(now_)) DeliverToServer(std::move(arrival->payload));
  while (auto arrival = member.down.Pop(now_)) {
    if (member.observer) member.observer(arrival->delivery);
    DeliverToClient(std::move(arrival->payload));
  }
  if (member.participant->NextTimeout() <= now_) {
    member.participant->HandleTimeout(now_, clients_out_);
  }
  Schedule(member);
}

void SimulatedRoom::Schedule(Member& member) {
  member_deadlines_.Set(member.id, std::min({member.participant->NextTimeout(),
                                             member.up.NextTimeout(), member.down.NextTimeout()}));
}

void SimulatedRoom::DeliverToServer(Flying flying) {
  std::array<ReceivedDatagram, 1> batch = {
      ReceivedDatagram{flying.tuple, now_, std::move(flying.packet)}};
  path_->HandleBatch(now_, batch);
}

void SimulatedRoom::DeliverToClient(Flying flying) {
  clients_.HandleDatagram(now_, now_, flying.tuple, std::move(flying.packet), clients_out_);
}

void SimulatedRoom::HandleRtcEvent(const RtcEvent& event) {
  const auto* wanted = std::get_if<ProducerEncodingsWanted>(&event);
  if (wanted == nullptr) return;
  for (auto& [id, member] : members_) {
    for (const NegotiatedMedia& media : member->negotiated.media) {
      if (!media.producer || media.producer->id != wanted->producer) continue;
      // The controller's message takes its time, too.
      later_.emplace(now_ + member->links.down.delay,
                     [this, to = member.get(), mid = media.mid, mask = wanted->encodings] {
                       PublishedTrack* track = to->participant->Track(mid);
                       if (track != nullptr) track->SetEncodingsWanted(mask);
                     });
    }
  }
}

void SimulatedRoom::Flush() {
  path_->Advance(now_);
  TransportOutbox& server_out = path_->transport_outbox();
  for (OutgoingDatagram& datagram : std::exchange(server_out.datagrams, {})) {
    if (Member* member = MemberAt(datagram.tuple.remote)) Fly(*member, false, datagram);
  }
  server_out.data.clear();
  path_->transport_events().clear();
  for (const RtcEvent& event : std::exchange(path_->rtc_events(), {})) HandleRtcEvent(event);
  FlushClients();
  clients_.Flush(clients_out_);
  for (OutgoingDatagram& datagram : std::exchange(clients_out_.datagrams, {})) {
    if (Member* member = MemberAt(datagram.tuple.local)) Fly(*member, true, datagram);
  }
}

void SimulatedRoom::FlushClients() {
  while (!clients_out_.media.empty() || !clients_out_.events.empty() ||
         !clients_out_.data.empty()) {
    for (ReceivedMedia& media : std::exchange(clients_out_.media, {})) {
      Member& to = MemberOf(media.transport);
      to.participant->HandleMedia(std::move(media), now_, clients_out_);
      Schedule(to);
    }
    for (const TransportEvent& event : std::exchange(clients_out_.events, {})) {
      Member& to = MemberOf(IdOf(event));
      to.participant->HandleEvent(event, now_, clients_out_);
      Schedule(to);
    }
    for (ReceivedData& data : std::exchange(clients_out_.data, {})) {
      Member& to = MemberOf(data.transport);
      to.participant->HandleData(std::move(data));
    }
  }
}

SimulatedRoom::Member* SimulatedRoom::MemberAt(const SocketAddress& address) {
  if (address.port < kFirstPort) return nullptr;
  const auto it = members_.find(TransportId(static_cast<uint32_t>(address.port - kFirstPort)));
  return it == members_.end() ? nullptr : it->second.get();
}

void SimulatedRoom::Fly(Member& member, bool to_server, OutgoingDatagram& datagram) {
  const Tuple seen{
      .protocol = IpProtocol::kUdp, .local = datagram.tuple.remote, .remote = datagram.tuple.local};
  Flying flying{seen, std::move(datagram.packet)};
  if (IsMedia(flying.packet)) {
    const DataSize size =
        kIpUdpHeaders + DataSize::Bytes(static_cast<int64_t>(flying.packet.size()));
    (to_server ? member.up : member.down).Send(now_, size, std::move(flying));
    Schedule(member);
    return;
  }
  const TimeDelta delay = (to_server ? member.links.up : member.links.down).delay;
  later_.emplace(
      now_ + delay, [this, to_server, held = std::make_shared<Flying>(std::move(flying))] {
        to_server ? DeliverToServer(std::move(*held)) : DeliverToClient(std::move(*held));
      });
}

}  // namespace stellwerk::synthetic
