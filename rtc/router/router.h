#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "absl/status/status.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/outbox.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"
#include "rtc/router/router_stats.h"

namespace stellwerk {

// A decrypted RTP packet.
struct ReceivedRtp {
  Timestamp arrival{};  // the kernel's receive stamp
  PacketRef packet;
};

// One room's media: takes decrypted RTP and RTCP of its transports, forwards each producer's
// packets to the slots (consumers) that point at it, and speaks RTCP with both sides. Sans-IO:
// everything to be sent or told is appended to an RtcOutbox, and NextTimeout() says when
// HandleTimeout() wants to be called.
//
// Control calls that get an unknown id answer absl::NotFoundError; an id, SSRC or MID that is taken
// already answers absl::AlreadyExistsError. What an Add* call owes to the peers (keyframe requests,
// loudest slots) is done at the next HandleTimeout, which is due at once.
class Router {
 public:
  // `random` must outlive the router.
  Router(RouterId id, Random& random);
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // The media side of a transport. It is not writable at first: its consumers emit nothing until
  // DTLS is up.
  absl::Status AddTransport(TransportId id, Timestamp now);
  // Removes its producers and consumers too. Nothing more is sent to it.
  void RemoveTransport(TransportId id, Timestamp now, RtcOutbox& out);
  void OnTransportWritable(TransportId id, bool writable, Timestamp now, RtcOutbox& out);

  absl::Status AddProducer(ProducerId id, TransportId transport,
                           const ProducerParameters& parameters, Timestamp now);
  // Slots that point at it become empty (those in `loudest` mode are filled anew).
  void RemoveProducer(ProducerId id, Timestamp now, RtcOutbox& out);
  // A paused producer's packets are received and reported on, but not forwarded.
  absl::Status SetProducerPaused(ProducerId id, bool paused, Timestamp now, RtcOutbox& out);

  absl::Status AddConsumer(ConsumerId id, TransportId transport,
                           const ConsumerParameters& parameters, Timestamp now);
  // Says BYE for its SSRC.
  void RemoveConsumer(ConsumerId id, Timestamp now, RtcOutbox& out);
  // Points the slot at a producer, or at nothing. The old picture is left at once, the new one
  // begins with its next keyframe, which is requested here. A producer that the slot has no codec
  // for is told by ConsumerCodecUnsupported.
  absl::Status SetConsumerSource(ConsumerId id, std::optional<ProducerId> source, Timestamp now,
                                 RtcOutbox& out);
  // What the slot is wanted for. Which layer it gets, the transport's allocation says.
  absl::Status SetConsumerDemand(ConsumerId id, const ConsumerDemand& demand, Timestamp now,
                                 RtcOutbox& out);
  absl::Status SetConsumerPaused(ConsumerId id, bool paused, Timestamp now, RtcOutbox& out);
  absl::Status RequestKeyframe(ConsumerId id, Timestamp now, RtcOutbox& out);

  // Decrypted RTP packets from `transport`, in the order in which they came; to be moved out of.
  // All that came together, for each slot's state is then looked at once for all of them. What is
  // dropped is counted in out.drops.
  void HandleRtp(Timestamp now, TransportId transport, std::span<ReceivedRtp> packets,
                 RtcOutbox& out);
  // A decrypted compound (or reduced-size) RTCP packet.
  void HandleRtcp(Timestamp now, TransportId transport, std::span<const uint8_t> packet,
                  RtcOutbox& out);

  void HandleTimeout(Timestamp now, RtcOutbox& out);
  [[nodiscard]] Timestamp NextTimeout() const;

  [[nodiscard]] RouterId id() const;
  [[nodiscard]] bool empty() const;  // no transport is left
  [[nodiscard]] std::optional<TransportStats> GetTransportStats(TransportId id,
                                                                Timestamp now) const;
  [[nodiscard]] std::optional<ProducerStats> GetProducerStats(ProducerId id, Timestamp now) const;
  [[nodiscard]] std::optional<ConsumerStats> GetConsumerStats(ConsumerId id, Timestamp now) const;
  // Adds this room's to the sum. Much less work than the statistics of each.
  void AddServiceTo(ServiceQuality& sum) const;

 private:
  class Room;
  std::unique_ptr<Room> room_;
};

}  // namespace stellwerk
