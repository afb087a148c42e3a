#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "bench/synthetic/dependency_descriptor_reader.h"
#include "bench/synthetic/frame_ledger.h"
#include "bench/synthetic/freeze_meter.h"
#include "bench/synthetic/header_check.h"
#include "bench/synthetic/payload_mark.h"
#include "bench/synthetic/stream_report.h"
#include "bench/synthetic/transit_meter.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/ntp_time.h"
#include "rtc/base/sequence_number.h"
#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// One received packet of a stream, RTX already unwrapped.
struct JudgedPacket {
  ExtendedSeqNum seq;
  RtpTimestamp timestamp;
  bool marker = false;
  Codec codec = Codec::kUnknown;
  std::optional<Ssrc> csrc = {};
  std::span<const uint8_t> payload = {};
  std::span<const uint8_t> dependency_descriptor = {};  // empty: without
  bool repaired = false;
  std::optional<Timestamp> arrival = {};  // the kernel's stamp, of an original
  // Something was lost, or is late, on its transport a moment before. If a stream begins with it,
  // that may have been the true beginning.
  bool after_gap = false;
};

// Told of every video picture in the order of the stream.
using PictureObserver = std::function<void(const JudgedPicture&)>;

// Watches what a decoder would get from one stream, in the order of sequence numbers, and notes
// everything that a real one would stumble over. It waits for missing packets as a jitter buffer
// does, and then counts them as lost.
//
// A frame can be decoded if all its packets are there and so can be all frames that it refers to,
// which the payload marks say; a picture, if all its frames that came can be. That a frame came
// whose references did not is no error in itself (see StreamReport::missing and decodable).
//
// Errors, which loss does not excuse: timestamps that don't advance or change within a picture; a
// picture without its end; a frame without its beginning; picture ids, tl0picidx or frame numbers
// that lead a receiver to other references than the true ones; a new source or encoding that does
// not begin with a keyframe; a stream that does not begin with one; a harmed payload; a CSRC that
// changes within a picture. What was lost before a stream's first packet, its numbers don't tell:
// JudgedPacket::after_gap does.
class StreamJudge {
 public:
  StreamJudge(MediaKind kind, uint32_t clock_rate,
              TimeDelta patience = std::chrono::milliseconds(1500));

  void OnPacket(const JudgedPacket& packet, Timestamp now);
  void ObservePictures(PictureObserver observer) { observer_ = std::move(observer); }
  // From a packet's sending, as its mark says, to `arrival`; null: not wanted.
  void RecordTransit(TransitTimes* transit) { transit_.RecordTo(transit); }
  // A packet came a second time; it is not passed to OnPacket.
  void OnDuplicate() { ++report_.duplicates; }
  void OnSenderReport(NtpTime ntp, RtpTimestamp timestamp) { sender_report_ = {ntp, timestamp}; }

  // Gives up on packets for which it has waited long enough.
  void HandleTimeout(Timestamp now);
  [[nodiscard]] Timestamp NextTimeout() const;

  // Packets were not passed on for a while. What was waiting is forgotten, what comes next may
  // begin anywhere, and nothing in between is lost or frozen.
  void Restart();
  // See SlotReceiver.
  void SetExpected(bool expected, Timestamp now);
  [[nodiscard]] FreezeTotals FreezesUntil(Timestamp now) const;

  // Video: nothing, or not all, can be decoded until a keyframe comes.
  [[nodiscard]] bool needs_keyframe() const { return kind_ == MediaKind::kVideo && !decoding_; }
  [[nodiscard]] const StreamReport& report() const { return report_; }
  [[nodiscard]] StreamReport& report() { return report_; }

 private:
  [[nodiscard]] bool BeginsStream(const JudgedPacket& packet) const;
  // What is kept of a packet while it waits for its predecessors.
  struct Received {
    RtpTimestamp timestamp;
    bool marker = false;
    std::optional<Ssrc> csrc;
    std::optional<PayloadMark> mark;  // nullopt: harmed
    FrameHeaders headers;
    std::size_t bytes = 0;
    bool repaired = false;
    Timestamp arrived;
  };
  struct Waiting {
    Received packet;
    std::vector<uint8_t> dependency_descriptor;
    bool after_gap = false;
  };
  // A spatial layer of the picture that is being received.
  struct Frame {
    bool open = false;  // its last packet has not come
    bool whole = true;
    PayloadMark first;
    uint16_t next_packet = 0;
    FrameHeaders headers;  // of its first packet
    Timestamp complete;
  };
  struct Picture {
    bool open = false;  // its marker has not come
    bool whole = true;  // as far as is known
    RtpTimestamp timestamp;
    std::optional<Ssrc> csrc;
    JudgedPicture judged;
  };

  Received Read(const JudgedPacket& packet, Timestamp now);
  void Drain(Timestamp now);
  void Deliver(Received packet, std::span<const uint8_t> dependency_descriptor);
  void DeliverAudio(const Received& packet);
  void DeliverVideo(const Received& packet);
  void CheckTimestamp(RtpTimestamp timestamp);
  void CheckSource(const PayloadMark& mark, bool keyframe);
  void BeginPicture(const Received& packet);
  void EndPicture();
  void BeginFrame(const Received& packet);
  void ContinueFrame(const Received& packet);
  void EndFrame();
  void CountLostPictures(RtpTimestamp timestamp);
  void NoteShown(const JudgedPicture& picture);
  void OnFrameDone(const PayloadMark& mark, Timestamp complete, std::optional<Ssrc> csrc,
                   RtpTimestamp timestamp);
  void OnDecodable(Timestamp at);
  void OnLost(uint64_t count);
  void MeasureCaptureOffset(const PayloadMark& mark, RtpTimestamp timestamp);
  void Complain(const std::string& what);

  MediaKind kind_;
  uint32_t clock_rate_;
  TimeDelta patience_;
  std::map<int64_t, Waiting> waiting_;
  std::optional<int64_t> next_;
  Timestamp begins_at_ = kNever;  // with whatever has come, if its beginning has not
  bool decoding_ = false;
  uint64_t lost_before_ = 0;  // packets, since a picture has begun
  bool resyncing_ = false;    // no keyframe has begun since packets were lost
  Picture picture_;
  Frame frame_;
  DependencyDescriptorReader descriptors_;
  HeaderCheck headers_;
  FrameLedger ledger_;
  FreezeMeter freezes_;
  std::optional<RtpTimestamp> last_timestamp_;
  std::optional<std::pair<uint32_t, Timestamp>> newest_shown_;  // source and capture
  int32_t interval_ = 0;  // ticks between the last two pictures that are in order
  // Temporal layers of the last pictures, as many as make a period of three layers.
  std::array<uint8_t, 4> temporal_{};
  std::size_t next_temporal_ = 0;
  std::optional<std::pair<NtpTime, RtpTimestamp>> sender_report_;
  bool expected_ = true;
  bool gap_counts_ = false;  // the time since the last decodable frame may be a freeze
  TransitMeter transit_;
  PictureObserver observer_;
  StreamReport report_;
};

}  // namespace stellwerk::synthetic
