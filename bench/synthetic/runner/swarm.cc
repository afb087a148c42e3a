#include "bench/synthetic/runner/swarm.h"

#include <algorithm>
#include <ctime>
#include <utility>
#include <variant>
#include <vector>

#include "rtc/base/check.h"

namespace stellwerk::synthetic {
namespace {

TimeDelta ReadClock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TransportId IdOf(const TransportEvent& event) {
  return std::visit([](const auto& e) { return e.transport; }, event);
}

}  // namespace

struct Swarm::Member {
  Member(Participant::Context context, ParticipantConfig config, uint64_t seed)
      : participant(std::move(config), context), link(seed) {}
  Participant participant;
  ImpairedLink link;
  std::unique_ptr<UdpSocket> socket;
  // After a move: still open, so that what is on its way is received and ignored.
  std::vector<std::unique_ptr<UdpSocket>> left_behind;
};

Swarm::Swarm(const SwarmOptions& options, DtlsIdentity identity)
    : options_(options),
      clock_offset_(ReadClock(CLOCK_REALTIME) - ReadClock(CLOCK_MONOTONIC)),
      random_(options.seed),
      identity_(std::move(identity)),
      own_sctp_(options.sctp == nullptr ? std::make_unique<SctpStack>() : nullptr),
      endpoint_(pool_, random_, identity_, options.sctp == nullptr ? *own_sctp_ : *options.sctp) {}

absl::StatusOr<std::unique_ptr<Swarm>> Swarm::Create(const SwarmOptions& options) {
  auto identity = DtlsIdentity::Generate();
  if (!identity.ok()) return identity.status();
  std::unique_ptr<Swarm> swarm(new Swarm(options, *std::move(identity)));
  if (auto status = swarm->Start(); !status.ok()) return status;
  return swarm;
}

absl::Status Swarm::Start() {
  if (uv_loop_init(&loop_) != 0 || uv_timer_init(&loop_, &timer_) != 0) {
    return absl::InternalError("libuv does not start");
  }
  timer_.data = this;
  return absl::OkStatus();
}

Swarm::~Swarm() {
  members_.clear();
  out_.Clear();
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  STELLWERK_CHECK(uv_loop_close(&loop_) == 0);
}

Timestamp Swarm::Now() const { return Timestamp(ReadClock(CLOCK_MONOTONIC) + clock_offset_); }

absl::StatusOr<std::unique_ptr<UdpSocket>> Swarm::Bind(TransportId id) {
  UdpOptions options;
  // One of thousands: a participant needs no server's buffers.
  options.receive_buffer_bytes = 1 << 20;
  options.send_buffer_bytes = 1 << 20;
  return UdpSocket::Bind(
      &loop_, pool_, options_.local, [this] { return Now(); },
      [this, id](std::span<ReceivedDatagram> batch) { HandleBatch(id, batch); }, options);
}

absl::StatusOr<Participant*> Swarm::Add(ParticipantConfig config) {
  config.id = TransportId(next_id_++);
  const TransportId id = config.id;
  auto socket = Bind(id);
  if (!socket.ok()) return socket.status();
  auto member = std::make_unique<Member>(
      Participant::Context{endpoint_, pool_, random_, identity_.fingerprint()}, std::move(config),
      random_.NextU64());
  member->socket = *std::move(socket);
  auto status = member->participant.Open(member->socket->local_address(), Now());
  if (!status.ok()) return status;
  by_address_[member->socket->local_address()] = member.get();
  return &members_.emplace(id, std::move(member)).first->second->participant;
}

void Swarm::Remove(Participant* participant) {
  participant->Leave(Now(), out_);
  Flush();
  Forget(participant->id());
}

void Swarm::Drop(Participant* participant) {
  TransportOutbox unsent;
  endpoint_.RemoveSession(participant->id(), Now(), unsent);
  Forget(participant->id());
}

void Swarm::Forget(TransportId id) {
  deadlines_.Remove(id);
  by_address_.erase(members_.at(id)->socket->local_address());
  members_.erase(id);
}

absl::Status Swarm::HandleAnswer(Participant& participant, std::string_view answer) {
  const Member& member = *members_.at(participant.id());
  const auto status = participant.HandleAnswer(answer, member.socket->local_address(), Now(), out_);
  Flush();
  return status;
}

absl::StatusOr<std::string> Swarm::AnswerOffer(Participant& participant, std::string_view offer) {
  const Member& member = *members_.at(participant.id());
  auto answer = participant.AnswerOffer(offer, member.socket->local_address(), Now(), out_);
  Flush();
  return answer;
}

absl::Status Swarm::AddRemoteCandidate(Participant& participant, std::string_view candidate) {
  const auto status = participant.AddRemoteCandidate(candidate, Now(), out_);
  Flush();
  return status;
}

absl::Status Swarm::MoveToNewSocket(Participant& participant) {
  Member& member = *members_.at(participant.id());
  const auto stats = endpoint_.StatsOf(participant.id());
  if (!stats || !stats->selected) {
    return absl::FailedPreconditionError("the participant is not connected yet");
  }
  auto socket = Bind(participant.id());
  if (!socket.ok()) return socket.status();
  const Tuple old = *stats->selected;
  Tuple pair = old;
  pair.local = (*socket)->local_address();
  by_address_.erase(old.local);
  by_address_[pair.local] = &member;
  member.left_behind.push_back(std::exchange(member.socket, *std::move(socket)));
  auto status = participant.Open(pair.local, Now());
  if (status.ok()) status = endpoint_.AddCandidatePair(participant.id(), pair, Now(), out_);
  endpoint_.OnTupleClosed(old, Now(), out_);
  Flush();
  return status;
}

void Swarm::SetImpairment(Participant& participant, const Impairment& impairment) {
  members_.at(participant.id())->link.Set(impairment);
}

void Swarm::HandleBatch(TransportId id, std::span<ReceivedDatagram> batch) {
  Member& member = *members_.at(id);
  const Timestamp now = Now();
  for (ReceivedDatagram& datagram : batch) {
    if (!member.link.Receives(datagram.packet.bytes())) continue;
    endpoint_.HandleDatagram(now, datagram.arrival, datagram.tuple, std::move(datagram.packet),
                             out_);
  }
  Settle();
}

void Swarm::HandleTimeouts() {
  const Timestamp now = Now();
  endpoint_.HandleTimeout(now, out_);
  while (const auto due = deadlines_.PopDue(now)) {
    const auto member = members_.find(*due);
    if (member == members_.end()) continue;
    member->second->participant.HandleTimeout(now, out_);
    Touch(*due);
  }
  Settle();
}

void Swarm::Flush() {
  for (const auto& [id, member] : members_) Touch(id);
  Settle();
}

void Swarm::Settle() {
  const Timestamp now = Now();
  const auto find = [this](TransportId id) -> Participant* {
    const auto it = members_.find(id);
    if (it == members_.end()) return nullptr;
    Touch(id);
    return &it->second->participant;
  };
  while (!out_.media.empty() || !out_.events.empty() || !out_.data.empty()) {
    for (const TransportEvent& event : std::exchange(out_.events, {})) {
      if (Participant* to = find(IdOf(event))) to->HandleEvent(event, now, out_);
    }
    for (ReceivedMedia& media : std::exchange(out_.media, {})) {
      if (Participant* to = find(media.transport)) to->HandleMedia(std::move(media), now, out_);
    }
    for (ReceivedData& data : std::exchange(out_.data, {})) {
      if (Participant* to = find(data.transport)) to->HandleData(std::move(data));
    }
  }
  SendAll();
  for (const TransportId id : touched_) {
    const auto it = members_.find(id);
    if (it != members_.end()) deadlines_.Set(id, it->second->participant.NextTimeout());
  }
  touched_.clear();
  Arm();
}

// A socket sends what is its own.
void Swarm::SendAll() {
  auto& datagrams = out_.datagrams;
  std::stable_sort(datagrams.begin(), datagrams.end(),
                   [](const auto& a, const auto& b) { return a.tuple.local < b.tuple.local; });
  for (auto first = datagrams.begin(); first != datagrams.end();) {
    const SocketAddress local = first->tuple.local;
    const auto last = std::find_if(first, datagrams.end(), [&](const auto& datagram) {
      return datagram.tuple.local != local;
    });
    if (const auto member = by_address_.find(local); member != by_address_.end()) {
      ImpairedLink& link = member->second->link;
      const auto kept = std::stable_partition(first, last, [&link](const auto& datagram) {
        return link.Sends(datagram.packet.bytes());
      });
      member->second->socket->Send(std::span(first, kept));
    }
    first = last;
  }
  datagrams.clear();
}

void Swarm::Arm() {
  const Timestamp next = std::min(endpoint_.NextTimeout(), deadlines_.Next());
  if (next == kNever) {
    uv_timer_stop(&timer_);
    return;
  }
  // Rounded up: a timer that fires early would find nothing due and spin.
  const int64_t wait = std::max<int64_t>(0, ToMilliseconds(next - Now() + TimeDelta(999'999)));
  uv_update_time(&loop_);
  uv_timer_start(
      &timer_, [](uv_timer_t* timer) { static_cast<Swarm*>(timer->data)->HandleTimeouts(); },
      static_cast<uint64_t>(wait), 0);
}

bool Swarm::RunUntil(const std::function<bool()>& done, TimeDelta limit) {
  const Timestamp end = Now() + limit;
  // Wakes the loop for the condition and the limit even if nothing happens.
  uv_timer_t ticker;
  uv_timer_init(&loop_, &ticker);
  uv_timer_start(
      &ticker, [](uv_timer_t*) {}, 5, 5);
  bool is_done = done();
  while (!is_done && Now() < end) {
    uv_run(&loop_, UV_RUN_ONCE);
    is_done = done();
  }
  bool closed = false;
  ticker.data = &closed;
  uv_close(reinterpret_cast<uv_handle_t*>(&ticker),
           [](uv_handle_t* handle) { *static_cast<bool*>(handle->data) = true; });
  while (!closed) uv_run(&loop_, UV_RUN_NOWAIT);
  return is_done;
}

void Swarm::RunFor(TimeDelta duration) {
  const Timestamp end = Now() + duration;
  RunUntil([this, end] { return Now() >= end; }, duration);
}

}  // namespace stellwerk::synthetic
