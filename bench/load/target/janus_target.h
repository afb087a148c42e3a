#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "bench/load/target/janus_session.h"
#include "bench/load/target/target_base.h"

namespace stellwerk::load {

// The VideoRoom plug-in of Janus (1.x, with multi-stream subscriptions): whoever publishes has a
// connection for that, whoever watches another one for all that he watches, whose offers the
// server makes. https://janus.conf.meetecho.com/docs/videoroom.html
class JanusTarget : public TargetBase {
 public:
  using TargetBase::TargetBase;

  [[nodiscard]] TargetKind kind() const override { return TargetKind::kJanus; }
  [[nodiscard]] Capabilities capabilities() const override {
    return {.layouts = true, .mute = true, .data = true, .reconnect = true, .one_by_one = true};
  }
  // Makes rooms whose numbers the server chooses.
  absl::Status Prepare(std::span<const std::string> rooms) override;
  // Destroys them.
  void Finish() override;
  [[nodiscard]] std::string software() const override { return software_; }
  [[nodiscard]] std::unique_ptr<Call> NewCall(CallConfig config) override;
  // The number (or text) by which the server knows a room; null: it was not prepared.
  [[nodiscard]] nlohmann::json RoomId(const std::string& room) const;

 private:
  void OnTick(Timestamp now) override;
  void MakeRooms(std::span<const std::string> rooms);

  std::unique_ptr<JanusSession> session_;
  uint64_t handle_ = 0;
  std::string software_;
  std::string error_;
  std::map<std::string, nlohmann::json> rooms_;
};

}  // namespace stellwerk::load
