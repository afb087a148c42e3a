#include "bench/load/scenario/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace stellwerk::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = Event::Kind;

Scenario SmallMeetings() {
  Scenario scenario;
  scenario.rooms = 3;
  scenario.publishers = 2;
  scenario.subscribers = 1;
  scenario.joins_per_second = 10;
  scenario.duration = seconds(60);
  return scenario;
}

// Everything that can happen, all the time.
Scenario Restless() {
  Scenario scenario = SmallMeetings();
  scenario.publishers = 4;
  scenario.churn_per_minute = 30;
  scenario.layout_flip_every = seconds(7);
  scenario.speaker_change_every = seconds(3);
  scenario.mute_storm = {.every = seconds(20), .share = 0.5, .lasts = seconds(5)};
  scenario.reconnect_every = seconds(10);
  return scenario;
}

std::vector<Event> EventsOf(const Timeline& timeline, Kind kind) {
  std::vector<Event> found;
  for (const Event& event : timeline.events()) {
    if (event.kind == kind) found.push_back(event);
  }
  return found;
}

// One line for each event, for comparisons.
std::vector<std::string> InWords(const Timeline& timeline) {
  std::vector<std::string> lines;
  for (const Event& event : timeline.events()) {
    lines.push_back(std::to_string(event.at.count()) + " " + std::string(EventName(event.kind)) +
                    " " + timeline.persons()[event.person].identity + " " +
                    std::string(LayoutName(event.layout)));
  }
  return lines;
}

TEST(Timeline, FillsRoomAfterRoomPublishersFirst) {
  const Timeline timeline = Timeline::Make(SmallMeetings());
  std::vector<std::string> people;
  for (const Person& person : timeline.persons()) {
    people.push_back(std::to_string(person.room) + " " + person.identity);
    EXPECT_EQ(person.publishes, person.identity.starts_with("publisher"));
  }
  EXPECT_THAT(people, testing::ElementsAre("0 publisher-0", "0 publisher-1", "0 viewer-2",
                                           "1 publisher-3", "1 publisher-4", "1 viewer-5",
                                           "2 publisher-6", "2 publisher-7", "2 viewer-8"));
  EXPECT_EQ(timeline.rooms(), 3);
  EXPECT_EQ(timeline.participants(), 9U);
}

