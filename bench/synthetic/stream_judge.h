#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "bench/synthetic/payload_mark.h"
#include "bench/synthetic/stream_report.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/ntp_time.h"
#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"
#include "rtc/codec/vp8_descriptor.h"

namespace stellwerk::synthetic {

// One received packet of a stream, RTX already unwrapped.
struct JudgedPacket {
  ExtendedSeqNum seq;
  RtpTimestamp timestamp;
  bool marker = false;
  Codec codec = Codec::kUnknown;
  std::optional<Ssrc> csrc = {};
  std::span<const uint8_t> payload = {};
  bool repaired = false;
};

// Told of every video picture in the order of the stream.
using PictureObserver = std::function<void(const JudgedPicture&)>;

// Watches what a decoder would get from one stream, in the order of sequence numbers, and notes
// everything that a real one would stumble over. It waits for missing packets as a jitter buffer
// does, and then counts them as lost.
//
// Errors, which loss does not excuse: timestamps that don't advance or change within a frame; a
// frame without its end or its beginning; picture ids or tl0picidx with a gap; a new source or
// layer that does not begin with a keyframe; a stream that does not begin with one; a harmed
// payload; a CSRC that changes within a frame.
class StreamJudge {
 public:
  StreamJudge(MediaKind kind, uint32_t clock_rate,
              TimeDelta patience = std::chrono::milliseconds(1500));

  void OnPacket(const JudgedPacket& packet, Timestamp now);
  void ObservePictures(PictureObserver observer) { observer_ = std::move(observer); }
  // A packet came a second time; it is not passed to OnPacket.
  void OnDuplicate() { ++report_.duplicates; }
  void OnSenderReport(NtpTime ntp, RtpTimestamp timestamp) { sender_report_ = {ntp, timestamp}; }

  // Gives up on packets for which it has waited long enough.
  void HandleTimeout(Timestamp now);
  [[nodiscard]] Timestamp NextTimeout() const;

  // Video: nothing can be decoded until a keyframe comes.
  [[nodiscard]] bool needs_keyframe() const { return kind_ == MediaKind::kVideo && !decoding_; }
  [[nodiscard]] const StreamReport& report() const { return report_; }
  [[nodiscard]] StreamReport& report() { return report_; }

 private:
  // What is kept of a packet while it waits for its predecessors.
  struct Waiting {
    RtpTimestamp timestamp;
    bool marker = false;
    std::optional<Ssrc> csrc;
    std::optional<PayloadMark> mark;
    std::optional<Vp8Descriptor> vp8;
    bool vp8_keyframe = false;
    std::size_t bytes = 0;
    bool repaired = false;
    Timestamp arrived;
  };
  struct Frame {
    bool open = false;  // its last packet has not come
    bool whole = true;
    bool keyframe = false;
    RtpTimestamp timestamp;
    std::optional<Ssrc> csrc;
    PayloadMark first;
    uint16_t next_packet = 0;
    std::optional<Vp8Descriptor> vp8;
  };

  void Drain(Timestamp now);
  void Deliver(const Waiting& packet);
  void BeginFrame(const Waiting& packet);
  void ContinueFrame(const Waiting& packet);
  void EndFrame(const Waiting& packet);
  void CheckPictureNumbers(const Vp8Descriptor& descriptor);
  void OnDecodable(const Frame& frame, Timestamp arrived);
  void OnLost(uint64_t count);
  void MeasureCaptureOffset(const PayloadMark& mark, RtpTimestamp timestamp);
  void Complain(const std::string& what);

  MediaKind kind_;
  uint32_t clock_rate_;
  TimeDelta patience_;
  std::map<int64_t, Waiting> waiting_;
  std::optional<int64_t> next_;
  bool decoding_ = false;
  bool after_loss_ = false;  // no frame has begun since packets were lost
  bool resyncing_ = false;   // no keyframe has begun since packets were lost
  Frame frame_;
  std::optional<RtpTimestamp> last_timestamp_;
  std::optional<Vp8Descriptor> last_vp8_;
  std::optional<std::pair<NtpTime, RtpTimestamp>> sender_report_;
  PictureObserver observer_;
  StreamReport report_;
};

}  // namespace stellwerk::synthetic
