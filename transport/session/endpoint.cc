#include "transport/session/endpoint.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "transport/demux/packet_kind.h"
#include "transport/ice/check_response.h"
#include "transport/ice/ice_agent.h"
#include "transport/session/session.h"
#include "transport/srtp/srtp_keys.h"
#include "transport/stun/stun_message.h"

namespace stellwerk {
namespace {

// A session that says its deadline is over although it was just served would keep us here for ever.
constexpr TimeDelta kShortestWait = std::chrono::milliseconds(1);

absl::Status UnknownTransport(TransportId id) {
  return absl::NotFoundError("there is no transport " + std::to_string(id.value()));
}

}  // namespace

static_assert(Endpoint::kProtectionOverhead >= kMaxSrtpOverhead);

Endpoint::Endpoint(PacketPool& pool, Random& random, const DtlsIdentity& identity, SctpStack& sctp)
    : pool_(pool), random_(random), identity_(identity), sctp_(sctp) {}

Endpoint::~Endpoint() = default;

absl::Status Endpoint::AddSession(const SessionConfig& config, Timestamp now) {
  const std::string name = "transport " + std::to_string(config.id.value());
  // RFC 8445 §5.3: at least 24 bits of user fragment, 128 of password; RFC 8839 §5.4 in characters.
  const IceParameters& ice = config.local_ice;
  if (ice.ufrag.size() < 4 || ice.ufrag.size() > 256 || ice.pwd.size() < 22 ||
      ice.pwd.size() > 256) {
    return absl::InvalidArgumentError(
        name + ": the ICE ufrag needs 4..256 characters, the password 22..256");
  }
  if (sessions_.contains(config.id)) return absl::AlreadyExistsError(name + " exists");
  if (ufrags_.contains(ice.ufrag))
    return absl::AlreadyExistsError(name + ": its ICE ufrag is in use");
  for (const Tuple& pair : config.candidate_pairs) {
    if (tuples_.contains(pair))
      return absl::AlreadyExistsError(name + ": a candidate pair is in use");
  }
  auto session = std::make_unique<Session>(config, pool_, random_, identity_, sctp_, now);
  for (const Tuple& pair : session->changes().added) tuples_[pair] = session.get();
  session->changes() = {};
  ufrags_[ice.ufrag] = session.get();
  deadlines_.Set(config.id, session->NextTimeout());
  sessions_[config.id] = std::move(session);
  return absl::OkStatus();
}

absl::Status Endpoint::Connect(TransportId id, const RemoteTransportParameters& remote,
                               Timestamp now, TransportOutbox& out) {
  Session* session = Find(id);
  if (session == nullptr) return UnknownTransport(id);
  const absl::Status status = session->Connect(remote, now, out);
  Settle(*session, now, out);
  return status;
}

absl::Status Endpoint::RestartIce(TransportId id, const IceParameters& local,
                                  const IceParameters& remote, Timestamp now,
                                  TransportOutbox& out) {
  Session* session = Find(id);
  if (session == nullptr) return UnknownTransport(id);
  if (session->ended()) return absl::FailedPreconditionError("the transport has ended");
  if (ufrags_.contains(local.ufrag))
    return absl::AlreadyExistsError("ICE restart: the ufrag is in use");
  ufrags_[local.ufrag] = session;
  session->RestartIce(local, remote, now);
  Settle(*session, now, out);
  return absl::OkStatus();
}

absl::Status Endpoint::AddCandidatePair(TransportId id, const Tuple& pair, Timestamp now,
                                        TransportOutbox& out) {
  Session* session = Find(id);
  if (session == nullptr) return UnknownTransport(id);
  if (Session* owner = FindByTuple(pair); owner != nullptr && owner != session) {
    return absl::AlreadyExistsError("the candidate pair is in use");
  }
  const absl::Status status = session->AddCandidatePair(pair, now);
  Settle(*session, now, out);
  return status;
}

void Endpoint::RemoveSession(TransportId id, Timestamp /*now*/, TransportOutbox& out) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return;
  protect_queue_.Flush(out);  // with keys that are about to go
  it->second->Close(out);
  ForgetAddresses(*it->second);
  deadlines_.Remove(id);
  found_ = nullptr;
  sessions_.erase(it);
}