TEST(Timeline, LetsOnePersonJoinInEachGapAndThenLasts) {
  const Timeline timeline = Timeline::Make(SmallMeetings());
  const auto joins = EventsOf(timeline, Kind::kJoin);
  ASSERT_EQ(joins.size(), 9U);
  EXPECT_EQ(timeline.events().size(), 9U);
  EXPECT_EQ(joins.front().at, TimeDelta());
  std::set<TimeDelta> within_gap;
  for (std::size_t i = 0; i < joins.size(); ++i) {
    EXPECT_LE(joins[i].at, milliseconds(100) * i);
    EXPECT_EQ(joins[i].person, i);
    EXPECT_EQ(timeline.persons()[i].joins, joins[i].at);
    if (i == 0) continue;
    EXPECT_GT(joins[i].at, milliseconds(100) * (i - 1));
    within_gap.insert(joins[i].at % milliseconds(100));
  }
  EXPECT_EQ(within_gap.size(), joins.size() - 1) << "in step";
  EXPECT_EQ(timeline.last_join(), joins.back().at);
  EXPECT_EQ(timeline.end(), joins.back().at + milliseconds(60'000));
}

TEST(Timeline, IsTheSameFromTheSameSeedAndAnotherFromAnother) {
  Scenario scenario = Restless();
  EXPECT_EQ(InWords(Timeline::Make(scenario)), InWords(Timeline::Make(scenario)));
  const auto first = InWords(Timeline::Make(scenario));
  scenario.seed = 2;
  EXPECT_NE(InWords(Timeline::Make(scenario)), first);
}

TEST(Timeline, IsInOrderAndTellsOnlyOfWhoIsThere) {
  const Timeline timeline = Timeline::Make(Restless());
  std::set<std::size_t> here;
  std::set<std::size_t> muted;
  TimeDelta last{};
  for (const Event& event : timeline.events()) {
    EXPECT_GE(event.at, last);
    EXPECT_LT(event.at, timeline.end());
    last = event.at;
    const auto kind = EventName(event.kind);
    if (event.kind == Kind::kJoin) {
      EXPECT_TRUE(here.insert(event.person).second);
      continue;
    }
    EXPECT_TRUE(here.contains(event.person)) << kind << " of who is not there";
    const Person& person = timeline.persons()[event.person];
    if (event.kind == Kind::kLeave) {
      here.erase(event.person);
      muted.erase(event.person);
    } else if (event.kind == Kind::kMute) {
      EXPECT_TRUE(person.publishes && muted.insert(event.person).second);
    } else if (event.kind == Kind::kUnmute) {
      EXPECT_EQ(muted.erase(event.person), 1U);
    } else if (event.kind == Kind::kSpeak) {
      EXPECT_TRUE(person.publishes);
    }
  }
  EXPECT_EQ(here.size(), timeline.participants());
}

TEST(Timeline, ReplacesAsManyAMinuteAsItSays) {
  const Timeline timeline = Timeline::Make(Restless());
  const auto leaves = EventsOf(timeline, Kind::kLeave);
  ASSERT_EQ(leaves.size(), 30U);
  ASSERT_EQ(timeline.persons().size(), timeline.participants() + 30);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const Person& old = timeline.persons()[leaves[i].person];
    const Person& next = timeline.persons()[timeline.participants() + i];
    EXPECT_EQ(next.room, old.room);
    EXPECT_EQ(next.publishes, old.publishes);
    EXPECT_EQ(next.verified, old.verified);
    EXPECT_EQ(next.joins, leaves[i].at);
    EXPECT_NE(next.identity, old.identity);
  }
}

TEST(Timeline, HasASpeakerInEachRoomFromTheFirstPublisherOn) {
  const Timeline timeline = Timeline::Make(Restless());
  std::map<int, std::size_t> speaker;  // by room
  std::map<int, int> changes;
  for (const Event& event : timeline.events()) {
    const Person& person = timeline.persons()[event.person];
    if (event.kind == Kind::kSpeak) {
      const auto old = speaker.find(person.room);
      if (old != speaker.end()) {
        EXPECT_NE(old->second, event.person);
      }
      speaker[person.room] = event.person;
      ++changes[person.room];
    }
    const auto now = speaker.find(person.room);
    if (event.kind == Kind::kLeave && now != speaker.end() && now->second == event.person) {
      speaker.erase(now);
    }
    // Nobody joins, flips or mutes in a room without one but its first and who replaces a leaver.
    if (event.kind == Kind::kMute || event.kind == Kind::kLayout) {
      EXPECT_TRUE(speaker.contains(person.room));
    }
  }
  EXPECT_EQ(speaker.size(), 3U);
  for (const auto& [room, count] : changes) EXPECT_GE(count, 1 + 60 / 3) << "room " << room;
}

TEST(Timeline, NextSpeakerIsWhoIsNotMuted) {
  Scenario scenario = Restless();
  scenario.churn_per_minute = 0;
  const Timeline timeline = Timeline::Make(scenario);
  std::set<std::size_t> muted;
  int spoke_in_a_storm = 0;
  for (const Event& event : timeline.events()) {
    if (event.kind == Kind::kMute) muted.insert(event.person);
    if (event.kind == Kind::kUnmute) muted.erase(event.person);
    if (event.kind == Kind::kSpeak && !muted.empty()) {
      EXPECT_FALSE(muted.contains(event.person));
      ++spoke_in_a_storm;
    }
  }
  EXPECT_GT(spoke_in_a_storm, 0);
}

TEST(Timeline, AloneSpeaksOn) {
  Scenario scenario = SmallMeetings();
  scenario.rooms = 1;
  scenario.publishers = 1;
  scenario.speaker_change_every = seconds(1);
  EXPECT_EQ(EventsOf(Timeline::Make(scenario), Kind::kSpeak).size(), 1U);
}

TEST(Timeline, MutesAShareOfEachRoomAtOnceAndUnmutesThem) {
  Scenario scenario = Restless();
  scenario.churn_per_minute = 0;
  const Timeline timeline = Timeline::Make(scenario);
  std::map<std::pair<TimeDelta, int>, int> muted;  // by time and room
  for (const Event& event : EventsOf(timeline, Kind::kMute)) {
    ++muted[{event.at, timeline.persons()[event.person].room}];
  }
  EXPECT_EQ(muted.size(), 3U * 3U);  // after 10, 30 and 50 s
  for (const auto& [where, count] : muted) {
    EXPECT_EQ(count, 2);
    EXPECT_EQ((where.first - timeline.last_join()) % seconds(20), seconds(10));
  }
  const auto mutes = EventsOf(timeline, Kind::kMute);
  const auto unmutes = EventsOf(timeline, Kind::kUnmute);
  ASSERT_EQ(mutes.size(), unmutes.size());
  std::multiset<std::pair<TimeDelta, std::size_t>> expected;
  std::multiset<std::pair<TimeDelta, std::size_t>> found;
  for (const Event& event : mutes) expected.emplace(event.at + seconds(5), event.person);
  for (const Event& event : unmutes) found.emplace(event.at, event.person);
  EXPECT_EQ(found, expected);
}

TEST(Timeline, FlipsEveryPersonsLayoutToAndFro) {
  Scenario scenario = Restless();
  scenario.churn_per_minute = 0;
  const Timeline timeline = Timeline::Make(scenario);
  std::map<std::size_t, std::vector<Event>> flips;
  for (const Event& event : EventsOf(timeline, Kind::kLayout)) flips[event.person].push_back(event);
  EXPECT_EQ(flips.size(), timeline.participants());
  std::set<TimeDelta> first;
  for (const auto& [person, events] : flips) {
    EXPECT_GE(events.size(), 60U / 7);
    EXPECT_GE(events.front().at, timeline.last_join());
    first.insert(events.front().at);
    for (std::size_t i = 0; i < events.size(); ++i) {
      EXPECT_EQ(events[i].layout, i % 2 == 0 ? FlippedLayout(scenario.layout) : scenario.layout);
      if (i > 0) {
        EXPECT_EQ(events[i].at - events[i - 1].at, seconds(7));
      }
    }
  }
  EXPECT_EQ(first.size(), flips.size()) << "not all at once";
}

TEST(Timeline, LetsSomebodyReconnectEverySoOften) {
  EXPECT_EQ(EventsOf(Timeline::Make(Restless()), Kind::kReconnect).size(), 6U);
}

TEST(Timeline, OfFewerParticipantsBeginsWithTheSamePeople) {
  const Scenario scenario = Restless();
  const Timeline all = Timeline::Make(scenario);
  const Timeline some = Timeline::Make(scenario, 7);
  EXPECT_EQ(some.participants(), 7U);
  EXPECT_EQ(some.rooms(), 2);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(some.persons()[i].identity, all.persons()[i].identity);
    EXPECT_EQ(some.persons()[i].room, all.persons()[i].room);
    EXPECT_EQ(some.persons()[i].verified, all.persons()[i].verified);
  }
}

