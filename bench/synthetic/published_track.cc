#include "bench/synthetic/published_track.h"

#include <utility>

namespace stellwerk::synthetic {

PublishedTrack::PublishedTrack(const AudioConfig& config,
                               const std::vector<RtpStreamConfig>& streams, Random& random)
    : audio_(config), interval_(OpusSource::kInterval) {
  for (const RtpStreamConfig& stream : streams) streams_.emplace_back(stream, random);
}

PublishedTrack::PublishedTrack(const VideoConfig& config,
                               const std::vector<RtpStreamConfig>& streams, Random& random)
    : config_(config),
      tell_allocation_(streams.size(), true),
      interval_(std::chrono::nanoseconds(1'000'000'000 / config.frames_per_second)) {
  for (const RtpStreamConfig& stream : streams) {
    video_.emplace_back(config, streams_.size(), random,
                        stream.extensions.Has(RtpExtension::kDependencyDescriptor));
    streams_.emplace_back(stream, random);
  }
}

void PublishedTrack::SetRunning(bool running, Timestamp now) {
  if (running && !running_) {
    next_frame_ = now;
    for (VideoSource& source : video_) source.RequestKeyframe();
  }
  running_ = running;
}

void PublishedTrack::SetActiveLayers(std::size_t layers) {
  if (video_.size() == 1) {
    video_.front().SetSpatialLayers(layers);
  } else {
    active_layers_ = layers;
  }
  tell_allocation_.assign(streams_.size(), true);
}

void PublishedTrack::SetEncodingsWanted(uint32_t mask) {
  for (std::size_t i = 0; i < video_.size(); ++i) {
    if ((mask >> i & 1) != 0 && (wanted_ >> i & 1) == 0) video_[i].RequestKeyframe();
  }
  wanted_ = mask;
  tell_allocation_.assign(streams_.size(), true);
}

void PublishedTrack::SetLevel(AudioLevel level) {
  if (audio_) audio_->SetLevel(level);
}

void PublishedTrack::HandleTimeout(Timestamp now, TransportSender& transport,
                                   TransportOutbox& out) {
  if (!running_) return;
  // A late loop does not send what it missed: a camera would have skipped these frames too.
  if (now - next_frame_ > interval_ * 5) next_frame_ = now;
  for (; next_frame_ <= now; next_frame_ += interval_) {
    ++frames_;
    if (audio_) {
      streams_.front().SendFrame(audio_->NextFrame(next_frame_), now, transport, out);
      continue;
    }
    SendPictures(now, transport, out);
  }
}

void PublishedTrack::SendPictures(Timestamp now, TransportSender& transport, TransportOutbox& out) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (!IsSent(i)) continue;
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

void PublishedTrack::RequestKeyframe(Ssrc media) {
  for (std::size_t i = 0; i < video_.size(); ++i) {
    if (streams_[i].config().ssrc != media) continue;
    ++keyframe_requests_;
    video_[i].RequestKeyframe();
  }
}

void PublishedTrack::HandleFir(const Fir& fir) {
  for (const Fir::Entry& entry : fir.entries) {
    // RFC 5104 §4.3.1.2: the same command number again is a repetition, not another request.
    const auto [last, first] = fir_commands_.try_emplace(entry.media, entry.command);
    if (!first && std::exchange(last->second, entry.command) == entry.command) continue;
    RequestKeyframe(entry.media);
  }
}

void PublishedTrack::HandleRtcp(const RtcpMessage& message, Timestamp now,
                                TransportSender& transport, TransportOutbox& out) {
  if (const auto* pli = std::get_if<Pli>(&message)) {
    RequestKeyframe(pli->media);
  } else if (const auto* fir = std::get_if<Fir>(&message)) {
    HandleFir(*fir);
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

void PublishedTrack::AppendReports(Timestamp now, std::vector<RtcpMessage>& out) const {
  for (const RtpStreamSender& stream : streams_) stream.AppendReport(now, out);
}

}  // namespace stellwerk::synthetic
