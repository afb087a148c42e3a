#include "bench/synthetic/runner/swarm.h"

#include <algorithm>
#include <ctime>
#include <utility>
#include <variant>
#include <vector>

#include "bench/synthetic/runner/network_path.h"
#include "rtc/base/check.h"

namespace stellwerk::synthetic {
namespace {

// Received packets that are dealt with before whoever has something to send gets a turn.
constexpr std::size_t kMediaAtOnce = 32;
// Members whose datagrams go to the kernel before.
constexpr std::size_t kSendersAtOnce = 16;

TimeDelta ReadClock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TransportId IdOf(const TransportEvent& event) {
  return std::visit([](const auto& e) { return e.transport; }, event);
}

void AddTo(SwarmStats& sum, const UdpSocket& socket) {
  const UdpStats& stats = socket.stats();
  sum.datagrams_received += stats.datagrams_received;
  sum.bytes_received += stats.bytes_received;
  sum.datagrams_sent += stats.datagrams_sent;
  sum.bytes_sent += stats.bytes_sent;
  sum.socket_drops += stats.kernel_overflows;
  sum.send_drops += stats.drops[DropReason::kQueueFull] + stats.drops[DropReason::kSocketError];
}

}  // namespace

struct Swarm::Member {
  Member(Participant::Context context, ParticipantConfig config, uint64_t seed)
      : participant(std::move(config), context), path(seed) {}
  Participant participant;
  NetworkPath path;
  std::unique_ptr<UdpSocket> socket;
  // After a move: still open, so that what is on its way is received and ignored.
  std::vector<std::unique_ptr<UdpSocket>> left_behind;
  std::vector<OutgoingDatagram> outgoing;  // until SendAll
  bool touched = false;
};

Swarm::Swarm(const SwarmOptions& options, DtlsIdentity identity)
    : options_(options),
      clock_offset_(ReadClock(CLOCK_REALTIME) - ReadClock(CLOCK_MONOTONIC)),
      random_(options.seed),
      udp_memory_(MakeUdpMemory()),
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
  // All sockets that have something are read, then it is dealt with at once.
  uv_check_init(&loop_, &after_poll_);
  after_poll_.data = this;
  uv_check_start(&after_poll_, [](uv_check_t* check) {
    auto* self = static_cast<Swarm*>(check->data);
    if (!self->touched_.empty()) self->Settle();
  });
  // Nothing to wait for by itself.
  uv_unref(reinterpret_cast<uv_handle_t*>(&after_poll_));
  return absl::OkStatus();
}

Swarm::~Swarm() {
  touched_.clear();
  members_.clear();
  out_.Clear();
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&after_poll_), nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  STELLWERK_CHECK(uv_loop_close(&loop_) == 0);
}

Timestamp Swarm::Now() const { return Timestamp(ReadClock(CLOCK_MONOTONIC) + clock_offset_); }

absl::StatusOr<std::unique_ptr<UdpSocket>> Swarm::Bind(Member& member) {
  UdpOptions options;
  // One of thousands: a participant needs no server's buffers.
  options.receive_buffer_bytes = 1 << 20;
  options.send_buffer_bytes = 1 << 20;
  options.receive_offload = false;
  options.memory = udp_memory_;
  return UdpSocket::Bind(
      &loop_, pool_, options_.local, [this] { return Now(); },
      [this, &member](std::span<ReceivedDatagram> batch) { HandleBatch(member, batch); }, options);
}

absl::StatusOr<Participant*> Swarm::Add(ParticipantConfig config) {
  config.id = TransportId(next_id_++);
  const TransportId id = config.id;
  auto member = std::make_unique<Member>(
      Participant::Context{endpoint_, pool_, random_, identity_.fingerprint()}, std::move(config),
      random_.NextU64());
  auto socket = Bind(*member);
  if (!socket.ok()) return socket.status();
  member->socket = *std::move(socket);
  const SocketAddress& address = member->socket->local_address();
  if (auto status = member->participant.Open(address, Now()); !status.ok()) return status;
  by_address_[address] = member.get();
  return &members_.emplace(id, std::move(member)).first->second->participant;
}

Swarm::Member& Swarm::MemberOf(const Participant& participant) const {
  return *members_.at(participant.id());
}

void Swarm::Remove(Participant* participant) {
  // The last word would get lost in a path that ends with it.
  MemberOf(*participant).path.Clear();
  participant->Leave(Now(), out_);
  Flush(*participant);
  Forget(*participant);
}

void Swarm::Drop(Participant* participant) {
  TransportOutbox unsent;
  endpoint_.RemoveSession(participant->id(), Now(), unsent);
  Forget(*participant);
}

