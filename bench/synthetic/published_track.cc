#include "bench/synthetic/published_track.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace stellwerk::synthetic {
namespace {

// Intervals: a loop that comes later does not send what it missed, for a camera would have skipped
// these frames, too.
constexpr int kMostLate = 5;
// IP, UDP, SRTP (kPacketOverhead), RTP with its extensions and the payload's own: about.
constexpr DataSize kHeaders = kPacketOverhead + DataSize::Bytes(12 + 24);
// Of a camera's lowest encoding: pictures may become that bad before they become fewer.
constexpr double kVideoFloor = 0.2;

}  // namespace

PublishedTrack::PublishedTrack(const AudioConfig& config,
                               const std::vector<RtpStreamConfig>& streams, Random& random)
    // Only talk spurts need a seed of their own.
    : audio_(std::in_place, config, config.spurts ? random.NextU64() : 0) {
  for (const RtpStreamConfig& stream : streams) streams_.emplace_back(stream, random);
}

PublishedTrack::PublishedTrack(const VideoConfig& config,
                               const std::vector<RtpStreamConfig>& streams, Random& random)
    : config_(config),
      off_(streams.size(), false),
      tell_allocation_(streams.size(), true),
      next_obeyed_(streams.size()) {
  for (const RtpStreamConfig& stream : streams) {
    video_.emplace_back(config, streams_.size(), random,
                        stream.extensions.Has(RtpExtension::kDependencyDescriptor));
    streams_.emplace_back(stream, random);
  }
}

void PublishedTrack::Start(Timestamp now) {
  if (!started_) SetRunning(true, now);
}

void PublishedTrack::SetRunning(bool running, Timestamp now) {
  started_ = true;
  if (running && !running_) {
    next_frame_ = now;
    for (VideoSource& source : video_) source.RequestKeyframe();
  }
  running_ = running;
  ++demand_version_;
}

void PublishedTrack::SetActiveLayers(std::size_t layers) {
  ++demand_version_;
  active_layers_ = layers;
  if (video_.size() == 1) {
    active_layers_ = std::max<std::size_t>(layers, 1);
    video_.front().SetSpatialLayers(layers);
  }
  tell_allocation_.assign(streams_.size(), true);
}

void PublishedTrack::SetEncodingsWanted(uint32_t mask) {
  for (std::size_t i = 0; i < video_.size(); ++i) {
    if ((mask >> i & 1) != 0 && (wanted_ >> i & 1) == 0) video_[i].RequestKeyframe();
  }
  ++demand_version_;
  wanted_ = mask;
  tell_allocation_.assign(streams_.size(), true);
}

void PublishedTrack::SetLevel(AudioLevel level) {
  if (audio_) audio_->SetLevel(level);
}

void PublishedTrack::SetTalking(std::optional<bool> talking) {
  if (audio_) audio_->SetTalking(talking);
}

std::vector<EncodingDemand> PublishedTrack::Demands() const {
  std::vector<EncodingDemand> out;
  if (audio_) {
    out.push_back({.full = audio_->rate() + kHeaders / OpusSource::kInterval, .floor = 1});
  }
  bool lowest = true;
  for (std::size_t i = 0; i < video_.size(); ++i) {
    const std::size_t layers = video_[i].resolutions().size();
    for (std::size_t s = 0; s < layers; ++s) {
      const DataRate full = video_[i].FullRateOf(s);
      const bool wanted = IsWanted(i) && (video_.size() > 1 || s < active_layers_);
      const double floor = wanted && std::exchange(lowest, false) ? kVideoFloor : 0;
      out.push_back({.full = full + HeaderRate(full), .wanted = wanted, .floor = floor});
    }
  }
  return out;
}

