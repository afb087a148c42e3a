#include "bench/load/scenario/timeline.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <queue>
#include <utility>

#include "rtc/base/check.h"
#include "rtc/base/random.h"

namespace stellwerk::load {
namespace {

// Not in the stream of the other choices, so that it holds for a person however many there are.
bool IsSampled(uint64_t seed, std::size_t person) {
  constexpr uint64_t kOneOf = 10;
  SeededRandom random(seed ^ (person * 0x9E3779B97F4A7C15ULL));
  return random.NextU64() % kOneOf == 0;
}

}  // namespace

// Plays the scenario from one thing that is due to the next, and writes down what happens.
class Timeline::Author {
 public:
  explicit Author(const Scenario& scenario) : scenario_(scenario), random_(scenario.seed) {
    STELLWERK_CHECK(scenario.room_size() > 0 && scenario.joins_per_second > 0);
  }

  void WriteUntilAllAreDone(std::size_t participants) {
    STELLWERK_CHECK(participants > participants_);
    PlanJoins(participants - participants_);
    PlanRooms();
    if (participants_ == 0) PlanWhatRepeats();
    participants_ = participants;
    end_ = last_join_ + scenario_.duration;
    while (!due_.empty() && due_.top().at < end_) {
      const Due due = due_.top();
      due_.pop();
      Do(due);
    }
  }

  std::vector<Event> events;
  std::vector<Person> persons;

  [[nodiscard]] std::size_t participants() const { return participants_; }
  [[nodiscard]] int rooms() const { return static_cast<int>(rooms_.size()); }
  [[nodiscard]] TimeDelta last_join() const { return last_join_; }
  [[nodiscard]] TimeDelta end() const { return end_; }

 private:
  struct Due {
    enum class What : uint8_t { kJoin, kReplace, kSpeaker, kStorm, kCalm, kFlip, kReconnect };
    TimeDelta at{};
    uint64_t order = 0;  // of what is due at the same time
    What what = What::kJoin;
    std::size_t subject = 0;  // a room (kSpeaker) or a person (kFlip)
    friend bool operator>(const Due& a, const Due& b) {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };
  struct Room {
    std::vector<std::size_t> publishers;  // who are there
    std::optional<std::size_t> speaker;
  };
  struct Presence {
    bool here = false;
    bool muted = false;
    Layout layout = Layout::kSpeaker;
  };

  void Plan(TimeDelta at, Due::What what, std::size_t subject = 0) {
    due_.push({.at = at, .order = next_order_++, .what = what, .subject = subject});
  }
  // People don't come by the clock: one in each gap, but the first at once. Evenly spaced joins
  // would put microphones and cameras in step, each room's packets would come all at a time.
  void PlanJoins(std::size_t count) {
    const TimeDelta gap(std::llround(1e9 / scenario_.joins_per_second));
    for (std::size_t i = 0; i < count; ++i) {
      last_join_ = end_ + (i == 0 ? TimeDelta() : gap * static_cast<int64_t>(i) - Within(gap));
      Plan(last_join_, Due::What::kJoin);
    }
    joining_ += count;
  }
  void PlanRooms() {
    const auto size = static_cast<std::size_t>(scenario_.room_size());
    while (rooms_.size() * size < joining_) {
      const TimeDelta period = scenario_.speaker_change_every;
      if (period.count() > 0) {
        Plan(last_join_ + Within(period), Due::What::kSpeaker, rooms_.size());
      }
      rooms_.emplace_back();
    }
  }
  // The first time after half a period, so that a minute with one every minute has one.
  void PlanWhatRepeats() {
    if (scenario_.churn_per_minute > 0) Plan(last_join_ + ChurnGap() / 2, Due::What::kReplace);
    const auto half = [&](TimeDelta period, Due::What what) {
      if (period.count() > 0) Plan(last_join_ + period / 2, what);
    };
    half(scenario_.mute_storm.every, Due::What::kStorm);
    half(scenario_.reconnect_every, Due::What::kReconnect);
  }

