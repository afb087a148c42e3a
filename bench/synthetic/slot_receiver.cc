#include "bench/synthetic/slot_receiver.h"

#include <algorithm>
#include <span>

#include "rtc/rtp/rtx.h"

namespace stellwerk::synthetic {

SlotReceiver::SlotReceiver(const ConsumerParameters& parameters, Ssrc own)
    : parameters_(parameters),
      own_(own),
      nack_(std::any_of(parameters.codecs.begin(), parameters.codecs.end(),
                        [](const CodecParameters& codec) { return codec.nack; })),
      statistics_(parameters.kind == MediaKind::kAudio ? 48'000 : 90'000),
      judge_(parameters.kind, parameters.kind == MediaKind::kAudio ? 48'000 : 90'000) {}

const CodecParameters* SlotReceiver::FindCodec(PayloadType payload_type, bool rtx) const {
  for (const CodecParameters& codec : parameters_.codecs) {
    if (rtx ? codec.rtx_payload_type == payload_type : codec.payload_type == payload_type) {
      return &codec;
    }
  }
  return nullptr;
}

void SlotReceiver::SetVerification(Verification verification) {
  verification_ = verification;
  const bool judging =
      verification == Verification::kAll ||
      (verification == Verification::kUntilFirstDecodable && !judge_.report().first_decodable);
  if (judging == judging_) return;
  judging_ = judging;
  judge_.Restart();
  keyframes_.Cancel();
}

std::optional<ReceiveMode> SlotReceiver::TakeModeChange() {
  if (told_judging_ == judging_) return std::nullopt;
  told_judging_ = judging_;
  return judging_ ? ReceiveMode::kDecrypt : ReceiveMode::kCountOnly;
}

void SlotReceiver::HandleRtp(ReceivedMedia media, const RtpPacketView& view, bool after_gap,
                             Timestamp now, std::vector<RtcpMessage>& feedback) {
  after_gap_ = after_gap;
  meter_.OnPacket(media.wire_size, media.arrival);
  if (view.ssrc() != parameters_.rtx_ssrc) return HandleOriginal(media, view, now, feedback);
  // RFC 4588: nothing but padding is a probe.
  if (view.payload().empty()) return meter_.OnPadding();
  HandleRetransmission(std::move(media.packet), view, now, feedback);
}

void SlotReceiver::HandleOriginal(const ReceivedMedia& media, const RtpPacketView& view,
                                  Timestamp now, std::vector<RtcpMessage>& feedback) {
  const bool judged = judging_ && !media.is_protected;
  const CodecParameters* codec = nullptr;
  if (judged) {
    codec = FindCodec(view.payload_type(), false);
    if (codec == nullptr) {
      ++judge_.report().errors;
      judge_.report().problems.push_back(
          "payload type " + std::to_string(view.payload_type().value()) + " was not negotiated");
      return;
    }
  }
  const auto position = tracker_.OnPacket(view.sequence_number());
  if (!position) return;
  meter_.OnOriginal(*position);
  // Of a protected packet it is not known how much is padding; that of ours are nothing else.
  if (media.is_protected ? view.has_padding() : view.payload().empty()) meter_.OnFiller();
  if (position->restarted) {
    ++judge_.report().errors;
    judge_.report().problems.emplace_back("the sequence numbers began anew");
    nacks_.Restart(position->seq);
  }
  statistics_.OnPacket(position->seq, position->restarted, view.timestamp(), media.arrival);
  if (position->duplicate) {
    judge_.OnDuplicate();
    return;
  }
  if (judged) Judge(view, position->seq, codec->codec, media.arrival, now);
  AfterPacket(position->seq, now, feedback);
}

void SlotReceiver::HandleRetransmission(PacketRef packet, const RtpPacketView& rtx, Timestamp now,
                                        std::vector<RtcpMessage>& feedback) {
  if (!packet.unique()) return;
  const CodecParameters* codec = FindCodec(rtx.payload_type(), true);
  if (codec == nullptr) return;
  const auto size = UnwrapRtx(packet.mutable_bytes(), parameters_.ssrc, codec->payload_type);
  if (!size) return;
  packet.set_size(*size);
  const auto view = RtpPacketView::Parse(packet.bytes());
  if (!view) return;
  const auto position = tracker_.OnRepaired(view->sequence_number());
  if (!position) return;
  meter_.OnRepair(*position);
  if (position->duplicate) {
    judge_.OnDuplicate();
    return;
  }
  if (judging_) Judge(*view, position->seq, codec->codec, std::nullopt, now);
  AfterPacket(position->seq, now, feedback);
}

void SlotReceiver::Judge(const RtpPacketView& packet, ExtendedSeqNum seq, Codec codec,
                         std::optional<Timestamp> arrival, Timestamp now) {
  const ExtensionId descriptor = parameters_.extensions.IdOf(RtpExtension::kDependencyDescriptor);
  judge_.OnPacket({.seq = seq,
                   .timestamp = packet.timestamp(),
                   .marker = packet.marker(),
                   .codec = codec,
                   .csrc = packet.csrc_count() > 0 ? std::optional(packet.csrc(0)) : std::nullopt,
                   .payload = packet.payload(),
                   .dependency_descriptor =
                       descriptor.value() == 0
                           ? std::span<const uint8_t>()
                           : packet.FindExtension(descriptor).value_or(std::span<const uint8_t>()),
                   .repaired = !arrival.has_value(),
                   .arrival = arrival,
                   .after_gap = after_gap_},
                  now);
  StopJudgingIfDone();
}

void SlotReceiver::StopJudgingIfDone() {
  if (verification_ == Verification::kUntilFirstDecodable && judge_.report().first_decodable) {
    SetVerification(verification_);
  }
}

void SlotReceiver::AfterPacket(ExtendedSeqNum seq, Timestamp now,
                               std::vector<RtcpMessage>& feedback) {
  std::vector<SeqNum> lost;
  const bool hopeful = nacks_.OnPacket(seq, now, lost);
  if (nack_) AppendNack(lost, feedback);
  if (!judging_) return;
  if (!judge_.needs_keyframe()) {
    keyframes_.OnKeyframe();
  } else if (!hopeful || judge_.report().lost > 0) {
    RequestKeyframe(now, feedback);
  }
}

void SlotReceiver::AppendNack(const std::vector<SeqNum>& lost, std::vector<RtcpMessage>& feedback) {
  if (lost.empty()) return;
  judge_.report().nacked += lost.size();
  meter_.OnNacks(lost.size());
  feedback.emplace_back(Nack::For(own_, parameters_.ssrc, lost));
}

void SlotReceiver::RequestKeyframe(Timestamp now, std::vector<RtcpMessage>& feedback) {
  // Like a browser, it does not ask more rarely because it has asked before.
  if (keyframes_.Request(now, KeyframeReason::kStart)) AppendPli(feedback);
}

void SlotReceiver::AppendPli(std::vector<RtcpMessage>& feedback) {
  ++judge_.report().keyframe_requests;
  feedback.emplace_back(Pli{.sender = own_, .media = parameters_.ssrc});
}

void SlotReceiver::HandleSenderReport(const SenderReport& report, Timestamp arrival) {
  if (report.sender != parameters_.ssrc) return;
  statistics_.OnSenderReport(report.ntp_time, arrival);
  judge_.OnSenderReport(report.ntp_time, report.rtp_timestamp);
}

void SlotReceiver::HandleTimeout(Timestamp now, std::vector<RtcpMessage>& feedback) {
  if (nacks_.NextTimeout() <= now) {
    std::vector<SeqNum> lost;
    nacks_.HandleTimeout(now, lost);
    if (nack_) AppendNack(lost, feedback);
  }
  if (judge_.NextTimeout() <= now) {
    judge_.HandleTimeout(now);
    StopJudgingIfDone();
    if (judging_ && judge_.needs_keyframe()) RequestKeyframe(now, feedback);
  }
  if (keyframes_.NextTimeout() <= now && keyframes_.HandleTimeout(now)) AppendPli(feedback);
}

Timestamp SlotReceiver::NextTimeout() const {
  return std::min({nacks_.NextTimeout(), judge_.NextTimeout(), keyframes_.NextTimeout()});
}

std::optional<ReportBlock> SlotReceiver::MakeReportBlock(Timestamp now) {
  const auto report = statistics_.MakeReport(now);
  if (!report) return std::nullopt;
  return ReportBlock{.source = parameters_.ssrc,
                     .fraction_lost = report->fraction_lost,
                     .cumulative_lost = report->cumulative_lost,
                     .extended_highest_sequence = report->extended_highest,
                     .jitter = report->jitter,
                     .last_sender_report = report->last_sender_report,
                     .delay_since_last_sender_report = report->delay_since_last};
}

}  // namespace stellwerk::synthetic
