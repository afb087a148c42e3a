#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/units.h"

// What a network path does to packets. Plain values, so that a scenario is a table of them.
namespace stellwerk {

// From `at` (since the link's start) on the bottleneck has this rate. Zero: nothing passes, the
// queue waits.
struct RatePoint {
  TimeDelta at{};
  DataRate rate = {};
};
// The capacity over time, points in ascending order; empty = no bottleneck. The first point holds
// from the start whatever its time.
struct RateTrace {
  std::vector<RatePoint> points = {};
  // Start again after this time; zero: the last rate stays.
  TimeDelta period{};

  static RateTrace Constant(DataRate rate) { return {.points = {{TimeDelta{}, rate}}}; }
};

struct QueueConfig {
  enum class Kind : uint8_t {
    kTailDrop,
    kCoDel,  // RFC 8289
  };
  Kind kind = Kind::kTailDrop;
  // A packet that would make the queue longer than either is dropped. `max_time` is what the queue
  // would need at the present rate; zero: no such limit.
  DataSize max_size = DataSize::Bytes(1'000'000);
  TimeDelta max_time{};
  // RFC 8289 §4.2, §4.3.
  TimeDelta codel_target = std::chrono::milliseconds(5);
  TimeDelta codel_interval = std::chrono::milliseconds(100);
};

// A two-state channel (Gilbert, Elliott): each packet first moves the state, then is lost with that
// state's probability. All probabilities 0..1.
struct BurstLoss {
  double enter_bad = 0;
  double leave_bad = 1;
  double loss_in_bad = 1;
  double loss_in_good = 0;
};

// Delay beyond `LinkConfig::delay`, different for each packet; never less than none.
struct JitterConfig {
  enum class Shape : uint8_t {
    kNormal,       // mean `amount`, standard deviation half of it
    kUniform,      // 0 .. 2 x `amount`
    kExponential,  // mean `amount`: rare, long tails
  };
  Shape shape = Shape::kNormal;
  TimeDelta amount{};  // the mean; zero: none
  // How long a delay lasts: that of two packets so far apart has a correlation of 1/e. Zero: every
  // packet for itself.
  TimeDelta correlation_time{};
  // Whether packets may overtake each other; else the later one waits for the earlier.
  bool reorder = false;
};

// A token bucket without a queue: what finds no token is lost.
struct Policer {
  DataRate rate = {};
  DataSize burst = DataSize::Bytes(32'000);
};

// Somebody else's packets, unevenly spaced, in the same queue: on for `on`, off for `off`, ...; off
// = zero: always on.
struct CrossTraffic {
  DataRate rate = {};  // while on
  DataSize packet_size = DataSize::Bytes(1200);
  TimeDelta start{};
  TimeDelta on = std::chrono::seconds(1);
  TimeDelta off{};
};

// A path in one direction: policer, queue, bottleneck, propagation delay and jitter, loss. Loss
// comes after the bottleneck, as on a radio link behind it: lost packets have used capacity.
struct LinkConfig {
  RateTrace capacity = {};
  TimeDelta delay{};
  JitterConfig jitter = {};
  double loss = 0;  // of each packet for itself, 0..1
  std::optional<BurstLoss> burst_loss = {};
  QueueConfig queue = {};
  std::optional<Policer> policer = {};
  std::vector<CrossTraffic> cross_traffic = {};
};

}  // namespace stellwerk
