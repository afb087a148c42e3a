#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/synthetic/participant.h"
#include "controller/sdp/answer.h"
#include "rtc/base/random.h"
#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"
#include "transport/session/endpoint.h"
#include "worker/packet_path.h"

namespace stellwerk::synthetic {

// A whole call in one process and in virtual time: the server's SDP answers and packet path,
// participants, and a network between them that delays and loses what the test says.
class SimulatedRoom {
 public:
  struct Link {
    TimeDelta delay = std::chrono::milliseconds(10);
    double loss_to_server = 0;
    double loss_from_server = 0;
  };

  explicit SimulatedRoom(uint64_t seed = 1);
  ~SimulatedRoom();

  Participant& Join(ParticipantConfig config);
  // The participant's current state as a new offer.
  void Negotiate(Participant& participant);
  void Leave(Participant& participant);
  // Points a slot of `viewer` at a track of `publisher`.
  void Show(Participant& viewer, const std::string& slot, Participant& publisher,
            const std::string& track);
  void LimitLayers(Participant& viewer, const std::string& slot, int spatial, int temporal);
  Link& LinkOf(Participant& participant);

  void Run(TimeDelta duration);
  // False if it did not become true within `limit`.
  bool RunUntil(const std::function<bool()>& done, TimeDelta limit = std::chrono::seconds(10));
  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] TransportOutbox& outbox() { return clients_out_; }
  [[nodiscard]] Router& router() { return *path_->FindRouter(RouterId(1)); }
  [[nodiscard]] const Negotiated& negotiated(Participant& participant);
  AnswerPolicy policy;

 private:
  struct Member {
    std::unique_ptr<Participant> participant;
    SocketAddress address;
    Negotiated negotiated;
    Link link;
  };
  struct Flying {
    bool to_server = false;
    TransportId client;
    Tuple tuple;  // as the receiver sees it
    PacketRef packet;
  };

  Member& MemberOf(TransportId id) { return members_.at(id); }
  bool Step(Timestamp limit);
  void Flush();
  void Fly(Member& member, bool to_server, OutgoingDatagram& datagram);
  void Deliver(Flying flying);

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
  std::map<TransportId, Member> members_;
  std::multimap<Timestamp, Flying> network_;
  ProducerId next_producer_{1};
  ConsumerId next_consumer_{1};
};

}  // namespace stellwerk::synthetic
