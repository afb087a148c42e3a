#include "bench/sim/recording.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "rtc/base/check.h"

namespace stellwerk::synthetic {
namespace {

using Role = MediaPlan::Role;

constexpr TimeDelta kSampleInterval = std::chrono::milliseconds(100);
// Publishers send this long before anybody watches: their layers' rates are known.
constexpr TimeDelta kWarmUp = std::chrono::seconds(2);
// A slot whose last picture is older shows nothing.
constexpr TimeDelta kLately = std::chrono::milliseconds(500);

// A viewer during the call.
struct Watching {
  Participant* participant = nullptr;
  std::vector<std::string> video_mids;
  std::vector<std::string> audio_mids;
  ViewerRecording recording;
  // Since the last sample.
  DataSize delivered;
  DataSize offered_before;
  DataSize padding_before;
};

class Runner {
 public:
  explicit Runner(const Scenario& scenario) : scenario_(scenario), room_(scenario.seed) {
    // Each viewer hears the same publishers that it sees.
    room_.policy.audio_slot_mode = SlotMode::kAssigned;
  }

  Recording Run() {
    StartPublishers();
    recording_.start = room_.now();
    const std::vector<uint64_t> requests_before = KeyframeRequests();
    std::vector<std::pair<TimeDelta, const ViewerPlan*>> joins;
    for (const ViewerPlan& plan : scenario_.viewers) {
      for (std::size_t i = 0; i < plan.count; ++i) {
        joins.emplace_back(plan.joins + static_cast<int64_t>(i) * plan.between, &plan);
      }
    }
    std::stable_sort(joins.begin(), joins.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<SlotSwitch> switches = scenario_.switches;
    std::stable_sort(switches.begin(), switches.end(),
                     [](const SlotSwitch& a, const SlotSwitch& b) { return a.at < b.at; });
    std::size_t joined = 0;
    std::size_t switched = 0;
    bool dark = true;
    for (TimeDelta at = kSampleInterval; at <= scenario_.duration; at += kSampleInterval) {
      for (; joined < joins.size() && joins[joined].first < at; ++joined) {
        RunUntil(joins[joined].first);
        Join(*joins[joined].second);
      }
      for (; switched < switches.size() && switches[switched].at < at; ++switched) {
        RunUntil(switches[switched].at);
        for (auto& viewer : viewers_) Show(*viewer, switches[switched]);
      }
      RunUntil(at);
      for (auto& viewer : viewers_) TakeSample(*viewer);
      if (dark && joined == joins.size() && EveryViewerHasAPicture()) {
        dark = false;
        recording_.join_keyframe_requests = MostSince(requests_before);
      }
    }
    recording_.end = room_.now();
    const std::vector<uint64_t> requests = KeyframeRequests();
    for (std::size_t i = 0; i < requests.size(); ++i) {
      recording_.keyframe_requests += requests[i] - requests_before[i];
    }
    recording_.most_keyframe_requests = MostSince(requests_before);
    if (dark) recording_.join_keyframe_requests = recording_.most_keyframe_requests;
    for (auto& viewer : viewers_) Finish(*viewer);
    return std::move(recording_);
  }

 private:
  void RunUntil(TimeDelta since_start) {
    const Timestamp at = recording_.start + since_start;
    if (at > room_.now()) room_.Run(at - room_.now());
  }

  void StartPublishers() {
    for (std::size_t i = 0; i < scenario_.publishers; ++i) {
      ParticipantConfig config;
      const auto source = static_cast<uint32_t>(10 * (i + 1));
      config.audio = {AudioConfig{.source = source}};
      config.video = {scenario_.camera};
      config.video.front().source = source + 1;
      publishers_.push_back(&room_.Join(std::move(config), scenario_.publisher_links));
    }
    STELLWERK_CHECK(room_.RunUntil([&] {
      return std::all_of(publishers_.begin(), publishers_.end(),
                         [](const Participant* one) { return one->connected(); });
    }));
    room_.Run(kWarmUp);
  }

  void Join(const ViewerPlan& plan) {
    viewers_.push_back(std::make_unique<Watching>());
    Watching& viewer = *viewers_.back();
    ParticipantConfig config;
    config.audio_slots = plan.audio_slots;
    config.video_slots = plan.video_slots;
    viewer.recording.name = "viewer " + std::to_string(viewers_.size());
    viewer.recording.joined = room_.now();
    viewer.participant = &room_.Join(std::move(config), plan.links);
    viewer.video_mids = viewer.participant->MidsOf(Role::kVideoSlot);
    viewer.audio_mids = viewer.participant->MidsOf(Role::kAudioSlot);
    viewer.recording.video.resize(viewer.video_mids.size());
    room_.ObserveDownlink(*viewer.participant, [&viewer](const LinkDelivery& delivery) {
      viewer.delivered += delivery.size;
      viewer.recording.deliveries.push_back(delivery);
    });
    for (std::size_t i = 0; i < viewer.video_mids.size(); ++i) {
      viewer.participant->ObservePictures(
          viewer.video_mids[i], [&slot = viewer.recording.video[i]](const JudgedPicture& picture) {
            slot.pictures.push_back(picture);
          });
      room_.SetDemand(*viewer.participant, viewer.video_mids[i], plan.demand);
      Show(viewer, {.slot = i, .publisher = i % publishers_.size()});
    }
    for (std::size_t i = 0; i < viewer.audio_mids.size(); ++i) {
      Participant& publisher = *publishers_[i % publishers_.size()];
      room_.Show(*viewer.participant, viewer.audio_mids[i], publisher,
                 publisher.MidsOf(Role::kAudioTrack).front());
    }
  }

  void Show(Watching& viewer, const SlotSwitch& to) {
    Participant& publisher = *publishers_.at(to.publisher);
    room_.Show(*viewer.participant, viewer.video_mids.at(to.slot), publisher,
               publisher.MidsOf(Role::kVideoTrack).front());
  }

  void TakeSample(Watching& viewer) {
    const Timestamp now = room_.now();
    const Link& link = room_.Downlink(*viewer.participant);
    const TransportStats stats = room_.StatsOf(*viewer.participant);
    const DataSize padding = DataSize::Bytes(static_cast<int64_t>(stats.padding_bytes));
    Sample sample{
        .at = now,
        .capacity =
            link.CapacityBetween(now - kSampleInterval, now).value_or(DataSize()) / kSampleInterval,
        .estimate = stats.estimate,
        .allocated = stats.allocated,
        .wanted = stats.wanted,
        .offered = (link.counters().sent_size - viewer.offered_before) / kSampleInterval,
        .delivered = std::exchange(viewer.delivered, {}) / kSampleInterval,
        .padding = (padding - viewer.padding_before) / kSampleInterval,
        .queueing = link.QueueDelay(now),
        .pacer_delay = stats.pacer_delay,
        .shown = {}};
    viewer.offered_before = link.counters().sent_size;
    viewer.padding_before = padding;
    for (const SlotRecording& slot : viewer.recording.video) sample.shown.push_back(Lately(slot));
    AudioSample audio{.at = now};
    for (const std::string& mid : viewer.audio_mids) {
      if (const SlotReceiver* slot = viewer.participant->Slot(mid)) {
        audio.packets += slot->report().packets;
        audio.lost += slot->report().lost;
      }
    }
    viewer.recording.audio_samples.push_back(audio);
    viewer.recording.samples.push_back(std::move(sample));
  }

  // The best picture of the last moments: with temporal layers not each shows the layer.
  std::optional<Layer> Lately(const SlotRecording& slot) const {
    std::optional<Layer> best;
    for (auto it = slot.pictures.rbegin(); it != slot.pictures.rend(); ++it) {
      if (it->complete < room_.now() - kLately) break;
      const bool same =
          !best || (it->layer.encoding == best->encoding && it->layer.spatial == best->spatial);
      // An earlier layer is no longer shown, whatever its quality.
      if (!same) break;
      if (it->decodable) best = std::max(best.value_or(it->layer), it->layer);
    }
    return best;
  }

  std::vector<uint64_t> KeyframeRequests() {
    std::vector<uint64_t> requests;
    for (Participant* publisher : publishers_) {
      const std::string mid = publisher->MidsOf(Role::kVideoTrack).front();
      requests.push_back(publisher->Track(mid)->keyframe_requests());
    }
    return requests;
  }

  uint64_t MostSince(const std::vector<uint64_t>& before) {
    const std::vector<uint64_t> requests = KeyframeRequests();
    uint64_t most = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      most = std::max(most, requests[i] - before[i]);
    }
    return most;
  }

