#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "rtc/base/ids.h"
#include "rtc/base/layer.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/outbox.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"
#include "rtc/consumer/frame_rewriter.h"
#include "rtc/consumer/layer_filter.h"
#include "rtc/consumer/number_map.h"
#include "rtc/consumer/retransmission_budget.h"
#include "rtc/consumer/run_tail.h"
#include "rtc/consumer/sent_log.h"
#include "rtc/consumer/simulcast_selector.h"
#include "rtc/consumer/slot_header.h"
#include "rtc/consumer/timestamp_rewriter.h"
#include "rtc/producer/delivery_score.h"
#include "rtc/producer/frame_continuity.h"
#include "rtc/producer/source_packet.h"
#include "rtc/rtcp/nack.h"
#include "rtc/rtcp/report_block.h"
#include "rtc/rtcp/sender_report.h"

namespace stellwerk {

// A slot: one outgoing RTP stream of a subscriber, with a fixed SSRC, that plays one producer at a
// time. To its receiver it looks like a single sender that never stops: sequence numbers,
// timestamps and frame numbers go on over changes of source and layer.
class Consumer {
 public:
  struct Counters {
    uint64_t packets = 0;
    uint64_t bytes = 0;  // payload
    uint64_t retransmitted = 0;
    uint64_t nacked = 0;
    uint64_t unanswered = 0;  // too old, too often, or over the budget
    uint64_t switches = 0;
    uint64_t padding_bytes = 0;
    // Numbers that were asked for and could not be sent again.
    uint64_t lost_after_repair = 0;
  };

  Consumer(ConsumerId id, TransportId transport, const ConsumerParameters& parameters,
           Random& random, Timestamp now);
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  // Plays `producer` from its next decodable packet on; nullopt: nothing.
  void SetSource(std::optional<ProducerId> producer, const ProducerParameters* parameters);
  // False: emits nothing (paused, or its transport is not up). When it goes on, it does so from a
  // decodable packet.
  void SetEnabled(bool enabled);
  // The layer to be sent; nullopt: no picture, until there is a target again. What the source does
  // not have is replaced by the best below it, so the default stands for "the best there is". It
  // takes effect at the next place where the receiver's decoder can follow, and is kept over
  // changes of source.
  void SetTarget(std::optional<Layer> target);
  // Which encodings of its source are being received, a bit each.
  void OnActiveEncodings(uint32_t mask) { selector_.OnActive(mask); }

  // HandlePacket() will be called soon, for one packet or a few: has what it needs fetched from
  // memory. First the slot itself; then, when that is there, what it refers to; then what that
  // refers to.
  void Prefetch() const;
  void PrefetchRings() const;
  void PrefetchPicture() const;
  // A packet of the source. True if a run began with it: a switch took effect.
  bool HandlePacket(const SourcePacket& packet, Timestamp now, RtcOutbox& out);

  // The newest packet that was sent ended a frame: nothing is cut off by going on with another one.
  [[nodiscard]] bool between_frames() const { return between_frames_; }
  // The packets that follow, from `first` (a keyframe's) to `live`, are from the past and are sent
  // together now, so that the slot need not wait for a keyframe.
  void StartReplay(const SourcePacket& first, const SourcePacket& live) {
    replay_ = {.encoding = first.encoding,
               .first = first.timestamp,
               .live = live.timestamp,
               .captured = live.captured};
  }

