#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/synthetic/media_frame.h"
#include "bench/synthetic/transport_sender.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/random.h"
#include "rtc/base/sequence_number.h"
#include "rtc/rtcp/nack.h"
#include "rtc/rtcp/report_block.h"

namespace stellwerk::synthetic {

struct RtpStreamConfig {
  Ssrc ssrc;
  std::optional<Ssrc> rtx_ssrc;
  PayloadType payload_type;
  std::optional<PayloadType> rtx_payload_type;
  uint32_t clock_rate = 90'000;
  Mid mid;
  Rid rid;  // empty without simulcast
  RtpExtensionIds extensions;
  std::string cname;
};

struct StreamSenderStats {
  uint64_t packets = 0;
  uint64_t bytes = 0;  // RTP with headers, without SRTP's tag
  uint64_t retransmitted = 0;
  uint64_t padding = 0;       // packets sent again for probes alone; `bytes` has them
  uint64_t nacked = 0;        // packets that were asked for
  uint64_t nacks_missed = 0;  // of these, those that were not kept any longer
  std::optional<ReportBlock> last_report;
  std::optional<TimeDelta> round_trip;
};

// One RTP stream to the server, as a browser sends it: MID and RID until the first report about it,
// RTX on NACK, sender reports.
class RtpStreamSender {
 public:
  RtpStreamSender(const RtpStreamConfig& config, Random& random);

  void SendFrame(MediaFrame frame, Timestamp now, TransportSender& transport, TransportOutbox& out);
  void HandleNack(const Nack& nack, Timestamp now, TransportSender& transport,
                  TransportOutbox& out);
  // Sends packets of late again until `wanted` is reached, as padding of a probe; returns how much
  // that was, zero without RTX.
  DataSize SendPadding(DataSize wanted, Timestamp now, TransportSender& transport,
                       TransportOutbox& out);
  void HandleReport(const ReportBlock& report, Timestamp now);
  // SR and SDES; nullopt before the first packet.
  void AppendReport(Timestamp now, std::vector<RtcpMessage>& out) const;

  [[nodiscard]] const RtpStreamConfig& config() const { return config_; }
  [[nodiscard]] const StreamSenderStats& stats() const { return stats_; }

 private:
  struct Kept {
    int64_t seq = -1;  // extended
    RtpTimestamp timestamp;
    bool marker = false;
    std::vector<uint8_t> payload;
    std::vector<uint8_t> descriptor;  // Dependency Descriptor
  };

  [[nodiscard]] RtpTimestamp TimestampOf(Timestamp time) const;
  void AddIdentity(RtpHeaderWriter& header, bool repair) const;
  void AddExtension(RtpHeaderWriter& header, RtpExtension extension,
                    std::span<const uint8_t> data) const;
  std::size_t Resend(const Kept& kept, RtpClass media_class, Timestamp now,
                     TransportSender& transport, TransportOutbox& out);

  RtpStreamConfig config_;
  std::vector<Kept> history_;  // a ring by sequence number; empty without RTX
  int64_t next_seq_;
  uint16_t next_rtx_seq_;
  uint32_t timestamp_offset_;
  bool reported_ = false;
  bool rtx_reported_ = false;
  StreamSenderStats stats_;
  uint32_t octets_ = 0;
};

}  // namespace stellwerk::synthetic