  [[nodiscard]] bool EveryViewerHasAPicture() const {
    return std::all_of(viewers_.begin(), viewers_.end(), [](const auto& viewer) {
      const auto& video = viewer->recording.video;
      return std::any_of(video.begin(), video.end(), [](const SlotRecording& slot) {
        return std::any_of(slot.pictures.begin(), slot.pictures.end(),
                           [](const JudgedPicture& picture) { return picture.decodable; });
      });
    });
  }

  void Finish(Watching& viewer) {
    ViewerRecording& recording = viewer.recording;
    for (std::size_t i = 0; i < viewer.video_mids.size(); ++i) {
      const SlotReceiver* slot = viewer.participant->Slot(viewer.video_mids[i]);
      if (slot != nullptr) recording.video[i].report = slot->report();
    }
    for (const std::string& mid : viewer.audio_mids) {
      const SlotReceiver* slot = viewer.participant->Slot(mid);
      recording.audio.push_back(slot != nullptr ? slot->report() : StreamReport{});
    }
    for (const StreamReport& voice : recording.audio) MeasureSkew(voice, recording);
    recording.downlink = room_.Downlink(*viewer.participant).counters();
    recording_.viewers.push_back(std::move(recording));
  }

  static void MeasureSkew(const StreamReport& voice, ViewerRecording& recording) {
    for (const SlotRecording& slot : recording.video) {
      const StreamReport& picture = slot.report;
      if (!voice.capture_offset || !picture.capture_offset) continue;
      // A publisher's picture has the number after its voice's.
      if (!voice.current_source || !picture.current_source ||
          picture.current_source->first != voice.current_source->first + 1) {
        continue;
      }
      const TimeDelta skew = std::chrono::abs(*voice.capture_offset - *picture.capture_offset);
      recording.skew = std::max(recording.skew.value_or(skew), skew);
    }
  }

  const Scenario& scenario_;
  SimulatedRoom room_;
  std::vector<Participant*> publishers_;
  std::vector<std::unique_ptr<Watching>> viewers_;
  Recording recording_;
};

}  // namespace

Recording RunScenario(const Scenario& scenario) { return Runner(scenario).Run(); }

}  // namespace stellwerk::synthetic