  using HistoryLookup = absl::FunctionRef<std::optional<SourcePacket>(
      ProducerId producer, uint8_t encoding, ExtendedSeqNum seq)>;
  struct RepairPath {
    float loss = 0;  // what it loses however little is sent, 0..1
    // As much may be repaired now; the packet that exceeds it may be larger.
    DataSize room = DataSize::Bytes(std::numeric_limits<int32_t>::max());
  };
  // RFC 4585 §6.2.1, answered by RFC 4588 retransmissions only: a second SRTP packet of one number
  // would need the same nonce.
  void HandleNack(const Nack& nack, const RepairPath& path, Timestamp now, HistoryLookup history,
                  RtcOutbox& out);
  // Makes about `wanted` bytes that a receiver can do without, to probe its network with: recently
  // sent packets once more, else empty ones, always on the RTX stream, so that the numbers of the
  // media are left alone. Before the first packet, too: a link of which nothing is known may seem
  // too small for the only layer there is. Returns what was made, headers included; nothing if the
  // slot has no RTX or no source.
  DataSize MakePadding(DataSize wanted, HistoryLookup history, RtcOutbox& out);
  void OnReportBlock(const ReportBlock& block, std::optional<TimeDelta> round_trip_time);

  // RFC 3550 §6.4.1. `source_timestamp` is what the current encoding's timestamp is now. nullopt if
  // nothing was sent.
  [[nodiscard]] std::optional<SenderReport> MakeSenderReport(Timestamp now,
                                                             int64_t source_timestamp) const;

  // The encoding whose keyframe the slot waits for, to begin or to go over to its target; nullopt:
  // all is as it should be, or can be had without one.
  [[nodiscard]] std::optional<uint8_t> AwaitedEncoding() const;
  // Nothing of this source can be played for want of a codec.
  [[nodiscard]] bool codec_unsupported() const { return source_ && !any_codec_; }