void Swarm::Forget(const Participant& participant) {
  const TransportId id = participant.id();
  Member& member = MemberOf(participant);
  AddTo(closed_, *member.socket);
  for (const auto& socket : member.left_behind) AddTo(closed_, *socket);
  closed_.link_drops += member.path.lost();
  deadlines_.Remove(id);
  media_deadlines_.Remove(id);
  std::erase(touched_, &member);
  if (found_ == &member) found_ = nullptr;
  by_address_.erase(member.socket->local_address());
  members_.erase(id);
}

SwarmStats Swarm::stats() const {
  SwarmStats sum = closed_;
  for (const auto& [id, member] : members_) {
    AddTo(sum, *member->socket);
    for (const auto& socket : member->left_behind) AddTo(sum, *socket);
    sum.link_drops += member->path.lost();
  }
  return sum;
}

absl::Status Swarm::HandleAnswer(Participant& participant, std::string_view answer) {
  const SocketAddress local = MemberOf(participant).socket->local_address();
  const auto status = participant.HandleAnswer(answer, local, Now(), out_);
  Flush(participant);
  return status;
}

absl::StatusOr<std::string> Swarm::AnswerOffer(Participant& participant, std::string_view offer) {
  const SocketAddress local = MemberOf(participant).socket->local_address();
  auto answer = participant.AnswerOffer(offer, local, Now(), out_);
  Flush(participant);
  return answer;
}

absl::Status Swarm::AddRemoteCandidate(Participant& participant, std::string_view candidate) {
  const auto status = participant.AddRemoteCandidate(candidate, Now(), out_);
  Flush(participant);
  return status;
}

absl::Status Swarm::MoveToNewSocket(Participant& participant) {
  Member& member = MemberOf(participant);
  const auto stats = endpoint_.StatsOf(participant.id());
  if (!stats || !stats->selected) {
    return absl::FailedPreconditionError("the participant is not connected yet");
  }
  auto socket = Bind(member);
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
  Flush(participant);
  return status;
}

void Swarm::SetImpairment(Participant& participant, const Impairment& impairment) {
  MemberOf(participant).path.SetImpairment(impairment);
}

void Swarm::SetLink(Participant& participant, const LinkConfig& up, const LinkConfig& down) {
  MemberOf(participant).path.SetLinks(up, down, Now());
  Flush(participant);
}

const Link* Swarm::Uplink(const Participant& participant) const {
  return MemberOf(participant).path.up();
}

const Link* Swarm::Downlink(const Participant& participant) const {
  return MemberOf(participant).path.down();
}

void Swarm::HandleBatch(Member& member, std::span<ReceivedDatagram> batch) {
  const Timestamp now = Now();
  Touch(member);
  for (ReceivedDatagram& datagram : batch) {
    if (!member.path.Down(datagram, now)) continue;
    endpoint_.HandleDatagram(now, datagram.arrival, datagram.tuple, std::move(datagram.packet),
                             out_);
  }
  Deliver(member, now);
  RunDue(now);
}

void Swarm::Deliver(Member& member, Timestamp now) {
  while (auto datagram = member.path.PopDown(now)) {
    endpoint_.HandleDatagram(now, datagram->arrival, datagram->tuple, std::move(datagram->packet),
                             out_);
  }
}

void Swarm::HandleTimeouts() {
  const Timestamp now = Now();
  if (armed_for_ != kNever) {
    closed_.timer_lag.Add(now - armed_for_);
    armed_for_ = kNever;
  }
  endpoint_.HandleTimeout(now, out_);
  RunDue(now);
  Settle();
}

void Swarm::RunDue(Timestamp now) {
  RunMedia();
  while (const auto due = deadlines_.PopDue(now)) {
    const auto member = members_.find(*due);
    if (member == members_.end()) continue;
    RunAndSend(*member->second);
    RunMedia();
  }
}

void Swarm::RunMedia() {
  // Feedback of hundreds falls due together, and pictures that waited for it would come unevenly:
  // a server would be judged by bursts that no camera makes.
  const Timestamp now = Now();
  while (const auto due = media_deadlines_.PopDue(now)) {
    const auto member = members_.find(*due);
    if (member == members_.end()) continue;
    RunAndSend(*member->second);
    const Timestamp next = member->second->participant.NextMedia();
    if (next > now) media_deadlines_.Set(*due, next);  // or else when this turn is over
  }
}

void Swarm::RunAndSend(Member& member) {
  // What a member sends is stamped with the time that it is given, and leaves before the next one's
  // turn and before what others have ready: transit times are to hold nothing of what the generator
  // has to do.
  waiting_.swap(out_.datagrams);
  const Timestamp now = Now();
  Run(member, now);
  endpoint_.Flush(out_);
  CollectDatagrams(now);
  member.socket->Send(member.outgoing);
  member.outgoing.clear();
  waiting_.swap(out_.datagrams);
}

