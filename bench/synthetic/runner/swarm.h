#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/link/link.h"
#include "bench/synthetic/impairment.h"
#include "bench/synthetic/participant.h"
#include "bench/synthetic/runner/swarm_stats.h"
#include "rtc/base/deadline_heap.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"
#include "transport/base/outbox.h"
#include "transport/base/received_datagram.h"
#include "transport/base/socket_address.h"
#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"
#include "transport/session/endpoint.h"
#include "transport/udp/udp_socket.h"

namespace stellwerk::synthetic {

struct SwarmOptions {
  SocketAddress local = {IpAddress::V4({127, 0, 0, 1}), 0};  // of the participants' sockets
  uint64_t seed = 1;                                         // of everything random in it
  // usrsctp exists once in a process: whoever has another user of it on this thread shares it.
  // Null: its own.
  SctpStack* sctp = nullptr;
};

// Synthetic participants on one thread: a libuv loop, one endpoint, and a UDP socket for each
// participant.
class Swarm {
 public:
  static absl::StatusOr<std::unique_ptr<Swarm>> Create(const SwarmOptions& options = {});
  ~Swarm();
  Swarm(const Swarm&) = delete;
  Swarm& operator=(const Swarm&) = delete;

  // With a socket of its own; `config.id` is allocated here. It lives until Remove or the swarm's
  // end.
  absl::StatusOr<Participant*> Add(ParticipantConfig config);
  // Leaves (close_notify) and closes the socket. The pointer is invalid afterwards.
  void Remove(Participant* participant);
  // Vanishes without a word, as a laptop whose lid is closed.
  void Drop(Participant* participant);
  // Hands an answer to the participant.
  absl::Status HandleAnswer(Participant& participant, std::string_view answer);
  // The participant's answer to an offer of the server's, and a candidate that came with neither:
  // see Participant.
  absl::StatusOr<std::string> AnswerOffer(Participant& participant, std::string_view offer);
  absl::Status AddRemoteCandidate(Participant& participant, std::string_view candidate);
  // From now on the participant sends and receives on another socket, as a phone that leaves the
  // Wi-Fi. To be followed by an ICE restart (RestartIce, offer, answer) or not: the server has to
  // notice the new address either way.
  absl::Status MoveToNewSocket(Participant& participant);
  void SetImpairment(Participant& participant, const Impairment& impairment);
  // From now on a path of this kind lies between the participant and its socket; all its datagrams
  // take it, those of the handshakes too. What is under way stays so. It comes on top of the
  // impairment, and times are kept to 1 ms.
  void SetLink(Participant& participant, const LinkConfig& up, const LinkConfig& down);
  // The model, with what its bottleneck would carry; null if none was set.
  [[nodiscard]] const Link* Uplink(const Participant& participant) const;
  [[nodiscard]] const Link* Downlink(const Participant& participant) const;

  // Runs the loop. Each returns after the condition has become true, or false at the end of
  // `limit`.
  bool RunUntil(const std::function<bool()>& done, TimeDelta limit);
  void RunFor(TimeDelta duration);

  // For calls on participants that take an outbox: after them, Flush(). Better with the only
  // participant concerned, for else all are looked at.
  [[nodiscard]] TransportOutbox& outbox() { return out_; }
  void Flush();
  void Flush(const Participant& participant);
  [[nodiscard]] Timestamp Now() const;
  [[nodiscard]] SwarmStats stats() const;
  [[nodiscard]] uv_loop_t* loop() { return &loop_; }
  [[nodiscard]] Random& random() { return random_; }

 private:
  struct Member;

  Swarm(const SwarmOptions& options, DtlsIdentity identity);
  absl::Status Start();
  absl::StatusOr<std::unique_ptr<UdpSocket>> Bind(Member& member);
  [[nodiscard]] Member& MemberOf(const Participant& participant) const;
  void Forget(const Participant& participant);
  void HandleBatch(Member& member, std::span<ReceivedDatagram> batch);
  // What has arrived at the end of the member's path.
  void Deliver(Member& member, Timestamp now);
  void HandleTimeouts();
  // Whoever has something to send now does. In between, too: if thousands of packets that came in
  // were dealt with first, everybody would send at once after that, as nobody does.
  void RunDue(Timestamp now);
  // The media that is due, before anything else that is.
  void RunMedia();
  void RunAndSend(Member& member);
  void Run(Member& member, Timestamp now);
  // Passes on what the endpoint yielded, sends, and sets the timer; only for participants that were
  // touched.
  void Settle();
  void PassOn(Timestamp now);
  Participant* Find(TransportId id);
  void Touch(Member& member);
  void Reschedule(Member& member);
  void CollectDatagrams(Timestamp now);
  void CollectFromPaths(Timestamp now);
  void Enqueue(Member& member, OutgoingDatagram datagram);
  // And in between the media that falls due.
  void SendAll();
  void Arm(Timestamp now);

  SwarmOptions options_;
  uv_loop_t loop_{};
  TimeDelta clock_offset_;
  SeededRandom random_;
  PacketPool pool_;
  std::shared_ptr<UdpMemory> udp_memory_;
  DtlsIdentity identity_;
  std::unique_ptr<SctpStack> own_sctp_;
  Endpoint endpoint_;
  TransportOutbox out_;
  TransportOutbox passing_;  // being passed on; kept for its memory
  absl::flat_hash_map<TransportId, std::unique_ptr<Member>> members_;
  absl::flat_hash_map<SocketAddress, Member*> by_address_;
  DeadlineHeap<TransportId> deadlines_;
  DeadlineHeap<TransportId> media_deadlines_;  // of those, when media is due: it goes first
  std::vector<Member*> touched_;
  std::vector<Member*> sending_;
  std::vector<OutgoingDatagram> waiting_;  // of others, during a member's turn
  Member* found_ = nullptr;                // by Find; media of one participant comes in a row
  uint32_t next_id_ = 1;
  uv_timer_t timer_{};
  Timestamp armed_for_ = kNever;
  uv_check_t after_poll_{};
  SwarmStats closed_;  // of sockets and paths that are no more, and what belongs to none
};

}  // namespace stellwerk::synthetic
