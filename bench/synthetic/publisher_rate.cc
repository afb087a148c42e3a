#include "bench/synthetic/publisher_rate.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "bench/synthetic/published_track.h"
#include "bench/synthetic/rate_split.h"
#include "rtc/bwe/scaled_rate.h"
#include "rtc/rtcp/receiver_report.h"
#include "rtc/rtcp/remb.h"
#include "rtc/rtcp/transport_feedback.h"

namespace stellwerk::synthetic {
namespace {

// Where browsers begin, too (libwebrtc, kDefaultStartBitrateBps).
constexpr DataRate kStart = DataRate::KilobitsPerSecond(300);
// Whatever is lost is sent again; but not more than that is set aside for it.
constexpr double kMaxRepair = 0.3;

// A number that was given to a packet is a packet that the receiver waits for: nothing is dropped,
// cameras leave pictures out instead.
Pacer::Config WithoutDrops() {
  Pacer::Config config;
  config.max_wait = std::chrono::seconds(60);
  config.max_queue = DataSize::Bytes(100'000'000);
  return config;
}

}  // namespace

PublisherRate::PublisherRate()
    : downlink_({.min = DataRate::KilobitsPerSecond(30),
                 .start = kStart,
                 .max = DataRate::KilobitsPerSecond(50'000)},
                WithoutDrops()) {}

std::span<OutgoingRtp> PublisherRate::Send(OutgoingRtp&& rtp, Timestamp now) {
  // Where the server's answer has it, feedback will come.
  if (rtp.transport_cc_offset != OutgoingRtp::kNoOffset) downlink_.SetEstimated(true);
  outbox_.rtp.clear();
  const bool padding = rtp.media_class == RtpClass::kPadding;
  outbox_.rtp.push_back(std::move(rtp));
  if (padding) {
    downlink_.AdmitPadding(0, now, outbox_);
  } else {
    downlink_.Admit(0, now, outbox_);
  }
  return outbox_.rtp;
}

std::span<OutgoingRtp> PublisherRate::Release(Timestamp now) {
  outbox_.rtp.clear();
  downlink_.Release(now, outbox_);
  return outbox_.rtp;
}

void PublisherRate::HandleRtcp(const RtcpMessage& message, std::optional<TimeDelta> round_trip,
                               Timestamp now) {
  if (const auto* feedback = std::get_if<TransportFeedback>(&message)) {
    downlink_.OnTransportFeedback(*feedback, now);
  } else if (const auto* remb = std::get_if<Remb>(&message)) {
    downlink_.SetEstimated(true);
    downlink_.OnRemb(remb->bitrate, now);
  } else if (const auto* report = std::get_if<ReceiverReport>(&message)) {
    uint8_t lost = 0;
    for (const ReportBlock& block : report->report_blocks) {
      lost = std::max(lost, block.fraction_lost);
    }
    downlink_.OnReceiverReport(static_cast<float>(lost) / 256, round_trip, now);
  }
}

void PublisherRate::Share(std::span<PublishedTrack* const> tracks, Timestamp now) {
  uint64_t demand = 0;
  for (const PublishedTrack* track : tracks) demand += track->demand_version();
  const bool changed = downlink_.TakeEstimateChanged();
  if (!downlink_.estimated() || (!changed && demand == seen_demand_)) return;
  seen_demand_ = demand;

  // What has a floor comes first, audio before video; then the lower layers of all tracks.
  struct Place {
    std::size_t level;  // 0: has a floor
    std::size_t track;
    std::size_t index;  // among its demands
  };
  std::vector<Place> places;
  std::vector<std::vector<EncodingDemand>> demands;
  DataRate wanted;
  for (std::size_t t = 0; t < tracks.size(); ++t) {
    demands.push_back(tracks[t]->running() ? tracks[t]->Demands() : std::vector<EncodingDemand>());
    for (std::size_t level = 0; level < demands[t].size(); ++level) {
      places.push_back({demands[t][level].floor > 0 ? 0 : level + 1, t, level});
      if (demands[t][level].wanted) wanted += demands[t][level].full;
    }
  }
  std::stable_sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    if (a.level != b.level) return a.level < b.level;
    return tracks[a.track]->is_audio() && !tracks[b.track]->is_audio();
  });
  std::vector<EncodingDemand> in_order;
  for (const Place& place : places) in_order.push_back(demands[place.track][place.index]);
  const double repair = std::min<double>(downlink_.estimate().loss, kMaxRepair);
  const auto rates = SplitRate(Scaled(downlink_.estimate().target, 1 - repair), in_order);
  std::vector<std::vector<DataRate>> of_track(tracks.size());
  for (std::size_t t = 0; t < tracks.size(); ++t) of_track[t].resize(demands[t].size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    of_track[places[i].track][places[i].index] = rates[i];
  }
  for (std::size_t t = 0; t < tracks.size(); ++t) {
    if (tracks[t]->running()) tracks[t]->SetRates(of_track[t]);
  }
  downlink_.SetDemand(wanted, now);
}

}  // namespace stellwerk::synthetic