void Swarm::Run(Member& member, Timestamp now) {
  Touch(member);
  Deliver(member, now);
  if (member.participant.NextTimeout() <= now) member.participant.HandleTimeout(now, out_);
}

void Swarm::Flush() {
  for (const auto& [id, member] : members_) Touch(*member);
  Settle();
}

void Swarm::Flush(const Participant& participant) {
  Touch(MemberOf(participant));
  Settle();
}

void Swarm::Touch(Member& member) {
  if (std::exchange(member.touched, true)) return;
  touched_.push_back(&member);
}

Participant* Swarm::Find(TransportId id) {
  if (found_ == nullptr || found_->participant.id() != id) {
    const auto it = members_.find(id);
    if (it == members_.end()) return nullptr;
    found_ = it->second.get();
  }
  Touch(*found_);
  return &found_->participant;
}

void Swarm::Settle() {
  const Timestamp now = Now();
  PassOn(now);
  endpoint_.Flush(out_);
  CollectDatagrams(now);
  CollectFromPaths(now);
  SendAll();
  for (Member* member : touched_) {
    member->touched = false;
    Reschedule(*member);
  }
  touched_.clear();
  Arm(now);
}

void Swarm::PassOn(Timestamp now) {
  while (!out_.media.empty() || !out_.events.empty() || !out_.data.empty()) {
    passing_.media.swap(out_.media);
    passing_.events.swap(out_.events);
    passing_.data.swap(out_.data);
    for (const TransportEvent& event : passing_.events) {
      if (Participant* to = Find(IdOf(event))) to->HandleEvent(event, now, out_);
    }
    std::size_t handled = 0;
    for (ReceivedMedia& media : passing_.media) {
      if (Participant* to = Find(media.transport)) to->HandleMedia(std::move(media), now, out_);
      if (++handled % kMediaAtOnce == 0) RunDue(Now());
    }
    for (ReceivedData& data : passing_.data) {
      if (Participant* to = Find(data.transport)) to->HandleData(std::move(data));
    }
    passing_.Clear();
  }
}

// A socket sends what is its own, in as few calls as can be.
void Swarm::CollectDatagrams(Timestamp now) {
  const SocketAddress* last = nullptr;
  Member* from = nullptr;
  for (OutgoingDatagram& datagram : out_.datagrams) {
    if (last == nullptr || *last != datagram.tuple.local) {
      last = &datagram.tuple.local;
      const auto it = by_address_.find(*last);
      from = it == by_address_.end() ? nullptr : it->second;
    }
    if (from == nullptr) continue;
    if (from->path.Up(datagram, now)) {
      Enqueue(*from, std::move(datagram));
    } else {
      Touch(*from);
    }
  }
  out_.datagrams.clear();
}

// What has come to the end of the members' paths.
void Swarm::CollectFromPaths(Timestamp now) {
  for (Member* member : touched_) {
    while (auto datagram = member->path.PopUp(now)) Enqueue(*member, *std::move(datagram));
  }
}

void Swarm::Enqueue(Member& member, OutgoingDatagram datagram) {
  if (member.outgoing.empty()) sending_.push_back(&member);
  member.outgoing.push_back(std::move(datagram));
}

void Swarm::SendAll() {
  std::size_t sent = 0;
  // By index: the media in between may bring others.
  for (std::size_t i = 0; i < sending_.size(); ++i) {
    Member& member = *sending_[i];
    if (member.outgoing.empty()) continue;  // it has had a turn meanwhile
    member.socket->Send(member.outgoing);
    member.outgoing.clear();
    if (++sent % kSendersAtOnce == 0) RunMedia();
  }
  sending_.clear();
}

void Swarm::Reschedule(Member& member) {
  const Participant& participant = member.participant;
  deadlines_.Set(participant.id(), std::min(participant.NextTimeout(), member.path.NextTimeout()));
  media_deadlines_.Set(participant.id(), participant.NextMedia());
}

void Swarm::Arm(Timestamp now) {
  const Timestamp next = std::min(endpoint_.NextTimeout(), deadlines_.Next());
  if (next == armed_for_) return;
  armed_for_ = next;
  if (next == kNever) {
    uv_timer_stop(&timer_);
    return;
  }
  // libuv counts whole milliseconds of the same clock. Rounded up: a timer that fires early would
  // find nothing due.
  constexpr int64_t kMillisecond = 1'000'000;
  const int64_t due =
      ((std::max(next, now).time_since_epoch() - clock_offset_).count() + kMillisecond - 1) /
      kMillisecond;
  uv_update_time(&loop_);
  const int64_t wait = std::max<int64_t>(0, due - static_cast<int64_t>(uv_now(&loop_)));
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
