#include "bench/sim/figures.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stellwerk::synthetic {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimeDelta kInTime = milliseconds(400);
constexpr TimeDelta kDrainedQueue = milliseconds(100);
// What is sent is compared with the capacity in windows of this length.
constexpr std::size_t kOvershootSamples = 3;
constexpr double kOvershoot = 1.05;
// It is over when it has not been for so long.
constexpr TimeDelta kCalm = seconds(1);
// Frames of the last moments may still come.
constexpr TimeDelta kLast = seconds(2);
// Never, as a time after the drop or return, so that a bar is missed.
constexpr TimeDelta kNotAtAll = seconds(999);

double Ratio(double a, double b) { return b > 0 ? a / b : 0; }
double Bits(DataRate rate) { return static_cast<double>(rate.bps()); }

template <typename T>
T Percentile(std::vector<T> values, double share) {
  if (values.empty()) return T{};
  std::sort(values.begin(), values.end());
  const double at = std::ceil(share * static_cast<double>(values.size())) - 1;
  return values[static_cast<std::size_t>(std::max(at, 0.0))];
}

void MeasureRates(const Scenario& scenario, const Recording& recording,
                  const ViewerRecording& viewer, ViewerFigures& figures) {
  double capacity = 0;
  double estimate = 0;
  double delivered = 0;
  double padding = 0;
  double deviation = 0;
  std::size_t count = 0;
  for (const Sample& sample : viewer.samples) {
    figures.max_queueing = std::max(figures.max_queueing, sample.queueing);
    if (sample.at <= recording.start + scenario.settled) continue;
    capacity += Bits(sample.capacity);
    estimate += Bits(sample.estimate);
    delivered += Bits(sample.delivered);
    padding += Bits(sample.padding);
    if (sample.capacity == DataRate()) continue;
    deviation += std::abs(Bits(sample.estimate) / Bits(sample.capacity) - 1);
    ++count;
  }
  if (delivered > 0) figures.padding_share = padding / delivered;
  if (count == 0) return;
  figures.estimate_ratio = Ratio(estimate, capacity);
  figures.estimate_deviation = deviation / static_cast<double>(count);
  figures.utilisation = Ratio(delivered - padding, capacity);
}

void MeasureQueueing(const Scenario& scenario, const Recording& recording,
                     const ViewerRecording& viewer, ViewerFigures& figures) {
  std::vector<TimeDelta> waits;
  for (const LinkDelivery& delivery : viewer.deliveries) {
    if (delivery.sent >= recording.start + scenario.settled) waits.push_back(delivery.queueing);
  }
  figures.p95_queueing = Percentile(std::move(waits), 0.95);
}

void MeasurePictures(const Scenario& scenario, const Recording& recording,
                     const ViewerRecording& viewer, ViewerFigures& figures) {
  uint64_t all = 0;
  uint64_t in_time = 0;
  for (const SlotRecording& slot : viewer.video) {
    const StreamReport& report = slot.report;
    figures.freezes += report.freezes;
    figures.frozen += report.frozen;
    figures.frames += report.frames;
    figures.errors += report.errors;
    figures.missing += report.missing;
    figures.switches += report.switches;
    figures.problems.insert(figures.problems.end(), report.problems.begin(), report.problems.end());
    // Of frames that were wholly lost nothing says when; they are too late in any case.
    all += report.frames_lost;
    if (report.first_decodable) {
      figures.first_frames.push_back(*report.first_decodable - viewer.joined);
    } else {
      ++figures.dark_slots;
    }
    for (const JudgedPicture& picture : slot.pictures) {
      if (picture.captured < recording.start + scenario.settled ||
          picture.captured > recording.end - kLast) {
        continue;
      }
      ++all;
      if (picture.decodable && *picture.decodable - picture.captured <= kInTime) ++in_time;
    }
  }
  if (all > 0) {
    figures.decodable_in_400ms = static_cast<double>(in_time) / static_cast<double>(all);
  }
  uint64_t packets = 0;
  uint64_t lost = 0;
  for (const StreamReport& voice : viewer.audio) {
    packets += voice.packets;
    lost += voice.lost;
    figures.errors += voice.errors;
    figures.problems.insert(figures.problems.end(), voice.problems.begin(), voice.problems.end());
  }
  figures.audio_loss = Ratio(static_cast<double>(lost), static_cast<double>(packets + lost));
  figures.skew = viewer.skew;
}

// The number of audio packets that had been received or given up at a time.
AudioSample AudioAt(const ViewerRecording& viewer, Timestamp at) {
  AudioSample last;
  for (const AudioSample& sample : viewer.audio_samples) {
    if (sample.at <= at) last = sample;
  }
  return last;
}