// Rare (once in a session's life), so the tables have no index by session.
void Endpoint::ForgetAddresses(const Session& session) {
  absl::erase_if(tuples_, [&](const auto& entry) { return entry.second == &session; });
  absl::erase_if(ufrags_, [&](const auto& entry) { return entry.second == &session; });
}

Session* Endpoint::Find(TransportId id) const {
  // What goes to one peer comes in runs.
  if (found_ != nullptr && found_->id() == id) return found_;
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return nullptr;
  found_ = it->second.get();
  return found_;
}

Session* Endpoint::FindByTuple(const Tuple& tuple) const {
  const auto it = tuples_.find(tuple);
  return it == tuples_.end() ? nullptr : it->second;
}

Session* Endpoint::FindByUfrag(std::string_view ufrag) const {
  const auto it = ufrags_.find(absl::string_view(ufrag.data(), ufrag.size()));
  return it == ufrags_.end() ? nullptr : it->second;
}

void Endpoint::HandleDatagram(Timestamp now, Timestamp arrival, const Tuple& from, PacketRef packet,
                              TransportOutbox& out) {
  const PacketKind kind = ClassifyPacket(packet.bytes());
  if (kind == PacketKind::kUnknown) return out.drops.Count(DropReason::kUnknownProtocol);
  if (kind == PacketKind::kStun) return HandleStun(now, from, packet, out);
  Session* session = FindByTuple(from);
  if (session == nullptr) return out.drops.Count(DropReason::kUnknownPeer);
  if (kind != PacketKind::kDtls) {
    return session->HandleMedia(now, arrival, from, std::move(packet), kind == PacketKind::kRtcp,
                                out);
  }
  session->HandleDtls(now, packet.bytes(), out);
  Settle(*session, now, out);
}

void Endpoint::HandleStun(Timestamp now, const Tuple& from, const PacketRef& packet,
                          TransportOutbox& out) {
  const auto message = StunMessage::Parse(packet.bytes());
  if (!message) return out.drops.Count(message.error());
  if (message->method() != kStunBinding) return out.drops.Count(DropReason::kUnsupported);
  Session* session = nullptr;
  if (message->message_class() == StunClass::kRequest) {
    // RFC 8489 §9.1.3: without credentials 400, with ones that nobody has 401.
    if (!message->username() || !message->has_integrity()) {
      out.drops.Count(DropReason::kStunNoIntegrity);
      return RefuseCheck(from, *message, kStunBadRequest, out);
    }
    session = FindByUfrag(ReceiverUfragOf(*message->username()));
    if (session == nullptr) {
      out.drops.Count(DropReason::kUnknownPeer);
      return RefuseCheck(from, *message, kStunUnauthenticated, out);
    }
  } else {
    session = FindByTuple(from);
    if (session == nullptr) return out.drops.Count(DropReason::kUnknownPeer);
  }
  session->HandleStun(now, from, *message, out);
  Settle(*session, now, out);
}

void Endpoint::RefuseCheck(const Tuple& from, const StunMessage& request, uint16_t code,
                           TransportOutbox& out) {
  PacketRef packet = MakeCheckError(pool_, request, code);
  if (packet) out.datagrams.push_back({.tuple = from, .packet = std::move(packet)});
}

void Endpoint::SetReceiveMode(TransportId id, Ssrc ssrc, ReceiveMode mode) {
  if (Session* session = Find(id); session != nullptr) session->SetReceiveMode(ssrc, mode);
}

void Endpoint::OnTupleClosed(const Tuple& tuple, Timestamp now, TransportOutbox& out) {
  Session* session = FindByTuple(tuple);
  if (session == nullptr) return;
  session->OnTupleClosed(tuple, now, out);
  Settle(*session, now, out);
}