  void Do(const Due& due) {
    switch (due.what) {
      case Due::What::kJoin:
        return JoinNext(due.at);
      case Due::What::kReplace:
        Plan(due.at + ChurnGap(), due.what);
        return Replace(due.at);
      case Due::What::kSpeaker:
        Plan(due.at + scenario_.speaker_change_every, due.what, due.subject);
        return ChangeSpeaker(rooms_[due.subject], due.at);
      case Due::What::kStorm:
        Plan(due.at + scenario_.mute_storm.lasts, Due::What::kCalm);
        Plan(due.at + scenario_.mute_storm.every, due.what);
        return Storm(due.at);
      case Due::What::kCalm:
        return Calm(due.at);
      case Due::What::kFlip:
        return Flip(due.subject, due.at);
      case Due::What::kReconnect:
        Plan(due.at + scenario_.reconnect_every, due.what);
        Tell(due.at, Event::Kind::kReconnect, OneOf(here_));
    }
  }

  void Tell(TimeDelta at, Event::Kind kind, std::size_t person) {
    events.push_back(
        {.at = at, .kind = kind, .person = person, .layout = presence_[person].layout});
  }

  void JoinNext(TimeDelta at) {
    const auto size = static_cast<std::size_t>(scenario_.room_size());
    const auto publishers = static_cast<std::size_t>(scenario_.publishers);
    const std::size_t place = joined_ % size;
    Person person;
    person.room = static_cast<int>(joined_ / size);
    person.publishes = place < publishers;
    // In each room the first who publishes and the first who only watches, and others by chance.
    person.verified = scenario_.verify == Verify::kAll ||
                      (scenario_.verify == Verify::kSample &&
                       (place == 0 || place == publishers || IsSampled(scenario_.seed, joined_)));
    ++joined_;
    Join(std::move(person), at);
  }

  void Join(Person person, TimeDelta at) {
    person.index = persons.size();
    person.identity = (person.publishes ? "publisher-" : "viewer-") + std::to_string(person.index);
    person.joins = at;
    const std::size_t index = person.index;
    const bool publishes = person.publishes;
    Room& room = rooms_[static_cast<std::size_t>(person.room)];
    persons.push_back(std::move(person));
    presence_.push_back({.here = true, .layout = scenario_.layout});
    here_.push_back(index);
    Tell(at, Event::Kind::kJoin, index);
    if (scenario_.layout_flip_every.count() > 0) {
      Plan(std::max(at, last_join_) + Within(scenario_.layout_flip_every), Due::What::kFlip, index);
    }
    if (!publishes) return;
    room.publishers.push_back(index);
    if (scenario_.speaker_change_every.count() > 0 && !room.speaker) ChangeSpeaker(room, at);
  }

  // Somebody goes, and somebody else comes in the same place.
  void Replace(TimeDelta at) {
    const std::size_t leaver = OneOf(here_);
    Room& room = rooms_[static_cast<std::size_t>(persons[leaver].room)];
    presence_[leaver].here = false;
    std::erase(here_, leaver);
    std::erase(room.publishers, leaver);
    const bool spoke = room.speaker == leaver;
    Tell(at, Event::Kind::kLeave, leaver);
    if (spoke) room.speaker.reset();
    Person next;
    next.room = persons[leaver].room;
    next.publishes = persons[leaver].publishes;
    next.verified = persons[leaver].verified;
    // If nobody is left to speak, the new one does.
    if (spoke && !room.publishers.empty()) ChangeSpeaker(room, at);
    Join(std::move(next), at);
  }

  // Whoever is not muted comes first.
  void ChangeSpeaker(Room& room, TimeDelta at) {
    std::vector<std::size_t> candidates = room.publishers;
    if (room.speaker) std::erase(candidates, *room.speaker);
    const auto muted = std::partition(candidates.begin(), candidates.end(),
                                      [&](std::size_t person) { return !presence_[person].muted; });
    if (muted != candidates.begin()) candidates.erase(muted, candidates.end());
    if (candidates.empty()) return;
    room.speaker = OneOf(candidates);
    Tell(at, Event::Kind::kSpeak, *room.speaker);
  }

