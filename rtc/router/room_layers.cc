// Which layer of its source each video slot gets, and what publishers are asked for.
#include <algorithm>
#include <utility>

#include "rtc/bwe/scaled_rate.h"
#include "rtc/router/room.h"

namespace stellwerk {
namespace {

// For so long an encoding stays wanted after the last slot has left it: coming back costs a
// keyframe, and a subscriber whose network is bad for a moment is soon back.
constexpr TimeDelta kUnwatchedDelay = std::chrono::seconds(3);

// Repairs take at most this part of the link from the pictures: after an outage there are many for
// a moment.
constexpr int64_t kMaxRepairs = 4;

// In per cent of the target.
constexpr int64_t kRiddenOut = 125;

// What waits in the pacer beyond what the link carries in the first time is to be gone within about
// the second: the pacer must not push it into a full link, so layers have to make room.
constexpr TimeDelta kUsualBacklog = std::chrono::milliseconds(200);
constexpr TimeDelta kBacklogGone = std::chrono::seconds(1);
// The same while nothing is known of the link: all slots begin with a keyframe, and whoever would
// give way then is back a moment later.
constexpr TimeDelta kBacklogOfStart = std::chrono::milliseconds(300);

// So many times what the layers were chosen for.
constexpr double kLeap = 2;

// Without a packet for so long, nothing new is known about a source's layers.
constexpr TimeDelta kStandsStill = std::chrono::milliseconds(200);

constexpr std::optional<Layer> kLowestEncoding =
    Layer{.encoding = 0, .spatial = SpatialLayer(0xFF), .temporal = TemporalLayer(0xFF)};

}  // namespace

void Router::Room::UpdateEstimated(Transport& transport) {
  transport.downlink.SetEstimated(
      std::any_of(transport.slots.begin(), transport.slots.end(), [](const Slot* slot) {
        const ConsumerParameters& parameters = slot->consumer->parameters();
        return parameters.extensions.Has(RtpExtension::kTransportCc) ||
               std::any_of(parameters.codecs.begin(), parameters.codecs.end(),
                           [](const CodecParameters& codec) { return codec.remb; });
      }));
}

DataRate Router::Room::AvailableForVideo(const Transport& transport, Timestamp now) const {
  if (!transport.downlink.estimated()) return Allocator::kUnlimited;
  // While a queue on the way drains the target is less than the link carries. If it is only a
  // little less, packets wait in the pacer rather than that layers change, at the price of
  // keyframes, for half a second.
  const BandwidthEstimate& estimate = transport.downlink.estimate();
  const int64_t target =
      std::min(estimate.capacity.bps(), estimate.target.bps() * kRiddenOut / 100);
  const int64_t repairs = std::min(transport.retransmitted.Rate(now).bps(), target / kMaxRepairs);
  const TimeDelta usual = estimate.room == LinkRoom::kUnknown ? kBacklogOfStart : kUsualBacklog;
  const DataSize excess =
      std::max(transport.downlink.queued() - estimate.capacity * usual, DataSize());
  const int64_t backlog = (excess / kBacklogGone).bps();
  const int64_t left = target - transport.audio_sent.Rate(now).bps() - repairs - backlog;
  return DataRate::BitsPerSecond(std::max<int64_t>(left, 0));
}

void Router::Room::Allocate(Transport& transport, Timestamp now) {
  requests_.clear();
  requesting_.clear();
  for (Slot* slot : transport.slots) {
    if (slot->consumer->parameters().kind != MediaKind::kVideo) continue;
    const bool plays = slot->source != nullptr && !slot->consumer->codec_unsupported();
    requesting_.push_back(slot);
    requests_.push_back({.history = &slot->allocation,
                         .source = plays ? slot->consumer->source() : std::nullopt,
                         .demand = slot->demand,
                         .paused = !slot->consumer->enabled(),
                         .options = plays ? std::span<const LayerOption>(slot->source->options)
                                          : std::span<const LayerOption>(),
                         .current = slot->consumer->current()});
  }
  if (requests_.empty()) {
    // Who only listens wants no more than that: nothing to probe for.
    transport.downlink.SetDemand(transport.audio_sent.Rate(now), now);
    return;
  }
  const Allocator::Result result =
      transport.allocator.Allocate(now, AvailableForVideo(transport, now), requests_);
  transport.allocated_from = transport.downlink.estimate().capacity;
  transport.allocated = result.allocated;
  transport.wanted = result.wanted;
  // Audio and repairs are part of what the link should carry.
  transport.downlink.SetDemand(
      result.wanted + transport.audio_sent.Rate(now) + transport.retransmitted.Rate(now), now);
  // Nothing fits: no first packet will tell what the link carries.
  if (result.wanted > DataRate() && result.allocated <= DataRate()) {
    transport.downlink.StartProbing(now);
  }
  for (std::size_t i = 0; i < requesting_.size(); ++i) {
    Slot& slot = *requesting_[i];
    slot.decision = result.slots[i];
    if (slot.source == nullptr) continue;
    // A source of which nothing has come yet is best begun at its lowest layer.
    const bool unknown = slot.source->options.empty();
    slot.consumer->SetTarget(unknown ? kLowestEncoding : slot.decision.target);
  }
  Schedule(transport);
}

void Router::Room::Reallocate(Transport& transport, Timestamp now, RtcOutbox& out) {
  Allocate(transport, now);
  for (Slot* slot : transport.slots) AskForKeyframe(*slot, KeyframeReason::kStart, now, out);
}

void Router::Room::UpdateOptions(Source& source, Timestamp now) {
  // What stands still, as a screen does or one whose network stalls, costs what it did before.
  const bool stands_still = !source.last_media || now - *source.last_media > kStandsStill;
  if (stands_still && !source.options.empty()) return;
  const auto options = source.producer->LayerOptions(now);
  source.options.assign(options.begin(), options.end());
}

void Router::Room::UpdateEncodingsWanted(Source& source, Timestamp now, RtcOutbox& out) {
  const std::size_t encodings =
      std::min(source.producer->parameters().encodings.size(), kMaxWatchedEncodings);
  if (encodings < 2) return;
  // The lowest one always comes: whoever joins has a picture at once.
  source.watched[0] = now;
  for (const Slot* slot : source.slots) {
    if (!slot->consumer->enabled()) continue;
    for (const auto& layer : {slot->decision.target, slot->consumer->current()}) {
      if (layer && layer->encoding < encodings) source.watched[layer->encoding] = now;
    }
  }
  uint32_t wanted = source.encodings_wanted & ~((uint32_t{1} << encodings) - 1);
  for (std::size_t i = 0; i < encodings; ++i) {
    if (now - source.watched[i] <= kUnwatchedDelay) wanted |= uint32_t{1} << i;
  }
  if (std::exchange(source.encodings_wanted, wanted) == wanted) return;
  out.events.emplace_back(ProducerEncodingsWanted{
      .producer = source.producer->id(), .encodings = wanted & ((uint32_t{1} << encodings) - 1)});
}

void Router::Room::FollowEstimate(Transport& transport, Timestamp now, RtcOutbox& out) {
  // A little more is shared out at the next tick; what is too much has to go at once, and who has
  // just come waits for nothing else.
  if (transport.downlink.TakeEstimateChanged()) {
    const DataRate capacity = transport.downlink.estimate().capacity;
    const bool leaps = capacity >= Scaled(transport.allocated_from, kLeap) &&
                       transport.allocated < transport.wanted;
    if (capacity < transport.allocated || leaps) Reallocate(transport, now, out);
  }
  Release(transport, now, out);
}

void Router::Room::Release(Transport& transport, Timestamp now, RtcOutbox& out) {
  do {
    transport.downlink.Release(now, out);
  } while (Pad(transport, now, out));
  for (const Ssrc dropped : transport.downlink.TakeDroppedStreams()) {
    if (transport.slots_by_ssrc.contains(dropped)) {
      OnSubscriberWantsKeyframe(transport, dropped, now, out);
    }
  }
  Schedule(transport);
}

bool Router::Room::Pad(Transport& transport, Timestamp now, RtcOutbox& out) {
  bool padded = false;
  // Asked for even if there is no slot that could make any: the pacer counts the times.
  DataSize needed = transport.downlink.PaddingNeeded(now);
  const bool nothing_fits = transport.allocated <= DataRate();
  for (Slot* slot : transport.slots) {
    if (needed <= DataSize()) break;
    // One that has sent something repeats it, which is of more use than nothing.
    if (!slot->consumer->has_sent() && !nothing_fits) continue;
    const std::size_t first = out.rtp.size();
    needed -= slot->consumer->MakePadding(needed, HistoryReader{*this}, out);
    padded |= out.rtp.size() > first;
    transport.downlink.AdmitPadding(first, now, out);
  }
  return padded;
}

}  // namespace stellwerk