  [[nodiscard]] ConsumerId id() const { return id_; }
  [[nodiscard]] TransportId transport() const { return transport_; }
  [[nodiscard]] const ConsumerParameters& parameters() const { return parameters_; }
  [[nodiscard]] std::optional<ProducerId> source() const { return source_; }
  [[nodiscard]] const SimulcastSelector& selector() const { return selector_; }
  // What is being sent; nullopt: nothing (yet).
  [[nodiscard]] std::optional<Layer> current() const;
  [[nodiscard]] std::optional<Layer> target() const { return target_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  // Frames that were sent, and gaps between them.
  [[nodiscard]] const FrameContinuity& continuity() const { return continuity_; }
  // 0 (unusable) to 10 (nothing missing after repair), by the subscriber's reports.
  [[nodiscard]] uint8_t score() const { return score_.score(); }
  [[nodiscard]] bool enabled() const { return enabled_; }
  [[nodiscard]] bool has_sent() const { return counters_.packets > 0; }
  [[nodiscard]] std::optional<TimeDelta> round_trip_time() const { return round_trip_time_; }
  [[nodiscard]] uint8_t fraction_lost() const { return fraction_lost_; }

 private:
  static constexpr int8_t kNoCodec = -1;
  static constexpr Layer kBestLayer{
      .encoding = 0xFF, .spatial = SpatialLayer(0xFF), .temporal = TemporalLayer(0xFF)};

  [[nodiscard]] bool is_audio() const { return parameters_.kind == MediaKind::kAudio; }
  void StartRun(const SourcePacket& packet, int8_t codec, Timestamp now, RtcOutbox& out);
  bool HandleUnpacked(const SourcePacket& packet, Timestamp now, RtcOutbox& out);
  // Passes the target on to the filter, as far as it concerns the encoding that is carried.
  void UpdateLimits();
  // Which frame numbers the packet goes out with; nullopt: not at all.
  std::optional<FrameNumbers> Select(const SourcePacket& packet, LayerVerdict& verdict);
  std::optional<FrameNumbers> Decide(const SourcePacket& packet, LayerVerdict& verdict);
  void Forward(const SourcePacket& packet, const FrameNumbers& frame, bool marker, Timestamp now,
               RtcOutbox& out);
  // What becomes of one packet.
  struct Rewriting {
    int64_t output = 0;
    int8_t codec = kNoCodec;
    PayloadType payload_type;
    RtpTimestamp timestamp;
    FrameNumbers frame;
    bool marker = false;
    bool rewrites_payload = true;
  };
  // False: it can't be written, and its number is filled.
  bool Send(const SourcePacket& packet, const Rewriting& as, Timestamp now, RtcOutbox& out);
  // The run ends with numbers kept: they stay open for a while if what is missing can still come.
  void EndRun(const SourcePacket& next, Timestamp now, RtcOutbox& out);
  // True: the packet was missing in a run before, and is dealt with.
  bool HandleTails(const SourcePacket& packet, int8_t codec, Timestamp now, RtcOutbox& out);
  void FillTail(std::size_t i, Timestamp now, RtcOutbox& out);
  // Fills a number that receivers wait for with an empty packet.
  void Fill(int64_t output, Timestamp now, RtcOutbox& out) {
    FillAs(output, run_codec_, timestamps_.newest(), now, out);
  }
  void FillAs(int64_t output, int8_t codec_or_none, RtpTimestamp timestamp, Timestamp now,
              RtcOutbox& out);
  // Returns what was sent.
  DataSize Resend(SentLog::Entry& entry, int copies, Timestamp now, HistoryLookup history,
                  RtcOutbox& out);
  void GiveUp(SentLog::Entry& entry);
  void UpdateScore(const ReportBlock& block);
  // Appends a packet with this header; nullptr, and nothing appended, if the header is too large.
  OutgoingRtp* Emit(const SlotHeaderFields& fields, RtpClass media_class, RtcOutbox& out);
  // A retransmission of `entry`; nullptr if it can't be made.
  OutgoingRtp* EmitRtx(const SentLog::Entry& entry, HistoryLookup history, RtcOutbox& out);
  // `size` bytes of padding on the RTX stream.
  OutgoingRtp* EmitPadding(uint8_t size, RtcOutbox& out);

  // What every packet needs comes first, close together: a slot's state is seldom in the cache.
  TransportId transport_;
  bool enabled_ = false;
  bool any_codec_ = false;
  bool mid_known_ = false;
  bool between_frames_ = true;
  int8_t run_codec_ = kNoCodec;
  PayloadType run_payload_type_;
  ProducerId run_producer_;
  uint8_t run_encoding_ = 0;
  std::vector<RunTail> tails_;  // mostly empty; the oldest first
  SimulcastSelector selector_;
  std::optional<Layer> target_ = kBestLayer;
  std::optional<uint8_t> red_codec_;       // of the source, if its primary is to be taken out
  absl::InlinedVector<int8_t, 8> codecs_;  // the source's codec -> ours, or kNoCodec
  struct Picture {
    int64_t timestamp = 0;
    std::optional<uint16_t> source_id;
    FrameNumbers numbers;
  };
  std::optional<Picture> picture_;       // of VP8, the latest in this run of which a packet passed
  std::optional<int64_t> newest_frame_;  // source timestamp, in this run
  NumberMap sequence_;
  TimestampRewriter timestamps_;
  SlotHeader header_;
  RetransmissionBudget budget_;
  SentLog sent_;
  Counters counters_;
  ConsumerParameters parameters_;
  LayerFilter filter_;
  FrameRewriter frames_;
  FrameContinuity continuity_;

  ConsumerId id_;
  std::optional<ProducerId> source_;
  struct Replay {
    uint8_t encoding = 0;
    int64_t first = 0;
    int64_t live = 0;
    Timestamp captured{};
  };
  std::optional<Replay> replay_;  // that is about to begin
  uint16_t rtx_sequence_;
  DeliveryScore score_;
  struct Reported {
    uint32_t highest = 0;
    int32_t lost = 0;
    uint64_t repaired = 0;
    uint64_t unrepaired = 0;
  };
  std::optional<Reported> reported_;  // as of the last report that was judged
  uint64_t repaired_ = 0;             // numbers that were sent again
  std::optional<TimeDelta> round_trip_time_;
  uint8_t fraction_lost_ = 0;
};

}  // namespace stellwerk
