#pragma once

#include <uv.h>

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "bench/load/target/target.h"

namespace stellwerk::load {

class CallBase;

// What the targets of all kinds have in common: the clock by which their calls are looked after.
class TargetBase : public Target {
 public:
  TargetBase(TargetOptions options, synthetic::Swarm& swarm, synthetic::WebClient& web);
  ~TargetBase() override;  // runs the loop for a few turns
  TargetBase(const TargetBase&) = delete;
  TargetBase& operator=(const TargetBase&) = delete;

  [[nodiscard]] const TargetOptions& options() const { return options_; }
  [[nodiscard]] synthetic::Swarm& swarm() { return swarm_; }
  [[nodiscard]] synthetic::WebClient& web() { return web_; }
  void Register(CallBase& call) { calls_.insert(&call); }
  void Forget(CallBase& call) { calls_.erase(&call); }

 protected:
  // Every few milliseconds.
  virtual void OnTick(Timestamp /*now*/) {}

 private:
  void Tick();

  TargetOptions options_;
  synthetic::Swarm& swarm_;
  synthetic::WebClient& web_;
  uv_timer_t timer_{};
  std::set<CallBase*> calls_;
};

// What a server said, as one line of bounded length.
std::string OneLine(std::string_view text);

}  // namespace stellwerk::load
