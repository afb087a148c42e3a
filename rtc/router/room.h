#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "rtc/allocation/allocator.h"
#include "rtc/audio/audio_level_observer.h"
#include "rtc/audio/loudest_ranking.h"
#include "rtc/base/deadline_heap.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/outbox.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/random.h"
#include "rtc/base/rate_meter.h"
#include "rtc/base/units.h"
#include "rtc/consumer/consumer.h"
#include "rtc/producer/producer.h"
#include "rtc/producer/source_clock.h"
#include "rtc/producer/transport_cc_recorder.h"
#include "rtc/router/downlink.h"
#include "rtc/router/router.h"
#include "rtc/router/stream_demultiplexer.h"
#include "rtc/rtcp/compound.h"

namespace stellwerk {

// What is inside a Router. Its parts, one source file each: room.cc keeps the objects, room_rtp.cc
// is the way of an RTP packet, room_rtcp.cc that of RTCP in both directions, room_layers.cc says
// which layer each slot gets, room_timers.cc what happens by itself, room_stats.cc what is told.
class Router::Room {
 public:
  Room(RouterId id, Random& random) : id_(id), random_(random) {}

  absl::Status AddTransport(TransportId id, Timestamp now);
  void RemoveTransport(TransportId id, Timestamp now, RtcOutbox& out);
  void OnTransportWritable(TransportId id, bool writable, Timestamp now, RtcOutbox& out);
  absl::Status AddProducer(ProducerId id, TransportId transport,
                           const ProducerParameters& parameters, Timestamp now);
  void RemoveProducer(ProducerId id, Timestamp now, RtcOutbox& out);
  absl::Status SetProducerPaused(ProducerId id, bool paused, Timestamp now, RtcOutbox& out);
  absl::Status AddConsumer(ConsumerId id, TransportId transport,
                           const ConsumerParameters& parameters, Timestamp now);
  void RemoveConsumer(ConsumerId id, Timestamp now, RtcOutbox& out);
  absl::Status SetConsumerSource(ConsumerId id, std::optional<ProducerId> source, Timestamp now,
                                 RtcOutbox& out);
  absl::Status SetConsumerDemand(ConsumerId id, const ConsumerDemand& demand, Timestamp now,
                                 RtcOutbox& out);
  absl::Status SetConsumerPaused(ConsumerId id, bool paused, Timestamp now, RtcOutbox& out);
  absl::Status RequestKeyframe(ConsumerId id, Timestamp now, RtcOutbox& out);

  void HandleRtp(Timestamp now, TransportId transport, std::span<ReceivedRtp> packets,
                 RtcOutbox& out);
  void HandleRtcp(Timestamp now, TransportId transport, std::span<const uint8_t> packet,
                  RtcOutbox& out);
  void HandleTimeout(Timestamp now, RtcOutbox& out);
  [[nodiscard]] Timestamp NextTimeout() const {
    return std::min(
        {next_tick_, next_loudest_, transport_deadlines_.Next(), producer_deadlines_.Next()});
  }

  [[nodiscard]] RouterId id() const { return id_; }
  [[nodiscard]] bool empty() const { return transports_.empty(); }
  [[nodiscard]] std::optional<TransportStats> GetTransportStats(TransportId id,
                                                                Timestamp now) const;
  [[nodiscard]] std::optional<ProducerStats> GetProducerStats(ProducerId id, Timestamp now) const;
  [[nodiscard]] std::optional<ConsumerStats> GetConsumerStats(ConsumerId id, Timestamp now) const;
  void AddServiceTo(ServiceQuality& sum) const;

