#include "bench/load/run/member.h"

#include <algorithm>
#include <utility>

#include "bench/load/run/expected_layer.h"
#include "bench/load/run/stream_reading.h"

namespace stellwerk::load {
namespace {

using synthetic::MediaPlan;
using synthetic::Participant;

}  // namespace

Member::Member(const Person& person, const Context& context) : person_(person), context_(context) {}

synthetic::ParticipantConfig Member::Media(int other_publishers) const {
  synthetic::ParticipantConfig media;
  if (person_.publishes) {
    if (context_.scenario.audio.on) {
      media.audio = {ToAudioConfig(context_.scenario.audio, AudioSourceOf(person_.index),
                                   context_.clips.audio)};
    }
    if (context_.scenario.video.on()) {
      media.video = {ToVideoConfig(context_.scenario.video, VideoSourceOf(person_.index),
                                   context_.clips.video)};
      media.slot_codecs = {*context_.scenario.video.codec};
    }
  }
  const Slots slots = SlotsFor(context_.scenario, other_publishers);
  media.audio_slots = context_.scenario.audio.on ? slots.audio : 0;
  media.video_slots = context_.scenario.video.on() ? slots.video : 0;
  media.data = context_.scenario.data;
  media.adapt = context_.scenario.adapt;
  return media;
}

void Member::Join(const std::string& room, std::vector<std::string> watches, int other_publishers,
                  Timestamp now) {
  CallConfig config{.room = room,
                    .identity = person_.identity,
                    .media = Media(other_publishers),
                    .watches = std::move(watches),
                    .observer = this};
  if (context_.scenario.up.is_impaired()) config.up = ToLinkConfig(context_.scenario.up);
  if (context_.scenario.down.is_impaired()) config.down = ToLinkConfig(context_.scenario.down);
  started_ = now;
  now_ = now;
  call_ = context_.target.NewCall(std::move(config));
  call_->Join();
}

void Member::Leave() {
  up_ = false;
  call_->Leave();
}

void Member::Reconnect(Timestamp now) {
  now_ = now;
  NoteJoin();
  reconnected_ = now;
  frame_after_reconnect_.reset();
  up_ = false;
  // Where the connection itself survives.
  for (Participant* transport : transports_) {
    for (const std::string& mid : transport->MidsOf(MediaPlan::Role::kVideoSlot)) {
      transport->ObservePictures(mid, [this](const synthetic::JudgedPicture& picture) {
        if (!picture.decodable || !reconnected_ || *picture.decodable < *reconnected_) return;
        if (!frame_after_reconnect_) frame_after_reconnect_ = picture.decodable;
      });
    }
  }
  call_->Reconnect();
}

void Member::NoteReconnect() {
  if (!reconnected_) return;
  if (!frame_after_reconnect_) {
    JoinSteps steps;
    for (const Participant* transport : transports_) {
      ReadFirsts(*transport, context_.scenario.video.on(), steps);
    }
    if (steps.first_frame && *steps.first_frame >= *reconnected_) {
      frame_after_reconnect_ = steps.first_frame;
    }
  }
  if (!frame_after_reconnect_) return;
  context_.tally.reconnect.Add(*frame_after_reconnect_ - *reconnected_);
  reconnected_.reset();
}

void Member::SetMuted(bool muted, Timestamp now) {
  now_ = now;
  muted_ = muted;
  call_->SetMuted(muted, muted);
}

void Member::SetTalking(bool talking) {
  for (Participant* transport : transports_) {
    for (const std::string& mid : transport->MidsOf(MediaPlan::Role::kAudioTrack)) {
      if (auto* track = transport->Track(mid)) track->SetTalking(talking);
    }
  }
}

void Member::Show(Layout layout, int other_publishers, const Person* speaker, Timestamp now) {
  now_ = now;
  if (!context_.target.capabilities().layouts) return;
  wanted_.clear();
  std::vector<Tile> tiles;
  for (const int height : TileHeights(layout, other_publishers)) {
    tiles.push_back({.height = height});
    wanted_.push_back({.height = ExpectedHeight(context_.scenario.video, height)});
  }
  if (layout == Layout::kSpeaker && speaker != nullptr && speaker->index != person_.index &&
      !tiles.empty()) {
    tiles.front().identity = speaker->identity;
    wanted_.front().source = VideoSourceOf(speaker->index);
  }
  call_->Show(tiles);
  for (auto& [transport, books] : books_) ExpectHeights(*transport, books, now);
}

void Member::ExpectHeights(const Participant& transport, Books& books, Timestamp now) const {
  books.lines = transport.media().size();
  std::size_t index = 0;
  for (const std::string& mid : transport.MidsOf(MediaPlan::Role::kVideoSlot)) {
    Wanted wanted{.height = ExpectedHeight(context_.scenario.video, INT32_MAX)};
    if (!wanted_.empty()) wanted = index < wanted_.size() ? wanted_[index] : Wanted();
    books.demands[mid].Expect(now, wanted.height, wanted.source);
    ++index;
  }
}

void Member::ExpectFrom(uint32_t source, bool expected, Timestamp now) {
  for (Participant* transport : transports_) ExpectSource(*transport, source, expected, now);
}

void Member::OnTransport(Participant& transport) {
  transports_.push_back(&transport);
  Books& books = books_[&transport];
  ExpectHeights(transport, books, now_);
  BeginReading(transport, {.scenario = context_.scenario, .verified = person_.verified});
}

void Member::OnTransportEnding(Participant& transport) {
  const auto books = books_.find(&transport);
  if (books == books_.end()) return;
  NoteJoin();
  ReadSlots(transport, books->second, now_);
  ReadTracks(transport, now_);
  books_.erase(books);
  std::erase(transports_, &transport);
}

JoinSteps Member::Steps() const {
  const JoinTimes times = call_->times();
  JoinSteps steps{
      .started = times.started, .signalled = times.signalled, .ice = times.ice, .dtls = times.dtls};
  if (!awaits_media_) return steps;
  for (const Participant* transport : transports_) {
    ReadFirsts(*transport, context_.scenario.video.on(), steps);
  }
  return steps;
}

// Once: as soon as there is a first frame, or when there is no more time for one.
void Member::NoteJoin() {
  if (join_noted_ || !call_->times().dtls) return;
  join_noted_ = true;
  context_.tally.AddJoin(Steps());
}

bool Member::Observe(Timestamp now) {
  now_ = now;
  if (call_ == nullptr) return false;
  for (auto& [transport, books] : books_) {
    if (transport->media().size() != books.lines) ExpectHeights(*transport, books, now);
  }
  const Call::State state = call_->state();
  const bool was_up = std::exchange(up_, state == Call::State::kUp);
  if (state == Call::State::kFailed && !failed_) {
    failed_ = true;
    ++(join_noted_ ? context_.tally.errors : context_.tally.join_failed);
    context_.tally.AddProblem(call_->error());
  }
  if (up_ && !join_noted_ && Steps().first_frame) NoteJoin();
  NoteReconnect();
  return up_ && !was_up;
}

void Member::ReadSlots(Participant& transport, const Books& books, Timestamp now) {
  const auto height_of = [this](uint32_t /*source*/, const Layer& layer) {
    return HeightOfLayer(context_.scenario.video, layer);
  };
  for (const std::string& mid : transport.MidsOf(MediaPlan::Role::kVideoSlot)) {
    const synthetic::SlotReceiver* slot = transport.Slot(mid);
    if (slot == nullptr) continue;
    ReadVideo(*slot, now, context_.tally);
    // Of one that is only counted nobody knows what it shows.
    const auto demands = books.demands.find(mid);
    if (demands != books.demands.end() && slot->judging()) {
      context_.tally.layers += demands->second.Compare(slot->report().shown, now, height_of);
    }
  }
  ReadReception(transport, person_.identity, context_.tally);
  // Others check only until their first frame, when they have just joined: they would count too
  // much.
  if (person_.verified) context_.tally.transit.Merge(transport.transit_times());
}

void Member::ReadTracks(Participant& transport, Timestamp now) {
  ReadSent(transport, context_.tally.sent);
  for (const auto role : {MediaPlan::Role::kAudioTrack, MediaPlan::Role::kVideoTrack}) {
    for (const std::string& mid : transport.MidsOf(role)) {
      const synthetic::PublishedTrack* track = transport.Track(mid);
      if (track == nullptr) continue;
      context_.tally.send_lag.Merge(track->send_lag());
      if (role != MediaPlan::Role::kVideoTrack) continue;
      context_.tally.keyframe_requests += track->keyframe_requests();
      // The transport's own time: a call's times begin anew when it reconnects.
      if (const auto since = transport.connected_at()) context_.tally.published += now - *since;
    }
  }
  const auto estimate = transport.send_estimate();
  if (estimate && context_.scenario.up.rate.bps() > 0 && person_.publishes) {
    context_.tally.estimate_ratios += static_cast<double>(estimate->target.bps()) /
                                      static_cast<double>(context_.scenario.up.rate.bps());
    ++context_.tally.estimates;
  }
}

void Member::Finish(Timestamp now) {
  now_ = now;
  if (call_ == nullptr) return;
  const auto transports = transports_;
  for (Participant* transport : transports) OnTransportEnding(*transport);
}

}  // namespace stellwerk::load
