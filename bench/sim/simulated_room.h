#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/link/payload_link.h"
#include "bench/sim/invitation.h"
#include "bench/synthetic/participant.h"
#include "controller/sdp/answer.h"
#include "rtc/base/deadline_heap.h"
#include "rtc/base/delay_counters.h"
#include "rtc/base/random.h"
#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"
#include "transport/session/endpoint.h"
#include "worker/packet_path.h"

namespace stellwerk::synthetic {

// What lies between a participant and the server.
struct Links {
  LinkConfig up;
  LinkConfig down;
};
// A path that is only far.
[[nodiscard]] inline Links FarLinks(TimeDelta delay) {
  return {.up = {.delay = delay}, .down = {.delay = delay}};
}
// Of every packet, besides its own bytes: IPv4 and UDP headers.
inline constexpr DataSize kIpUdpHeaders = DataSize::Bytes(28);

// A whole call in one process and in virtual time: the server's SDP answers and packet path,
// participants, and a link model in each direction between them. The same seed gives the same call.
//
// STUN and DTLS (data channels, too) take the links' delay only: OpenSSL's retransmission timer
// reads the wall clock, so a lost handshake packet would stay lost in virtual time.
class SimulatedRoom {
 public:
  explicit SimulatedRoom(uint64_t seed = 1);
  ~SimulatedRoom();
  SimulatedRoom(const SimulatedRoom&) = delete;
  SimulatedRoom& operator=(const SimulatedRoom&) = delete;

  Participant& Join(ParticipantConfig config,
                    const Links& links = FarLinks(std::chrono::milliseconds(10)));
  // A viewer to whom the server makes the offer, or another offer; the slots of the one before are
  // the first of it.
  Participant& Invite(const Invitation& invitation, Participant* viewer = nullptr);
  // The participant's current state as a new offer.
  void Negotiate(Participant& participant);
  void Leave(Participant& participant);
  // Points a slot of `viewer` at a track of `publisher`.
  void Show(Participant& viewer, const std::string& slot, Participant& publisher,
            const std::string& track);
  void SetDemand(Participant& viewer, const std::string& slot, const ConsumerDemand& demand);
  // From now on the participant's links are others; what is under way stays.
  void SetLinks(Participant& participant, const Links& links);
  [[nodiscard]] const Link& Uplink(Participant& participant);
  [[nodiscard]] const Link& Downlink(Participant& participant);
  // Told of every media packet that arrives at the participant.
  void ObserveDownlink(Participant& participant, std::function<void(const LinkDelivery&)> observer);

  void Run(TimeDelta duration);
  // False if it did not become true within `limit`.
  bool RunUntil(const std::function<bool()>& done, TimeDelta limit = std::chrono::seconds(10));
  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] TransportOutbox& outbox() { return clients_out_; }
  [[nodiscard]] Router& router() { return *path_->FindRouter(RouterId(1)); }
  [[nodiscard]] const Negotiated& negotiated(Participant& participant);
  [[nodiscard]] std::optional<ConsumerId> ConsumerOf(Participant& viewer, const std::string& slot);
  // The server's view of the way to a participant.
  [[nodiscard]] TransportStats StatsOf(Participant& participant);
  // What the server's pacers held back, of all participants together.
  [[nodiscard]] const PacingCounters& pacing() const { return path_->rtc_outbox().pacing; }
  AnswerPolicy policy;

 private:
  struct Flying {
    Tuple tuple;  // as the receiver sees it
    PacketRef packet;
  };
  struct Member {
    Member(TransportId transport, const Links& configs, uint64_t seed, Timestamp now)
        : id(transport),
          links(configs),
          up(configs.up, seed, now),
          down(configs.down, ~seed, now) {}
    TransportId id;
    std::unique_ptr<Participant> participant;
    SocketAddress address;
    Negotiated negotiated;
    Links links;
    PayloadLink<Flying> up;
    PayloadLink<Flying> down;
    std::function<void(const LinkDelivery&)> observer;
  };

  Member& AddMember(ParticipantConfig config, const Links& links);
  Member& MemberOf(TransportId id) { return *members_.at(id); }
  // The participant of whom this is the address.
  Member* MemberAt(const SocketAddress& address);
  bool Step(Timestamp limit);
  void RunMember(Member& member);
  void Schedule(Member& member);
  void Flush();
  void FlushClients();
  void HandleRtcEvent(const RtcEvent& event);
  void Fly(Member& member, bool to_server, OutgoingDatagram& datagram);
  void DeliverToServer(Flying flying);
  void DeliverToClient(Flying flying);

  Timestamp now_;
  SeededRandom random_;
  PacketPool pool_;
  SctpStack sctp_;
  DtlsIdentity server_identity_;
  DtlsIdentity client_identity_;
  Endpoint server_;
  Endpoint clients_;
  std::unique_ptr<PacketPath> path_;
  TransportOutbox clients_out_;
  std::map<TransportId, std::unique_ptr<Member>> members_;
  DeadlineHeap<TransportId> member_deadlines_;
  std::multimap<Timestamp, std::function<void()>> later_;
  ProducerId next_producer_{1};
  ConsumerId next_consumer_{1};
};

}  // namespace stellwerk::synthetic
