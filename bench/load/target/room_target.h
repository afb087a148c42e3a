#pragma once

#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "bench/load/target/target_base.h"

namespace stellwerk::load {

// This project's own signalling: one connection for both directions, slots filled by the server.
class RoomTarget : public TargetBase {
 public:
  using TargetBase::TargetBase;

  [[nodiscard]] TargetKind kind() const override { return TargetKind::kRoom; }
  [[nodiscard]] Capabilities capabilities() const override {
    return {.layouts = true, .mute = true, .data = true, .reconnect = true, .one_by_one = false};
  }
  // Joins the first of them for a moment, to see whether one is let in.
  absl::Status Prepare(std::span<const std::string> rooms) override;
  void Finish() override {}
  [[nodiscard]] std::string software() const override { return "Stellwerk"; }
  [[nodiscard]] std::unique_ptr<Call> NewCall(CallConfig config) override;
};

}  // namespace stellwerk::load