 private:
  struct Slot;
  static constexpr uint32_t kAllEncodings = 0xFFFFFFFF;
  static constexpr std::size_t kMaxWatchedEncodings = 8;
  // A producer and who plays it.
  struct Source {
    std::unique_ptr<Producer> producer;
    std::vector<Slot*> slots;
    uint32_t active_encodings = 0;
    std::optional<Timestamp> last_media;  // while it counts as active
    std::vector<LayerOption> options;     // as of the last tick
    // When the last few slots were pointed at it, the newest last.
    std::array<Timestamp, 4> newcomers{};
    // What the publisher was told that somebody watches, and when each was watched last.
    uint32_t encodings_wanted = kAllEncodings;
    std::array<Timestamp, kMaxWatchedEncodings> watched{};
  };
  struct Transport {
    TransportId id;
    bool writable = false;
    Ssrc rtcp_ssrc;  // under which we send feedback
    StreamDemultiplexer demultiplexer;
    PublisherClock clock;
    TransportCcRecorder transport_cc;
    std::vector<ExtensionId> transport_cc_ids;  // of its m-lines; nearly always one
    Ssrc last_media_ssrc;
    std::vector<Slot*> slots;
    absl::flat_hash_map<Ssrc, Slot*> slots_by_ssrc;  // media and RTX
    // Next to each other: every packet that is sent needs them.
    Timestamp scheduled = kNever;  // in transport_deadlines_
    Downlink downlink;
    Allocator allocator;
    RateMeter audio_sent;
    RateMeter retransmitted;
    DataRate allocated;
    DataRate allocated_from;  // the link's rate then
    DataRate wanted;
    Timestamp next_report = kNever;
    // RFC 3611 §4.4: a receiver's reference time that we have not answered yet.
    struct ReferenceTime {
      Ssrc receiver;
      uint32_t compact = 0;
      Timestamp arrival;
    };
    std::optional<ReferenceTime> reference_time;
  };
  struct Slot {
    std::unique_ptr<Consumer> consumer;
    Transport* transport = nullptr;
    Source* source = nullptr;
    RateMeter sent;  // these are what every packet needs
    ConsumerDemand demand;
    bool paused = false;
    SlotHistory allocation;
    SlotDecision decision;
    std::optional<uint8_t> asked_for;         // the encoding whose keyframe it waits for
    std::optional<Timestamp> replay_awaited;  // since when it waits for its turn to be replayed
  };
  // How a slot finds what it sent before.
  struct HistoryReader {
    Room& room;
    std::optional<SourcePacket> operator()(ProducerId producer, uint8_t encoding,
                                           ExtendedSeqNum seq) const {
      const Source* source = room.FindSource(producer);
      return source == nullptr ? std::nullopt : source->producer->FromHistory(encoding, seq);
    }
  };

  Transport* FindTransport(TransportId id);
  Source* FindSource(ProducerId id);
  Slot* FindSlot(ConsumerId id);

  // room.cc
  void Detach(Slot& slot);
  void Point(Slot& slot, Source* source, Timestamp now, RtcOutbox& out);
  [[nodiscard]] static bool IsVideo(const Slot& slot) {
    return slot.consumer->parameters().kind == MediaKind::kVideo;
  }
  // True if it may send now and could not before, or the other way round.
  static bool RefreshEnabled(Slot& slot);
  void UpdateEnabled(Slot& slot, Timestamp now, RtcOutbox& out);
  void RefreshTransportCcIds(Transport& transport);

  // room_rtp.cc
  void RecordTransportCc(Transport& transport, const RtpPacketView& view, Timestamp arrival,
                         Timestamp now);
  void NoteActivity(Source& source, Timestamp now, RtcOutbox& out);
  void NoteAudioLevel(const SourcePacket& packet, Timestamp arrival, Timestamp now, RtcOutbox& out);
  void TakeIn(Transport& transport, ReceivedRtp& received, Timestamp now, RtcOutbox& out);
  // What TakeIn() left for it.
  void FanOut(Timestamp now, RtcOutbox& out);
  static void PrefetchSlots(std::span<Slot* const> slots, std::size_t at);
  void Deliver(Slot& slot, std::span<const SourcePacket> packets, Timestamp now, RtcOutbox& out);
  // Starts the slot from the latest keyframe of `encoding` in the history instead of asking for
  // one.
  enum class Replayed : uint8_t {
    kDone,
    kLater,  // worth waiting for: what waits in the pacer already has to go first
    kNot,    // there is none, or too much would have to be sent
  };
  Replayed Replay(Slot& slot, uint8_t encoding, Timestamp now, RtcOutbox& out);
  void CatchUp(Slot& slot, const SourcePacket& start, Timestamp now, RtcOutbox& out);

  void Admit(Slot& slot, std::size_t first, Timestamp now, RtcOutbox& out);

