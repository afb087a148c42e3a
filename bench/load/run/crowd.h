#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/run/member.h"
#include "bench/load/run/tally.h"
#include "bench/load/scenario/scenario.h"
#include "bench/load/scenario/timeline.h"
#include "bench/load/target/target.h"
#include "rtc/base/units.h"

namespace stellwerk::load {

// What is shown while a run goes on: of those who are there and of those who were.
struct LiveTotals {
  SentTotals sent = {};
  synthetic::ReceptionStats reception = {};
  synthetic::TransitTimes transit = {};
  uint64_t freezes = 0;
};

// Everybody in a run: does what the timeline says, and keeps the books.
class Crowd {
 public:
  // All outlive it. `room_prefix`: rooms are named after it, so that runs don't meet.
  Crowd(const Scenario& scenario, const Clips& clips, const Timeline& timeline, Target& target,
        std::string room_prefix);

  [[nodiscard]] std::vector<std::string> RoomNames() const;
  void Do(const Event& event, Timestamp now);
  void Observe(Timestamp now);
  // The books are closed; figures are complete only now.
  void Finish(Timestamp now);

  [[nodiscard]] std::size_t up() const { return up_; }
  [[nodiscard]] std::size_t peak() const { return peak_; }
  [[nodiscard]] std::size_t failed() const;
  [[nodiscard]] Tally& tally() { return tally_; }
  // So far.
  [[nodiscard]] LiveTotals Live(Timestamp now) const;

 private:
  struct Room {
    std::vector<Member*> members;  // who are there
    const Person* speaker = nullptr;
  };
  [[nodiscard]] std::string RoomName(int room) const;
  void Join(const Person& person, Timestamp now);
  void Leave(Member& member, Timestamp now);
  void Mute(Member& member, bool muted, Timestamp now);
  void Speak(const Person& person, Timestamp now);
  void SetLayout(std::size_t person, Layout layout, Timestamp now);
  void ShowTo(Member& member, Timestamp now);
  void TellOthers(const Member& sender, bool expected, Timestamp now);
  [[nodiscard]] bool HadMedia(const Member& member) const;
  [[nodiscard]] int OtherPublishers(const Person& person) const;
  [[nodiscard]] std::vector<std::string> WatchedBy(const Person& person) const;

  const Scenario& scenario_;
  const Clips& clips_;
  const Timeline& timeline_;
  Target& target_;
  const std::string room_prefix_;
  Tally tally_;
  std::vector<Room> rooms_;
  std::vector<std::unique_ptr<Member>> members_;  // by Person::index; null: has not joined yet
  std::vector<Layout> layouts_;                   // of each
  std::size_t up_ = 0;
  std::size_t peak_ = 0;
};

}  // namespace stellwerk::load
