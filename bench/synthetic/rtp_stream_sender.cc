#include "bench/synthetic/rtp_stream_sender.h"

#include <array>
#include <utility>

#include "rtc/base/byte_writer.h"
#include "rtc/base/ntp_time.h"
#include "rtc/rtp/header_extensions/stream_identifiers.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "rtc/rtp/rtx.h"

namespace stellwerk::synthetic {
namespace {

// About two seconds of the largest layer.
constexpr std::size_t kHistory = 512;
// How far back padding looks for packets worth repeating.
constexpr int64_t kPaddingCandidates = 64;

}  // namespace

RtpStreamSender::RtpStreamSender(const RtpStreamConfig& config, Random& random)
    : config_(config),
      history_(config.rtx_ssrc ? kHistory : 0),
      // RFC 3711 §3.3.1 needs the first number in the lower half: else a loss of the first packets
      // may hide a wrap.
      next_seq_(random.NextU32() & 0x7FFF),
      next_rtx_seq_(static_cast<uint16_t>(random.NextU32() & 0x7FFF)),
      timestamp_offset_(random.NextU32()) {}

RtpTimestamp RtpStreamSender::TimestampOf(Timestamp time) const {
  const auto ns = static_cast<uint64_t>(time.time_since_epoch().count());
  const uint64_t ticks = ns / 1'000'000'000 * config_.clock_rate +
                         (ns % 1'000'000'000 * config_.clock_rate + 500'000'000) / 1'000'000'000;
  return RtpTimestamp(static_cast<uint32_t>(ticks) + timestamp_offset_);
}

void RtpStreamSender::AddIdentity(RtpHeaderWriter& header, bool repair) const {
  if (repair ? rtx_reported_ : reported_) return;
  const RtpExtensionIds& ids = config_.extensions;
  header.AddExtension(ids.IdOf(RtpExtension::kMid),
                      StreamIdentifierBytes(config_.mid.view()).bytes());
  if (config_.rid.empty()) return;
  header.AddExtension(ids.IdOf(repair ? RtpExtension::kRepairedRid : RtpExtension::kRid),
                      StreamIdentifierBytes(config_.rid.view()).bytes());
}

void RtpStreamSender::AddExtension(RtpHeaderWriter& header, RtpExtension extension,
                                   std::span<const uint8_t> data) const {
  if (!data.empty()) header.AddExtension(config_.extensions.IdOf(extension), data);
}

void RtpStreamSender::SendFrame(MediaFrame frame, Timestamp now, TransportSender& transport,
                                TransportOutbox& out) {
  const RtpTimestamp timestamp = TimestampOf(frame.captured);
  const bool audio = frame.level.has_value();
  const RtpOrigin origin{config_.ssrc, audio ? RtpClass::kAudio : RtpClass::kVideo};
  for (std::size_t i = 0; i < frame.payloads.size(); ++i) {
    std::vector<uint8_t>& payload = frame.payloads[i];
    const int64_t seq = next_seq_++;
    // RFC 3551 §4.1: in video the marker ends a frame, in audio it begins a talkspurt.
    const bool marker = audio ? frame.begins_talkspurt : i + 1 == frame.payloads.size();
    RtpHeaderWriter header({.payload_type = config_.payload_type,
                            .marker = marker,
                            .sequence_number = SeqNum(static_cast<uint16_t>(seq)),
                            .timestamp = timestamp,
                            .ssrc = config_.ssrc});
    AddIdentity(header, false);
    if (audio) AddExtension(header, RtpExtension::kAudioLevel, frame.level->Serialize());
    if (!frame.descriptors.empty()) {
      AddExtension(header, RtpExtension::kDependencyDescriptor, frame.descriptors[i]);
    }
    if (i == 0) {
      AddExtension(header, RtpExtension::kVideoLayersAllocation, frame.layers_allocation);
    }
    stats_.bytes += transport.SendRtp(header, config_.extensions, origin, payload, {}, now, out);
    ++stats_.packets;
    octets_ += static_cast<uint32_t>(payload.size());
    if (history_.empty()) continue;
    Kept& kept = history_[static_cast<std::size_t>(seq) % kHistory];
    kept.seq = seq;
    kept.timestamp = timestamp;
    kept.marker = marker;
    kept.payload = std::move(payload);
    kept.descriptor =
        frame.descriptors.empty() ? std::vector<uint8_t>() : std::move(frame.descriptors[i]);
  }
}

void RtpStreamSender::HandleNack(const Nack& nack, Timestamp now, TransportSender& transport,
                                 TransportOutbox& out) {
  nack.ForEachLost([&](SeqNum lost) {
    ++stats_.nacked;
    // What the pacer can't let go for long would be asked for again, and again, before it goes.
    if (transport.rate() != nullptr && transport.rate()->congested()) return;
    const int64_t newest = next_seq_ - 1;
    const int64_t seq = newest + (lost - SeqNum(static_cast<uint16_t>(newest)));
    if (seq < 0 || history_.empty() ||
        history_[static_cast<std::size_t>(seq) % kHistory].seq != seq) {
      ++stats_.nacks_missed;
      return;
    }
    Resend(history_[static_cast<std::size_t>(seq) % kHistory], RtpClass::kRetransmission, now,
           transport, out);
    ++stats_.retransmitted;
  });
}

// The newest first: what the server may still be missing is the most useful.
DataSize RtpStreamSender::SendPadding(DataSize wanted, Timestamp now, TransportSender& transport,
                                      TransportOutbox& out) {
  int64_t made = 0;
  for (int64_t seq = next_seq_ - 1; seq >= next_seq_ - kPaddingCandidates && seq >= 0; --seq) {
    if (history_.empty() || made >= wanted.bytes()) break;
    const Kept& kept = history_[static_cast<std::size_t>(seq) % kHistory];
    // Half a packet too much is as near as half a packet too little.
    const auto half = static_cast<int64_t>(kept.payload.size() / 2);
    if (kept.seq != seq || half > wanted.bytes() - made) continue;
    made += static_cast<int64_t>(Resend(kept, RtpClass::kPadding, now, transport, out));
    ++stats_.padding;
  }
  return DataSize::Bytes(made);
}

// RFC 4588 §4.
std::size_t RtpStreamSender::Resend(const Kept& kept, RtpClass media_class, Timestamp now,
                                    TransportSender& transport, TransportOutbox& out) {
  RtpHeaderWriter header({.payload_type = *config_.rtx_payload_type,
                          .marker = kept.marker,
                          .sequence_number = SeqNum(next_rtx_seq_++),
                          .timestamp = kept.timestamp,
                          .ssrc = *config_.rtx_ssrc});
  AddIdentity(header, true);
  AddExtension(header, RtpExtension::kDependencyDescriptor, kept.descriptor);
  std::array<uint8_t, RtxPayload::kHeaderSize> original{};
  ByteWriter writer(original);
  WriteOriginalSequenceNumber(writer, SeqNum(static_cast<uint16_t>(kept.seq)));
  const std::size_t size =
      transport.SendRtp(header, config_.extensions, {*config_.rtx_ssrc, media_class}, original,
                        kept.payload, now, out);
  stats_.bytes += size;
  return size;
}

void RtpStreamSender::HandleReport(const ReportBlock& report, Timestamp now) {
  if (report.source == config_.rtx_ssrc) rtx_reported_ = true;
  if (report.source != config_.ssrc) return;
  reported_ = true;
  stats_.last_report = report;
  if (report.last_sender_report == 0) return;
  // RFC 3550 §6.4.1: A - LSR - DLSR.
  const uint32_t elapsed =
      ToNtp(now).Compact() - report.last_sender_report - report.delay_since_last_sender_report;
  if (elapsed < 0x80000000) stats_.round_trip = CompactNtpToTimeDelta(elapsed);
}

void RtpStreamSender::AppendReport(Timestamp now, std::vector<RtcpMessage>& out) const {
  if (stats_.packets == 0) return;
  out.emplace_back(SenderReport{.sender = config_.ssrc,
                                .ntp_time = ToNtp(now),
                                .rtp_timestamp = TimestampOf(now),
                                .packet_count = static_cast<uint32_t>(stats_.packets),
                                .octet_count = octets_,
                                .report_blocks = {}});
  out.emplace_back(Sdes::ForCname(config_.ssrc, config_.cname));
}

}  // namespace stellwerk::synthetic
