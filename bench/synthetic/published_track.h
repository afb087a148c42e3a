#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "bench/synthetic/distribution.h"
#include "bench/synthetic/layers_allocation_writer.h"
#include "bench/synthetic/opus_source.h"
#include "bench/synthetic/rate_split.h"
#include "bench/synthetic/rtp_stream_sender.h"
#include "bench/synthetic/transport_sender.h"
#include "bench/synthetic/video_source.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/compound.h"

namespace stellwerk::synthetic {

// What a participant sends in one m-line: its sources, their RTP streams and their clock.
class PublishedTrack {
 public:
  // `streams`: one for audio, one per layer for video, in the order of config.layers (fewer if the
  // server took fewer).
  PublishedTrack(const AudioConfig& config, const std::vector<RtpStreamConfig>& streams,
                 Random& random);
  PublishedTrack(const VideoConfig& config, const std::vector<RtpStreamConfig>& streams,
                 Random& random);

  // Sends the frames that are due.
  void HandleTimeout(Timestamp now, TransportSender& transport, TransportOutbox& out);
  [[nodiscard]] Timestamp NextTimeout() const { return running_ ? next_frame_ : kNever; }
  // Frames come from now on, unless SetRunning() has said otherwise.
  void Start(Timestamp now);
  // Frames come from now on, or no longer (a muted microphone, a camera that is off).
  void SetRunning(bool running, Timestamp now);
  // Video: only the lowest `layers` encodings, or of SVC the lowest spatial layers, are sent, as a
  // browser does when bandwidth is short.
  void SetActiveLayers(std::size_t layers);
  // Video: what the server asks for. Bit i: encoding i (in the order of streams()) is wanted;
  // others are not sent until they are, then from a keyframe on. All are wanted at first.
  void SetEncodingsWanted(uint32_t mask);
  // Video: what each encoding may take with all headers, or of SVC each spatial layer, in the order
  // of Demands(). Zero: it is not sent; it comes back with a keyframe.
  void SetRates(std::span<const DataRate> rates);
  // What the encodings would take if there were no limit, with all headers; audio: one.
  [[nodiscard]] std::vector<EncodingDemand> Demands() const;
  // Grows whenever Demands() or running() may have changed.
  [[nodiscard]] uint64_t demand_version() const { return demand_version_; }
  // Video: see RtpStreamSender::SendPadding.
  DataSize SendPadding(DataSize wanted, Timestamp now, TransportSender& transport,
                       TransportOutbox& out);
  // Audio.
  void SetLevel(AudioLevel level);
  // Audio: see OpusSource::SetTalking.
  void SetTalking(std::optional<bool> talking);
  [[nodiscard]] bool talking() const { return audio_ && audio_->talking(); }

  // Feedback of the server; what concerns other streams is ignored.
  void HandleRtcp(const RtcpMessage& message, Timestamp now, TransportSender& transport,
                  TransportOutbox& out);
  void AppendReports(Timestamp now, std::vector<RtcpMessage>& out) const;

  // To the server, as its last reports say.
  [[nodiscard]] std::optional<TimeDelta> round_trip() const;
  [[nodiscard]] const std::vector<RtpStreamSender>& streams() const { return streams_; }
  // Pictures left out because the network does not keep up.
  [[nodiscard]] uint64_t skipped() const { return skipped_; }
  [[nodiscard]] bool is_audio() const { return audio_.has_value(); }
  [[nodiscard]] bool running() const { return running_; }
  [[nodiscard]] uint64_t frames() const { return frames_; }
  // How long after they were due frames were handed to the transport (without what a pacer then
  // takes). What was left out because the loop came much too late counts with its delay.
  [[nodiscard]] const Distribution& send_lag() const { return send_lag_; }
  // Keyframes that were asked for by PLI or FIR, whether they were made or not.
  [[nodiscard]] uint64_t keyframe_requests() const { return keyframe_requests_; }

 private:
  void HandleFir(const Fir& fir, Timestamp now);
  // Between the frame sent last and the next.
  [[nodiscard]] TimeDelta interval() const {
    return audio_ ? audio_->interval() : video_.front().interval();
  }
  [[nodiscard]] bool IsWanted(std::size_t encoding) const {
    return encoding < active_layers_ && (wanted_ >> encoding & 1) != 0;
  }
  [[nodiscard]] bool IsSent(std::size_t encoding) const {
    return IsWanted(encoding) && !off_[encoding];
  }
  void RequestKeyframe(Ssrc media, Timestamp now);
  [[nodiscard]] DataRate HeaderRate(DataRate media) const;
  // Sends one frame or picture; returns when the next is due after it.
  TimeDelta SendNext(Timestamp now, TransportSender& transport, TransportOutbox& out);
  void SendPictures(Timestamp now, TransportSender& transport, TransportOutbox& out);
  [[nodiscard]] LayersAllocation Allocation() const;

  std::optional<OpusSource> audio_;
  std::vector<VideoSource> video_;  // one for each stream
  std::vector<RtpStreamSender> streams_;
  VideoConfig config_;
  std::vector<bool> off_;              // of each stream: there is no rate for it
  std::vector<bool> tell_allocation_;  // of each stream: with its next picture
  std::size_t active_layers_ = SIZE_MAX;
  uint32_t wanted_ = UINT32_MAX;
  bool started_ = false;
  bool running_ = false;
  Timestamp next_frame_ = kNever;
  uint64_t frames_ = 0;
  uint64_t skipped_ = 0;
  uint64_t demand_version_ = 0;
  Distribution send_lag_;
  uint64_t keyframe_requests_ = 0;
  std::vector<Timestamp> next_obeyed_;    // of each stream: request for a keyframe, at the earliest
  std::map<Ssrc, uint8_t> fir_commands_;  // the last of each stream
};

}  // namespace stellwerk::synthetic
