#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "bench/link/link_config.h"
#include "bench/load/scenario/layout.h"
#include "bench/synthetic/scalability_mode.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"

// What a load test does, as plain values with their defaults. settings.h has the name, the range
// and the meaning of each; scenario_file.h reads and writes them as YAML.
namespace stellwerk::load {

// How much of what arrives is decrypted and judged; the rest is counted by its clear headers.
enum class Verify : uint8_t {
  kSample,  // Person::verified
  kAll,
  kNone,
};

struct VideoSettings {
  std::optional<Codec> codec = Codec::kVp8;  // kVp8, kVp9, kAv1 or kH264; nullopt: no video
  // nullopt: when the mode has no spatial layers. Two or three encodings, by height, as browsers
  // make them.
  std::optional<bool> simulcast = {};
  synthetic::ScalabilityMode mode = {.spatial_layers = 1, .temporal_layers = 3};
  int width = 1280;
  int height = 720;
  // Of the highest encoding; of simulcast, the one half as wide has a third of it, the one a
  // quarter as wide a tenth.
  DataRate bitrate = DataRate::KilobitsPerSecond(1500);
  int frames_per_second = 30;
  TimeDelta keyframe_interval{};  // zero: the first, and those that are asked for
  std::string replay = {};        // an IVF file whose frame sizes and times are sent; empty: none

  [[nodiscard]] bool on() const { return codec.has_value(); }
  [[nodiscard]] bool is_simulcast() const { return simulcast.value_or(mode.spatial_layers == 1); }
  friend bool operator==(const VideoSettings&, const VideoSettings&) = default;
};
struct AudioSettings {
  bool on = true;  // Opus
  DataRate bitrate = DataRate::KilobitsPerSecond(32);
  bool dtx = false;  // in silence one comfort packet each 400 ms
  // Mean lengths of talk spurts and of the silence between them; a silence of zero: always talking.
  TimeDelta talk = std::chrono::seconds(5);
  TimeDelta silence = std::chrono::seconds(15);
  int level = 30;           // of speech, in -dBov: 0 is the loudest, 127 silence (RFC 6464)
  std::string replay = {};  // an Ogg Opus file whose packet sizes are sent; empty: none
  friend bool operator==(const AudioSettings&, const AudioSettings&) = default;
};

// One direction of everybody's own network.
struct LinkSettings {
  DataRate rate = {};  // zero: no bottleneck
  TimeDelta delay{};
  TimeDelta jitter{};                                // the mean of what comes on top of `delay`
  double loss = 0;                                   // 0..1, of each packet for itself
  TimeDelta queue = std::chrono::milliseconds(300);  // longest wait for the bottleneck

  // Whether it does anything to a packet.
  [[nodiscard]] bool is_impaired() const {
    return rate.bps() > 0 || delay.count() > 0 || jitter.count() > 0 || loss > 0;
  }
  friend bool operator==(const LinkSettings&, const LinkSettings&) = default;
};
LinkConfig ToLinkConfig(const LinkSettings& link);

// Many mute at the same instant, and unmute together.
struct MuteStorm {
  TimeDelta every{};   // zero: never
  double share = 0.5;  // 0..1 of each room's publishers, at least one
  TimeDelta lasts = std::chrono::seconds(5);
  friend bool operator==(const MuteStorm&, const MuteStorm&) = default;
};

struct Scenario {
  std::string name = "unnamed";
  uint64_t seed = 1;
  int rooms = 1;
  int publishers = 2;   // in each room; they also watch
  int subscribers = 0;  // in each room; they only watch
  double joins_per_second = 10;
  TimeDelta duration = std::chrono::seconds(30);  // after the last join
  // What follows begins when all have joined.
  double churn_per_minute = 0;  // of the whole run: one leaves, and another comes in the same role
  Layout layout = Layout::kSpeaker;
  TimeDelta layout_flip_every{};     // of each person, who goes to FlippedLayout and back
  TimeDelta speaker_change_every{};  // of each room; zero: all talk in spurts of their own
  MuteStorm mute_storm = {};
  TimeDelta reconnect_every{};  // of the whole run: a random person's network is lost and returns
  VideoSettings video = {};
  AudioSettings audio = {};
  bool adapt = false;  // publishers obey transport-wide feedback; else they send a constant rate
  LinkSettings up = {};
  LinkSettings down = {};
  bool data = false;  // offers data channels
  Verify verify = Verify::kSample;

  [[nodiscard]] int room_size() const { return publishers + subscribers; }
  [[nodiscard]] std::size_t participants() const {
    return static_cast<std::size_t>(rooms) * static_cast<std::size_t>(room_size());
  }
  friend bool operator==(const Scenario&, const Scenario&) = default;
};

// What one person has to be able to show, in the scenario's layout and after a flip.
Slots SlotsFor(const Scenario& scenario, int other_publishers);

}  // namespace stellwerk::load
