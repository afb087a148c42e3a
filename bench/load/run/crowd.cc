#include "bench/load/run/crowd.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/load/run/stream_reading.h"

namespace stellwerk::load {

Crowd::Crowd(const Scenario& scenario, const Clips& clips, const Timeline& timeline, Target& target,
             std::string room_prefix)
    : scenario_(scenario),
      clips_(clips),
      timeline_(timeline),
      target_(target),
      room_prefix_(std::move(room_prefix)),
      rooms_(static_cast<std::size_t>(timeline.rooms())),
      members_(timeline.persons().size()),
      layouts_(timeline.persons().size(), scenario.layout) {}

std::string Crowd::RoomName(int room) const { return absl::StrCat(room_prefix_, "-", room + 1); }

std::vector<std::string> Crowd::RoomNames() const {
  std::vector<std::string> names;
  for (int room = 0; room < timeline_.rooms(); ++room) names.push_back(RoomName(room));
  return names;
}

void Crowd::Do(const Event& event, Timestamp now) {
  const Person& person = timeline_.persons()[event.person];
  if (event.kind == Event::Kind::kJoin) return Join(person, now);
  if (members_[event.person] == nullptr) return;
  Member& member = *members_[event.person];
  switch (event.kind) {
    case Event::Kind::kJoin:
      return;
    case Event::Kind::kLeave:
      return Leave(member, now);
    case Event::Kind::kMute:
      return Mute(member, true, now);
    case Event::Kind::kUnmute:
      return Mute(member, false, now);
    case Event::Kind::kSpeak:
      return Speak(person, now);
    case Event::Kind::kLayout:
      return SetLayout(event.person, event.layout, now);
    case Event::Kind::kReconnect:
      TellOthers(member, false, now);
      return member.Reconnect(now);
  }
}

int Crowd::OtherPublishers(const Person& person) const {
  // As many as the room is made for, so that those who come later find a slot.
  return std::max(0, scenario_.publishers - (person.publishes ? 1 : 0));
}

std::vector<std::string> Crowd::WatchedBy(const Person& person) const {
  std::vector<std::string> identities;
  const auto most = static_cast<std::size_t>(
      std::max(SlotsFor(scenario_, OtherPublishers(person)).video, scenario_.video.on() ? 0 : 5));
  for (const Person& other : timeline_.persons()) {
    if (identities.size() == most) break;
    const bool is_first = other.joins <= timeline_.last_join();
    if (other.room == person.room && other.publishes && other.index != person.index && is_first) {
      identities.push_back(other.identity);
    }
  }
  return identities;
}

void Crowd::Join(const Person& person, Timestamp now) {
  auto& member = members_[person.index];
  member = std::make_unique<Member>(
      person,
      Member::Context{.scenario = scenario_, .clips = clips_, .target = target_, .tally = tally_});
  Room& room = rooms_[static_cast<std::size_t>(person.room)];
  room.members.push_back(member.get());
  auto watches = target_.capabilities().one_by_one ? WatchedBy(person) : std::vector<std::string>();
  member->Join(RoomName(person.room), std::move(watches), OtherPublishers(person), now);
  ShowTo(*member, now);
}

void Crowd::Leave(Member& member, Timestamp now) {
  TellOthers(member, false, now);
  Room& room = rooms_[static_cast<std::size_t>(member.person().room)];
  std::erase(room.members, &member);
  if (room.speaker != nullptr && room.speaker->index == member.person().index) {
    room.speaker = nullptr;
  }
  member.Leave();
}

void Crowd::Mute(Member& member, bool muted, Timestamp now) {
  member.SetMuted(muted, now);
  TellOthers(member, !muted, now);
}

void Crowd::TellOthers(const Member& sender, bool expected, Timestamp now) {
  const Person& person = sender.person();
  if (!person.publishes) return;
  for (Member* other : rooms_[static_cast<std::size_t>(person.room)].members) {
    if (other != &sender) other->ExpectFrom(VideoSourceOf(person.index), expected, now);
  }
}

void Crowd::Speak(const Person& person, Timestamp now) {
  Room& room = rooms_[static_cast<std::size_t>(person.room)];
  room.speaker = &person;
  for (Member* member : room.members) {
    member->SetTalking(member->person().index == person.index);
    if (layouts_[member->person().index] == Layout::kSpeaker) ShowTo(*member, now);
  }
}

void Crowd::SetLayout(std::size_t person, Layout layout, Timestamp now) {
  layouts_[person] = layout;
  ShowTo(*members_[person], now);
}

void Crowd::ShowTo(Member& member, Timestamp now) {
  if (!scenario_.video.on()) return;
  const Person& person = member.person();
  member.Show(layouts_[person.index], OtherPublishers(person),
              rooms_[static_cast<std::size_t>(person.room)].speaker, now);
}

// Whether somebody in the room was sending when this one had its keys: only then is the time until
// the first frame the server's.
bool Crowd::HadMedia(const Member& member) const {
  const auto keys_at = member.keys_at();
  const auto& others = rooms_[static_cast<std::size_t>(member.person().room)].members;
  return std::ranges::any_of(others, [&](const Member* other) {
    return other != &member && other->sends() && other->keys_at() <= keys_at;
  });
}

void Crowd::Observe(Timestamp now) {
  up_ = 0;
  for (const auto& member : members_) {
    if (member == nullptr) continue;
    if (member->Observe(now)) {
      member->SetAwaitsMedia(HadMedia(*member));
      if (member->sends()) TellOthers(*member, true, now);
    }
    if (member->is_up()) ++up_;
  }
  peak_ = std::max(peak_, up_);
}

LiveTotals Crowd::Live(Timestamp now) const {
  LiveTotals totals{.sent = tally_.sent,
                    .reception = tally_.reception,
                    .transit = tally_.transit,
                    .freezes = tally_.freezes};
  for (const auto& member : members_) {
    if (member == nullptr) continue;
    for (synthetic::Participant* transport : member->transports()) {
      ReadSent(*transport, totals.sent);
      totals.reception += transport->reception();
      if (member->person().verified) totals.transit.Merge(transport->transit_times());
      totals.freezes += CountFreezes(*transport, now);
    }
  }
  return totals;
}

void Crowd::Finish(Timestamp now) {
  for (const auto& member : members_) {
    if (member != nullptr) member->Finish(now);
  }
  members_.clear();
  for (Room& room : rooms_) room.members.clear();
}

std::size_t Crowd::failed() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      members_, [](const auto& member) { return member != nullptr && member->has_failed(); }));
}

}  // namespace stellwerk::load