  // room_layers.cc
  // Allocate() sets the targets; Reallocate() asks for the keyframes that they need, too.
  void Allocate(Transport& transport, Timestamp now);
  void Reallocate(Transport& transport, Timestamp now, RtcOutbox& out);
  void UpdateEstimated(Transport& transport);
  [[nodiscard]] DataRate AvailableForVideo(const Transport& transport, Timestamp now) const;
  void UpdateOptions(Source& source, Timestamp now);
  void UpdateEncodingsWanted(Source& source, Timestamp now, RtcOutbox& out);
  void FollowEstimate(Transport& transport, Timestamp now, RtcOutbox& out);
  void Release(Transport& transport, Timestamp now, RtcOutbox& out);
  // Makes what padding a probe lacks. False if there was nothing to do, or nothing to do it with.
  bool Pad(Transport& transport, Timestamp now, RtcOutbox& out);

  // room_rtcp.cc
  void SendRtcp(const Transport& transport, std::span<const RtcpMessage> messages, RtcOutbox& out);
  void SendFeedback(const Transport& transport, Producer::Feedback& feedback, RtcOutbox& out);
  void AskForKeyframe(Slot& slot, KeyframeReason reason, Timestamp now, RtcOutbox& out);
  void AskForKeyframes(Source& source, Timestamp now, RtcOutbox& out);
  void OnSubscriberWantsKeyframe(Transport& transport, Ssrc media, Timestamp now, RtcOutbox& out);
  void OnSenderReport(Transport& transport, const SenderReport& report, Timestamp now);
  void OnReportBlocks(Transport& transport, const ReportBlocks& blocks, Timestamp now,
                      RtcOutbox& out);
  void OnNack(Transport& transport, const Nack& nack, Timestamp now, RtcOutbox& out);
  void OnBye(Transport& transport, const Bye& bye);
  [[nodiscard]] std::optional<SenderReport> MakeSenderReport(const Slot& slot, Timestamp now) const;
  void SendSenderReport(const Slot& slot, Timestamp now, RtcOutbox& out);
  void SendReports(Transport& transport, Timestamp now, RtcOutbox& out);

  // room_timers.cc
  // To be called whenever a deadline may have become earlier.
  void Schedule(Transport& transport);
  void Schedule(const Producer& producer);
  void HandleTimeout(Transport& transport, Timestamp now, RtcOutbox& out);
  void DrawReportTime(Transport& transport, Timestamp now);
  void FlushTransportCc(Transport& transport, Timestamp now, RtcOutbox& out);
  void Tick(Timestamp now, RtcOutbox& out);
  void CheckSource(Source& source, Timestamp now, RtcOutbox& out);
  // True if others are active than before.
  bool UpdateActiveEncodings(Source& source, Timestamp now);
  void UpdateSpeakers(Timestamp now, RtcOutbox& out);
  void FillLoudest(Transport& transport, Timestamp now, RtcOutbox& out);

  // room_speakers.cc
  // Gives speakers, the first ones first, one of every listener's `loudest` slots each, where there
  // is one to be had.
  void MakeHeard(std::span<const ProducerId> ids, Timestamp now, RtcOutbox& out);

  RouterId id_;
  Random& random_;
  absl::flat_hash_map<TransportId, std::unique_ptr<Transport>> transports_;
  absl::flat_hash_map<ProducerId, std::unique_ptr<Source>> sources_;
  absl::flat_hash_map<ConsumerId, std::unique_ptr<Slot>> slots_;
  std::vector<ProducerId> audio_producers_;  // in the order in which they came
  AudioLevelObserver levels_;
  LoudestRanking ranking_{LoudestRanking::Config{.size = 8}};
  // When the `loudest` slots are to be filled anew, because who may be in them has changed.
  Timestamp next_loudest_ = kNever;
  Producer::Feedback feedback_;  // kept for its memory
  // Of one source, to be fanned out before HandleRtp() is done; empty otherwise.
  std::vector<SourcePacket> taken_;
  Source* taken_from_ = nullptr;
  std::vector<SlotRequest> requests_;  // kept for their memory
  std::vector<Slot*> requesting_;
  Timestamp next_tick_ = kNever;
  DeadlineHeap<TransportId> transport_deadlines_;
  DeadlineHeap<ProducerId> producer_deadlines_;
  std::vector<TransportId> due_;  // kept for its memory
};

}  // namespace stellwerk