TEST(Timeline, OfMoreParticipantsThanTheScenarioHasMoreRooms) {
  const Timeline timeline = Timeline::Make(SmallMeetings(), 31);
  EXPECT_EQ(timeline.rooms(), 11);
  EXPECT_EQ(timeline.persons().back().room, 10);
  EXPECT_TRUE(timeline.persons().back().publishes);
}

TEST(Timeline, VerifiesSomebodyOfEachRoomInASample) {
  Scenario scenario = SmallMeetings();
  scenario.rooms = 50;
  scenario.publishers = 10;
  scenario.subscribers = 10;
  std::set<int> publishing;
  std::set<int> viewing;
  std::size_t verified = 0;
  const Timeline timeline = Timeline::Make(scenario);
  for (const Person& person : timeline.persons()) {
    if (!person.verified) continue;
    ++verified;
    (person.publishes ? publishing : viewing).insert(person.room);
  }
  EXPECT_EQ(publishing.size(), 50U);
  EXPECT_EQ(viewing.size(), 50U);
  // Two of each twenty, and a tenth of the others.
  EXPECT_NEAR(static_cast<double>(verified), 190, 35);

  for (const Verify verify : {Verify::kAll, Verify::kNone}) {
    scenario.verify = verify;
    const Timeline whole = Timeline::Make(scenario);
    for (const Person& person : whole.persons()) {
      EXPECT_EQ(person.verified, verify == Verify::kAll);
    }
  }
}

TEST(Timeline, SourcesTellWhoseTheyAre) {
  std::set<uint32_t> sources;
  for (std::size_t person = 0; person < 100; ++person) {
    EXPECT_TRUE(sources.insert(AudioSourceOf(person)).second);
    EXPECT_TRUE(sources.insert(VideoSourceOf(person)).second);
    EXPECT_EQ(PersonOfSource(AudioSourceOf(person)), person);
    EXPECT_EQ(PersonOfSource(VideoSourceOf(person)), person);
  }
  EXPECT_FALSE(sources.contains(0)) << "the default of a configuration";
}

}  // namespace
}  // namespace stellwerk::load