  void Storm(TimeDelta at) {
    const double share = scenario_.mute_storm.share;
    if (share <= 0) return;
    for (const Room& room : rooms_) {
      std::vector<std::size_t> left = room.publishers;
      auto count = static_cast<std::size_t>(std::llround(share * static_cast<double>(left.size())));
      count = std::min(std::max<std::size_t>(count, 1), left.size());
      for (std::size_t i = 0; i < count; ++i) {
        std::swap(left[i], left[i + random_.NextU64() % (left.size() - i)]);
      }
      left.resize(count);
      std::sort(left.begin(), left.end());
      for (const std::size_t person : left) {
        presence_[person].muted = true;
        Tell(at, Event::Kind::kMute, person);
      }
    }
  }

  void Calm(TimeDelta at) {
    for (const std::size_t person : here_) {
      if (!std::exchange(presence_[person].muted, false)) continue;
      Tell(at, Event::Kind::kUnmute, person);
    }
  }

  void Flip(std::size_t person, TimeDelta at) {
    Presence& presence = presence_[person];
    if (!presence.here) return;
    Plan(at + scenario_.layout_flip_every, Due::What::kFlip, person);
    presence.layout =
        presence.layout == scenario_.layout ? FlippedLayout(scenario_.layout) : scenario_.layout;
    Tell(at, Event::Kind::kLayout, person);
  }

  [[nodiscard]] TimeDelta ChurnGap() const {
    return TimeDelta(std::llround(60e9 / scenario_.churn_per_minute));
  }
  [[nodiscard]] TimeDelta Within(TimeDelta period) {
    return TimeDelta(
        static_cast<int64_t>(random_.NextU64() % static_cast<uint64_t>(period.count())));
  }
  [[nodiscard]] std::size_t OneOf(const std::vector<std::size_t>& some) {
    return some[random_.NextU64() % some.size()];
  }

  Scenario scenario_;
  SeededRandom random_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  uint64_t next_order_ = 0;
  std::vector<Room> rooms_;
  std::vector<Presence> presence_;  // of each person
  std::vector<std::size_t> here_;
  std::size_t participants_ = 0;
  std::size_t joining_ = 0;  // who were planned, without those who replace others
  std::size_t joined_ = 0;   // of these, who have come
  TimeDelta last_join_{};
  TimeDelta end_{};
};

std::string_view EventName(Event::Kind kind) {
  switch (kind) {
    case Event::Kind::kJoin:
      return "join";
    case Event::Kind::kLeave:
      return "leave";
    case Event::Kind::kMute:
      return "mute";
    case Event::Kind::kUnmute:
      return "unmute";
    case Event::Kind::kSpeak:
      return "speak";
    case Event::Kind::kLayout:
      return "layout";
    case Event::Kind::kReconnect:
      return "reconnect";
  }
  return "";
}

Timeline Timeline::Make(const Scenario& scenario) {
  return Make(scenario, scenario.participants());
}

Timeline Timeline::Make(const Scenario& scenario, std::size_t participants) {
  Timeline timeline(std::make_unique<Author>(scenario));
  timeline.author_->WriteUntilAllAreDone(participants);
  return timeline;
}

Timeline::Timeline(std::unique_ptr<Author> author) : author_(std::move(author)) {}
Timeline::~Timeline() = default;
Timeline::Timeline(Timeline&&) noexcept = default;
Timeline& Timeline::operator=(Timeline&&) noexcept = default;

std::span<const Event> Timeline::events() const& { return author_->events; }
std::span<const Person> Timeline::persons() const& { return author_->persons; }
std::size_t Timeline::participants() const { return author_->participants(); }
int Timeline::rooms() const { return author_->rooms(); }
TimeDelta Timeline::last_join() const { return author_->last_join(); }
TimeDelta Timeline::end() const { return author_->end(); }

}  // namespace stellwerk::load
