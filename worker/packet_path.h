#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "rtc/base/deadline_heap.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/ids.h"
#include "rtc/base/outbox.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"
#include "rtc/router/router.h"
#include "transport/base/outbox.h"
#include "transport/base/received_datagram.h"
#include "transport/session/endpoint.h"
#include "worker/frame_gatherer.h"

namespace stellwerk {

// The way of a packet through the worker, and the only place where the secure transports (Endpoint)
// and the media of the rooms (Routers) meet. Sans-IO: datagrams go in with HandleBatch, and come
// out of Advance.
//
//   HandleBatch   classify, find the session; STUN, DTLS, SRTP, SCTP    Endpoint
//   Route         take in: loss, RTX, keyframes, levels; fan out,       Router
//                 select a layer, rewrite
//   Send          write header, payload and padding; wait for the rest of the frame; protect
//   Flush         protect what is faster in a batch; the worker hands all to the sockets
class PacketPath {
 public:
  // Bytes behind a packet that is written: for the gatherer's padding and for what protection adds.
  static constexpr std::size_t kRoomBehind =
      FrameGatherer::kMostPadding + Endpoint::kProtectionOverhead;

  // All must outlive it. `gather`: how long a frame's packets to a subscriber wait for each other
  // at most (FrameGatherer); zero: not at all.
  PacketPath(PacketPool& pool, Random& random, Endpoint& endpoint, TimeDelta gather = {});
  ~PacketPath();
  PacketPath(const PacketPath&) = delete;
  PacketPath& operator=(const PacketPath&) = delete;

  absl::Status AddRouter(RouterId id);
  // The router must have no transports.
  void RemoveRouter(RouterId id);
  absl::Status AddTransport(RouterId router, TransportId id, Timestamp now);
  void RemoveTransport(TransportId id, Timestamp now);
  // To call into a transport's or room's media; null if there is none. TouchRouter() after a call
  // that may have changed its deadline.
  [[nodiscard]] Router* FindRouter(RouterId id);
  [[nodiscard]] Router* RouterOf(TransportId id);
  void TouchRouter(const Router& router);

  // A batch from one socket, to be moved out of.
  void HandleBatch(Timestamp now, std::span<ReceivedDatagram> batch);
  void HandleTupleClosed(Timestamp now, const Tuple& tuple);
  // Of the rooms that are due only one, as a large one's tick takes a while: call it again when the
  // sockets have had their turn, as NextTimeout() says.
  void HandleTimeout(Timestamp now);
  // Those of the rooms are on kTurnGrid, so that all that is due about then takes one turn.
  [[nodiscard]] Timestamp NextTimeout() const;

  // Moves everything that waits in the outboxes on until what is left is for others: datagrams,
  // data messages and events. To be called after every input, before these are read.
  void Advance(Timestamp now) {
    while (AdvanceSome(now)) {
    }
  }
  // The same, but for no more RTP packets than fit in the cache: send what is in the outbox, and
  // call it again as long as it returns true.
  bool AdvanceSome(Timestamp now);

  // Where calls on the endpoint and on routers append to. Datagrams, data and events are taken by
  // the worker.
  [[nodiscard]] TransportOutbox& transport_outbox() { return transport_out_; }
  [[nodiscard]] RtcOutbox& rtc_outbox() { return rtc_out_; }
  // What the peers and rooms have to tell, in order; the reader clears them.
  [[nodiscard]] std::vector<TransportEvent>& transport_events() { return transport_events_; }
  [[nodiscard]] std::vector<RtcEvent>& rtc_events() { return rtc_events_; }
  [[nodiscard]] const GatherStats& gather_stats() const { return gatherer_.stats(); }

 private:
  struct Leg {  // a transport, as the path sees it
    Router* router = nullptr;
  };

  // Media of one transport, all RTP or all RTCP.
  void Route(Timestamp now, std::span<ReceivedMedia> media);
  // Writes packets of one stream, at most one frame, and hands them on unless they have to wait for
  // the rest of their frame.
  void Send(Timestamp now, std::span<const OutgoingRtp> run);
  [[nodiscard]] PacketRef Write(Timestamp now, const OutgoingRtp& rtp);
  void SendGathered();
  void HandleTransportEvent(Timestamp now, TransportEvent& event);

  PacketPool& pool_;
  Random& random_;
  Endpoint& endpoint_;
  absl::flat_hash_map<RouterId, std::unique_ptr<Router>> routers_;
  absl::flat_hash_map<TransportId, Leg> legs_;
  DeadlineHeap<RouterId> router_deadlines_;
  FrameGatherer gatherer_;
  std::size_t next_rtp_ = 0;  // of rtc_out_, to be written
  std::vector<PacketRef> written_;
  std::vector<FrameGatherer::Packet> gathered_;
  std::vector<ReceivedRtp> received_;  // kept for its memory
  TransportOutbox transport_out_;
  RtcOutbox rtc_out_;
  std::vector<TransportEvent> transport_events_;
  std::vector<RtcEvent> rtc_events_;
};

}  // namespace stellwerk
