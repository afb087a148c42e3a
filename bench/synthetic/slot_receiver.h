#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

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
  void SetSsrc(Ssrc ssrc) { parameters_.ssrc = ssrc; }
  void SetRtxSsrc(Ssrc ssrc) { parameters_.rtx_ssrc = ssrc; }
  void HandleRtp(PacketRef packet, Timestamp now, Timestamp arrival,
                 std::vector<RtcpMessage>& feedback);
  void HandleSenderReport(const SenderReport& report, Timestamp arrival);
  void HandleTimeout(Timestamp now, std::vector<RtcpMessage>& feedback);
  [[nodiscard]] Timestamp NextTimeout() const;
  // A report block, if anything came since the last one.
  [[nodiscard]] std::optional<ReportBlock> MakeReportBlock(Timestamp now);

  // As a viewer whose decoder has failed: PLI until a keyframe comes.
  void RequestKeyframe(Timestamp now, std::vector<RtcpMessage>& feedback);

  [[nodiscard]] const ConsumerParameters& parameters() const { return parameters_; }
  [[nodiscard]] const StreamReport& report() const { return judge_.report(); }
  void ObservePictures(PictureObserver observer) { judge_.ObservePictures(std::move(observer)); }

 private:
  const CodecParameters* FindCodec(PayloadType payload_type, bool rtx) const;
  void Judge(const RtpPacketView& packet, ExtendedSeqNum seq, Codec codec, bool repaired,
             Timestamp now);
  void HandleRetransmission(PacketRef packet, Timestamp now, std::vector<RtcpMessage>& feedback);
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
  StreamJudge judge_;
};

}  // namespace stellwerk::synthetic