void Endpoint::TakeTuple(const Tuple& tuple, Session& session, Timestamp now,
                         TransportOutbox& out) {
  Session*& owner = tuples_[tuple];
  Session* const before = std::exchange(owner, &session);
  if (before == nullptr || before == &session) return;
  // The peer used the same port for a new session (a page that was reloaded), so the old one can't
  // be there any more.
  before->OnTupleClosed(tuple, now, out);
  Settle(*before, now, out);
}

void Endpoint::Settle(Session& session, Timestamp now, TransportOutbox& out) {
  if (!session.changes().empty()) {
    const IceChanges changes = std::exchange(session.changes(), {});
    for (const Tuple& tuple : changes.added) TakeTuple(tuple, session, now, out);
    for (const Tuple& tuple : changes.removed) {
      const auto it = tuples_.find(tuple);
      if (it != tuples_.end() && it->second == &session) tuples_.erase(it);
    }
    for (const std::string& ufrag : changes.retired_ufrags) ufrags_.erase(ufrag);
  }
  if (session.ended()) ForgetAddresses(session);
  deadlines_.Set(session.id(), session.NextTimeout());
}

void Endpoint::Prefetch(TransportId id) const {
  const auto it = sessions_.find(id);
  if (it != sessions_.end()) it->second->Prefetch();
}

void Endpoint::PrefetchKeys(TransportId id) const {
  const auto it = sessions_.find(id);
  if (it != sessions_.end()) it->second->PrefetchKeys();
}

void Endpoint::SendRtp(TransportId id, PacketRef packet, TransportOutbox& out) {
  Session* session = Find(id);
  if (session == nullptr) return out.drops.Count(DropReason::kClosed);
  session->SendRtp(std::move(packet), protect_queue_, out);
}

void Endpoint::SendRtcp(TransportId id, std::span<const uint8_t> packet, TransportOutbox& out) {
  Session* session = Find(id);
  if (session == nullptr) return out.drops.Count(DropReason::kClosed);
  session->SendRtcp(packet, out);
}

absl::StatusOr<StreamId> Endpoint::OpenDataChannel(TransportId id,
                                                   const DataChannelParameters& parameters,
                                                   Timestamp now, TransportOutbox& out) {
  Session* session = Find(id);
  if (session == nullptr) return UnknownTransport(id);
  auto stream = session->OpenDataChannel(parameters, now, out);
  Settle(*session, now, out);
  return stream;
}

Expected<std::monostate, DropReason> Endpoint::SendData(TransportId id, StreamId stream,
                                                        bool is_binary,
                                                        std::span<const uint8_t> message,
                                                        Timestamp now, TransportOutbox& out) {
  Session* session = Find(id);
  if (session == nullptr) return Unexpected(DropReason::kClosed);
  const auto result = session->SendData(stream, is_binary, message, now, out);
  Settle(*session, now, out);
  return result;
}

void Endpoint::CloseDataChannel(TransportId id, StreamId stream, Timestamp now,
                                TransportOutbox& out) {
  Session* session = Find(id);
  if (session == nullptr) return;
  session->CloseDataChannel(stream, now, out);
  Settle(*session, now, out);
}

void Endpoint::HandleTimeout(Timestamp now, TransportOutbox& out) {
  while (const auto id = deadlines_.PopDue(now)) {
    Session* session = Find(*id);
    session->HandleTimeout(now, out);
    Settle(*session, now, out);
    deadlines_.Set(*id, std::max(session->NextTimeout(), now + kShortestWait));
  }
}

Timestamp Endpoint::NextTimeout() const { return deadlines_.Next(); }

bool Endpoint::HasSentWith(TransportId id, Ssrc ssrc) const {
  const Session* session = Find(id);
  return session != nullptr && session->HasSentWith(ssrc);
}

std::optional<SessionStats> Endpoint::StatsOf(TransportId id) const {
  const Session* session = Find(id);
  if (session == nullptr) return std::nullopt;
  return session->stats();
}

}  // namespace stellwerk
