#pragma once

#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "bench/load/target/target_base.h"

namespace stellwerk::load {

// WHIP to publish and WHEP to view, at any server: a connection for each.
class WhipTarget : public TargetBase {
 public:
  // `options.whep_url` is not empty.
  using TargetBase::TargetBase;

  [[nodiscard]] TargetKind kind() const override { return TargetKind::kWhip; }
  [[nodiscard]] Capabilities capabilities() const override;
  // Asks whether there is an HTTP server; who is let in shows with the first call.
  absl::Status Prepare(std::span<const std::string> rooms) override;
  void Finish() override {}
  [[nodiscard]] std::string software() const override { return software_; }
  [[nodiscard]] std::unique_ptr<Call> NewCall(CallConfig config) override;

 private:
  std::string software_;
};

}  // namespace stellwerk::load