// Whether more was sent than fits, over the window that ends with sample `last`.
bool Overshoots(const std::vector<Sample>& samples, std::size_t last, Timestamp drop) {
  double offered = 0;
  double capacity = 0;
  for (std::size_t i = last + 1; i-- > 0 && last - i < kOvershootSamples;) {
    if (samples[i].at <= drop) break;
    offered += Bits(samples[i].offered);
    capacity += Bits(samples[i].capacity);
  }
  return offered > kOvershoot * capacity;
}

void MeasureDrop(Timestamp drop, Timestamp end, const ViewerRecording& viewer,
                 ViewerFigures& figures) {
  figures.overshoot = TimeDelta{};
  figures.queue_drained = TimeDelta{};
  const std::vector<Sample>& samples = viewer.samples;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const TimeDelta since = samples[i].at - drop;
    if (since <= TimeDelta{} || samples[i].at > end) continue;
    // Later peaks are the estimator's own search, not the same overshoot.
    if (since <= *figures.overshoot + kCalm && Overshoots(samples, i, drop)) {
      figures.overshoot = since;
    }
    if (since <= *figures.queue_drained + kCalm && samples[i].queueing > kDrainedQueue) {
      figures.queue_drained = since;
    }
  }
  // The judge gives up on a packet after 1.5 s.
  const AudioSample before = AudioAt(viewer, drop);
  const AudioSample after = AudioAt(viewer, drop + seconds(10) + milliseconds(1500));
  const auto lost = static_cast<double>(after.lost - before.lost);
  figures.audio_loss_after_drop =
      Ratio(lost, lost + static_cast<double>(after.packets - before.packets));
}

// Without the temporal layer, which changes from picture to picture.
std::pair<uint8_t, uint8_t> Size(const Layer& layer) {
  return {layer.encoding, layer.spatial.value()};
}

void MeasureLayerTimes(Timestamp drop, std::optional<Timestamp> restored,
                       const ViewerRecording& viewer, ViewerFigures& figures) {
  constexpr TimeDelta kBefore = seconds(2);
  for (const SlotRecording& slot : viewer.video) {
    std::optional<Layer> best;
    for (const JudgedPicture& picture : slot.pictures) {
      if (picture.decodable && picture.complete > drop - kBefore && picture.complete <= drop) {
        best = std::max(best.value_or(picture.layer), picture.layer);
      }
    }
    if (!best) continue;
    std::optional<TimeDelta> down;
    std::optional<TimeDelta> up;
    for (const JudgedPicture& picture : slot.pictures) {
      if (!picture.decodable || picture.complete <= drop) continue;
      if (!down && Size(picture.layer) < Size(*best)) down = picture.complete - drop;
      const bool full = picture.layer >= *best;
      if (restored && !up && full && picture.complete > *restored) {
        up = picture.complete - *restored;
      }
    }
    if (down) {
      figures.switched_down = std::min(figures.switched_down.value_or(kNotAtAll), *down);
    }
    if (restored) {
      figures.full_again =
          std::max(figures.full_again.value_or(TimeDelta{}), up.value_or(kNotAtAll));
    }
  }
}

}  // namespace

Figures Measure(const Scenario& scenario, const Recording& recording) {
  Figures figures;
  std::vector<TimeDelta> first_frames;
  for (const ViewerRecording& viewer : recording.viewers) {
    ViewerFigures& one = figures.viewers.emplace_back();
    one.name = viewer.name;
    MeasureRates(scenario, recording, viewer, one);
    MeasureQueueing(scenario, recording, viewer, one);
    MeasurePictures(scenario, recording, viewer, one);
    if (scenario.drops) {
      const Timestamp drop = recording.start + *scenario.drops;
      std::optional<Timestamp> restored;
      if (scenario.returns) restored = recording.start + *scenario.returns;
      MeasureDrop(drop, restored.value_or(recording.end), viewer, one);
      MeasureLayerTimes(drop, restored, viewer, one);
    }
    first_frames.push_back(one.first_frames.empty() ? kNotAtAll
                                                    : *std::min_element(one.first_frames.begin(),
                                                                        one.first_frames.end()));
  }
  figures.median_first_frame = Percentile(first_frames, 0.5);
  figures.p95_first_frame = Percentile(first_frames, 0.95);
  figures.keyframe_requests = recording.keyframe_requests;
  figures.most_keyframe_requests = recording.most_keyframe_requests;
  figures.join_keyframe_requests = recording.join_keyframe_requests;
  return figures;
}

}  // namespace stellwerk::synthetic