// Of `media`, which is a spatial layer's.
DataRate PublishedTrack::HeaderRate(DataRate media) const {
  const TimeDelta between(1'000'000'000 / config_.frames_per_second);
  const int64_t packets =
      1 + (media * between).bytes() / static_cast<int64_t>(VideoSource::kMaxPayload);
  return DataSize::Bytes(kHeaders.bytes() * packets) / between;
}

DataSize PublishedTrack::SendPadding(DataSize wanted, Timestamp now, TransportSender& transport,
                                     TransportOutbox& out) {
  DataSize made;
  // Larger packets are better: their headers are less.
  for (auto stream = streams_.rbegin(); stream != streams_.rend() && made < wanted; ++stream) {
    made += stream->SendPadding(wanted - made, now, transport, out);
  }
  return made;
}

void PublishedTrack::SetRates(std::span<const DataRate> rates) {
  for (std::size_t i = 0; i < video_.size(); ++i) {
    VideoSource& source = video_[i];
    const auto own = rates.first(source.resolutions().size());
    rates = rates.subspan(own.size());
    const bool off = own.front() == DataRate();
    const std::size_t layers = source.spatial_layers();
    if (!off) {
      absl::InlinedVector<DataRate, 3> media(own.begin(), own.end());
      for (DataRate& rate : media) rate = std::max(rate - HeaderRate(rate), DataRate());
      source.SetSpatialRates(media);
    }
    if (off == off_[i] && layers == source.spatial_layers()) continue;
    if (!off && off_[i]) source.RequestKeyframe();
    off_[i] = off;
    tell_allocation_.assign(streams_.size(), true);
  }
}

void PublishedTrack::HandleTimeout(Timestamp now, TransportSender& transport,
                                   TransportOutbox& out) {
  if (!running_) return;
  if (now - next_frame_ > interval() * kMostLate) {
    send_lag_.Add(now - next_frame_);
    next_frame_ = now;
  }
  while (next_frame_ <= now) {
    ++frames_;
    send_lag_.Add(now - next_frame_);
    next_frame_ += SendNext(now, transport, out);
  }
}

TimeDelta PublishedTrack::SendNext(Timestamp now, TransportSender& transport,
                                   TransportOutbox& out) {
  if (!audio_) {
    SendPictures(now, transport, out);
    return interval();
  }
  MediaFrame frame = audio_->NextFrame(next_frame_);
  if (!frame.payloads.empty()) {
    streams_.front().SendFrame(std::move(frame), now, transport, out);
  }
  return interval();
}

void PublishedTrack::SendPictures(Timestamp now, TransportSender& transport, TransportOutbox& out) {
  if (transport.rate() != nullptr && transport.rate()->congested()) {
    for (VideoSource& source : video_) source.SkipFrame();
    ++skipped_;
    return;
  }
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (!IsSent(i)) {
      video_[i].SkipFrame();
      continue;
    }
    MediaFrame picture = video_[i].NextFrame(next_frame_);
    const bool told = streams_[i].config().extensions.Has(RtpExtension::kVideoLayersAllocation);
    // As libwebrtc does: with keyframes, and when it has changed.
    if (told && (picture.keyframe || tell_allocation_[i])) {
      picture.layers_allocation = WriteLayersAllocation(Allocation(), i);
      tell_allocation_[i] = false;
    }
    streams_[i].SendFrame(std::move(picture), now, transport, out);
  }
}

LayersAllocation PublishedTrack::Allocation() const {
  LayersAllocation out;
  const bool dependent = config_.mode.inter_layer == ScalabilityMode::InterLayer::kAlways;
  const uint8_t temporal = config_.mode.temporal_layers;
  for (std::size_t i = 0; i < video_.size(); ++i) {
    auto& stream = out.streams.emplace_back();
    DataRate rate;
    for (std::size_t s = 0; IsSent(i) && s < video_[i].spatial_layers(); ++s) {
      LayersAllocation::Spatial& layer = stream.emplace_back();
      layer.resolution = video_[i].resolutions()[s];
      layer.frames_per_second = static_cast<uint8_t>(config_.frames_per_second);
      rate = dependent ? rate + video_[i].RateOf(s) : video_[i].RateOf(s);
      for (uint8_t t = 0; t < temporal; ++t) {
        // All frames of a spatial layer are about equally large, and each temporal layer doubles
        // their number.
        layer.rates.push_back(DataRate::BitsPerSecond(rate.bps() >> (temporal - 1 - t)));
      }
    }
  }
  return out;
}

void PublishedTrack::RequestKeyframe(Ssrc media, Timestamp now) {
  for (std::size_t i = 0; i < video_.size(); ++i) {
    if (streams_[i].config().ssrc != media) continue;
    ++keyframe_requests_;
    if (now < next_obeyed_[i]) continue;
    next_obeyed_[i] = now + config_.keyframe_pause;
    video_[i].RequestKeyframe();
  }
}

void PublishedTrack::HandleFir(const Fir& fir, Timestamp now) {
  for (const Fir::Entry& entry : fir.entries) {
    // RFC 5104 §4.3.1.2: the same command number again is a repetition, not another request.
    const auto [last, first] = fir_commands_.try_emplace(entry.media, entry.command);
    if (!first && std::exchange(last->second, entry.command) == entry.command) continue;
    RequestKeyframe(entry.media, now);
  }
}

void PublishedTrack::HandleRtcp(const RtcpMessage& message, Timestamp now,
                                TransportSender& transport, TransportOutbox& out) {
  if (const auto* pli = std::get_if<Pli>(&message)) {
    RequestKeyframe(pli->media, now);
  } else if (const auto* fir = std::get_if<Fir>(&message)) {
    HandleFir(*fir, now);
  } else if (const auto* nack = std::get_if<Nack>(&message)) {
    for (RtpStreamSender& stream : streams_) {
      if (stream.config().ssrc == nack->media) stream.HandleNack(*nack, now, transport, out);
    }
  } else {
    const auto* receiver = std::get_if<ReceiverReport>(&message);
    const auto* sender = std::get_if<SenderReport>(&message);
    if (receiver == nullptr && sender == nullptr) return;
    for (const ReportBlock& block : receiver ? receiver->report_blocks : sender->report_blocks) {
      for (RtpStreamSender& stream : streams_) stream.HandleReport(block, now);
    }
  }
}

std::optional<TimeDelta> PublishedTrack::round_trip() const {
  for (const RtpStreamSender& stream : streams_) {
    if (stream.stats().round_trip) return stream.stats().round_trip;
  }
  return std::nullopt;
}

void PublishedTrack::AppendReports(Timestamp now, std::vector<RtcpMessage>& out) const {
  for (const RtpStreamSender& stream : streams_) stream.AppendReport(now, out);
}

}  // namespace stellwerk::synthetic
