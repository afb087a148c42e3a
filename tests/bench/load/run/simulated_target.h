#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bench/load/target/target.h"
#include "bench/sim/simulated_room.h"

namespace stellwerk::load {

// The server's media path in virtual time as a target: one room, in which everybody's video slots
// show the other publishers in the order of joining. What is to be found can be built in.
class SimulatedTarget final : public Target {
 public:
  explicit SimulatedTarget(synthetic::SimulatedRoom& room) : room_(room) {}

  [[nodiscard]] TargetKind kind() const override { return TargetKind::kRoom; }
  [[nodiscard]] Capabilities capabilities() const override { return {.layouts = true}; }
  absl::Status Prepare(std::span<const std::string> /*rooms*/) override { return absl::OkStatus(); }
  void Finish() override {}
  [[nodiscard]] std::string software() const override { return "a simulation"; }
  [[nodiscard]] std::unique_ptr<Call> NewCall(CallConfig config) override;

  // The first one whose call has this identity.
  [[nodiscard]] synthetic::Participant& ParticipantOf(const std::string& identity);
  // From now on every slot is asked for in this height, whatever the layout says; 0: what it says.
  void SetWrongHeight(int height);

 private:
  class SimulatedCall;

  void ConnectSlots();

  synthetic::SimulatedRoom& room_;
  std::vector<SimulatedCall*> calls_;
  int wrong_height_ = 0;
};

}  // namespace stellwerk::load
