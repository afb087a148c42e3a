#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bench/load/scenario/layout.h"
#include "bench/load/scenario/scenario.h"
#include "rtc/base/units.h"

namespace stellwerk::load {

// Somebody who takes part at some time.
struct Person {
  std::size_t index = 0;  // in Timeline::persons(), in the order of joining
  int room = 0;           // from 0
  bool publishes = false;
  bool verified = true;  // what arrives is decrypted and judged all the time
  std::string identity;  // unique in the run: "publisher-17", "viewer-18"
  TimeDelta joins{};     // since the start
};

// The payload mark's source of a person's tracks: unique in the run.
[[nodiscard]] constexpr uint32_t AudioSourceOf(std::size_t person) {
  return static_cast<uint32_t>(2 * person + 1);
}
[[nodiscard]] constexpr uint32_t VideoSourceOf(std::size_t person) {
  return static_cast<uint32_t>(2 * person + 2);
}
[[nodiscard]] constexpr std::size_t PersonOfSource(uint32_t source) { return (source - 1) / 2; }

struct Event {
  enum class Kind : uint8_t {
    kJoin,
    kLeave,  // in order; who is there at the end is not told to leave
    kMute,   // microphone and camera
    kUnmute,
    kSpeak,      // from now on this one is the room's loud one, and nobody else
    kLayout,     // `layout` from now on; each begins with the scenario's
    kReconnect,  // the network of this one is lost, and returns
  };
  TimeDelta at{};  // since the start
  Kind kind = Kind::kJoin;
  std::size_t person = 0;
  Layout layout = Layout::kSpeaker;  // kLayout
};
// "join", "mute", ...
std::string_view EventName(Event::Kind kind);

// Who does what when: known beforehand, and the same again from the same scenario and seed. Rooms
// are filled one after the other, in each the publishers first, so that the first n of a larger run
// are those of a run of n.
class Timeline {
 public:
  // All participants of the scenario.
  static Timeline Make(const Scenario& scenario);
  // So many, at least 1, in as many rooms of the scenario's size as they fill; the last may be
  // smaller.
  static Timeline Make(const Scenario& scenario, std::size_t participants);
  ~Timeline();
  Timeline(Timeline&&) noexcept;
  Timeline& operator=(Timeline&&) noexcept;

  // In the order of time; of one time in the order in which they are to be done.
  [[nodiscard]] std::span<const Event> events() const&;
  std::span<const Event> events() const&& = delete;
  // Everybody who ever joins.
  [[nodiscard]] std::span<const Person> persons() const&;
  std::span<const Person> persons() const&& = delete;
  // Who are there at a time, when all have joined.
  [[nodiscard]] std::size_t participants() const;
  [[nodiscard]] int rooms() const;
  // When the last of this step joins, and when all is over, since the start.
  [[nodiscard]] TimeDelta last_join() const;
  [[nodiscard]] TimeDelta end() const;

 private:
  class Author;
  explicit Timeline(std::unique_ptr<Author> author);
  std::unique_ptr<Author> author_;
};

}  // namespace stellwerk::load
