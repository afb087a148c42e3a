#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/load/target/target.h"
#include "bench/synthetic/runner/swarm.h"
#include "bench/synthetic/runner/web_client.h"

namespace stellwerk::load {

using namespace std::chrono_literals;

// Ends as soon as its condition holds; generous, for instrumented binaries share the machine.
inline constexpr TimeDelta kPatience = 20s;

// Calls to a target from one swarm on loopback, unless another address is given.
class Calls : public testing::Test {
 protected:
  void SetUp() override { MakeSwarm(IpAddress::V4({127, 0, 0, 1})); }
  void TearDown() override;
  void MakeSwarm(IpAddress local);

  // Opens and prepares it.
  void Open(TargetOptions options, const std::vector<std::string>& rooms = {"tea"});
  // The error of that, in one line; empty if there was none.
  std::string ErrorOf(TargetOptions options);

  // Someone who sends audio with mark `source` and a camera with three encodings and mark
  // 100 + source.
  static CallConfig Publisher(const std::string& identity, uint32_t source);
  // Slots for that many others.
  static CallConfig WithSlots(CallConfig config, int audio, int video);
  static CallConfig Viewer(const std::string& identity, int audio, int video) {
    return WithSlots({.room = "tea", .identity = identity, .media = {}}, audio, video);
  }
  Call* Join(CallConfig config);
  bool RunUntil(const std::function<bool()>& done) { return swarm_->RunUntil(done, kPatience); }
  bool WaitUntilUp(const std::vector<Call*>& calls);
  // Frames that could be decoded and are of this mark, in all slots of the call.
  static uint64_t FramesOf(const Call& call, uint32_t source);
  // True when `viewer` has got some more frames of this mark than now.
  bool Receives(const Call& viewer, uint32_t source);
  // What any slot of the call stumbled over.
  static std::vector<std::string> Problems(const Call& call);
  // The RTP stream (0 is the smallest encoding) in which this mark's video comes now; -1: none.
  static int EncodingOf(const Call& call, uint32_t source);

  std::unique_ptr<synthetic::Swarm> swarm_;
  std::unique_ptr<synthetic::WebClient> web_;
  std::unique_ptr<Target> target_;
  std::vector<std::unique_ptr<Call>> calls_;
};

}  // namespace stellwerk::load
