#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "bench/synthetic/reception.h"
#include "bench/synthetic/stream_judge.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"
#include "rtc/producer/keyframe_request_limiter.h"
#include "rtc/producer/nack_generator.h"
#include "rtc/producer/receive_statistics.h"
#include "rtc/producer/sequence_tracker.h"
#include "rtc/rtcp/compound.h"
#include "rtc/rtp/rtp_packet_view.h"
#include "transport/base/outbox.h"
#include "transport/session/session_config.h"

namespace stellwerk::synthetic {

// One slot of a participant: takes its RTP and RTX, asks for what is missing and for keyframes, and
// lets the judge see the result.
class SlotReceiver {
 public:
  // `parameters`: what the answer says about the slot. `own` is the SSRC under which the
  // participant reports.
  SlotReceiver(const ConsumerParameters& parameters, Ssrc own);

  [[nodiscard]] bool Owns(Ssrc ssrc) const {
    return ssrc == parameters_.ssrc || ssrc == parameters_.rtx_ssrc;
  }
  // Of a stream that was not announced: as learnt from its packets.
  void SetSsrc(Ssrc ssrc) {
    parameters_.ssrc = ssrc;
    told_judging_ = true;  // as every SSRC is received at first
  }
  void SetRtxSsrc(Ssrc ssrc) { parameters_.rtx_ssrc = ssrc; }
  // `view` is of media.packet, and of this slot. `after_gap`: see JudgedPacket.
  void HandleRtp(ReceivedMedia media, const RtpPacketView& view, bool after_gap, Timestamp now,
                 std::vector<RtcpMessage>& feedback);
  void HandleSenderReport(const SenderReport& report, Timestamp arrival);
  void HandleTimeout(Timestamp now, std::vector<RtcpMessage>& feedback);
  [[nodiscard]] Timestamp NextTimeout() const;
  // A report block, if anything came since the last one.
  [[nodiscard]] std::optional<ReportBlock> MakeReportBlock(Timestamp now);

  // As a viewer whose decoder has failed: PLI until a keyframe comes.
  void RequestKeyframe(Timestamp now, std::vector<RtcpMessage>& feedback);

  [[nodiscard]] const ConsumerParameters& parameters() const { return parameters_; }
  // While it does not judge, the report stands still.
  [[nodiscard]] const StreamReport& report() const { return judge_.report(); }
  // All that has come, judged or not.
  [[nodiscard]] const ReceptionStats& reception() const { return meter_.stats(); }
  // Interarrival jitter (RFC 3550 §6.4.1) now, of what came by itself.
  [[nodiscard]] TimeDelta jitter() const { return statistics_.jitter(); }

  // kAll at first. Judging that begins again waits for a keyframe.
  void SetVerification(Verification verification);
  [[nodiscard]] bool judging() const { return judging_; }
  // How the originals (of parameters().ssrc) are to be received, if that has changed since the last
  // call.
  std::optional<ReceiveMode> TakeModeChange();

  // False: nothing is to be seen here, for the publisher is muted, and so nothing is frozen. True
  // at first.
  void SetExpected(bool expected, Timestamp now) { judge_.SetExpected(expected, now); }
  // Freezes so far, and that which may last at `now`.
  [[nodiscard]] FreezeTotals FreezesUntil(Timestamp now) const { return judge_.FreezesUntil(now); }
  // One-way transit times of originals that are judged are added to it; it must outlive the slot.
  void RecordTransit(TransitTimes* transit) { judge_.RecordTransit(transit); }
  void ObservePictures(PictureObserver observer) { judge_.ObservePictures(std::move(observer)); }

 private:
  const CodecParameters* FindCodec(PayloadType payload_type, bool rtx) const;
  // `arrival`: of an original.
  void Judge(const RtpPacketView& packet, ExtendedSeqNum seq, Codec codec,
             std::optional<Timestamp> arrival, Timestamp now);
  void HandleOriginal(const ReceivedMedia& media, const RtpPacketView& view, Timestamp now,
                      std::vector<RtcpMessage>& feedback);
  void HandleRetransmission(PacketRef packet, const RtpPacketView& rtx, Timestamp now,
                            std::vector<RtcpMessage>& feedback);
  void StopJudgingIfDone();
  void AfterPacket(ExtendedSeqNum seq, Timestamp now, std::vector<RtcpMessage>& feedback);
  void AppendNack(const std::vector<SeqNum>& lost, std::vector<RtcpMessage>& feedback);
  void AppendPli(std::vector<RtcpMessage>& feedback);

  ConsumerParameters parameters_;
  Ssrc own_;
  bool nack_ = false;
  SequenceTracker tracker_;
  NackGenerator nacks_;
  ReceiveStatistics statistics_;
  KeyframeRequestLimiter keyframes_;
  ReceptionMeter meter_;
  StreamJudge judge_;
  Verification verification_ = Verification::kAll;
  bool judging_ = true;
  bool told_judging_ = true;  // by TakeModeChange
  bool after_gap_ = false;    // of the packet that is being handled
};

}  // namespace stellwerk::synthetic
