#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "bench/load/target/target_base.h"

namespace stellwerk::load {

// LiveKit: a WebSocket with protocol buffers, one connection to publish and one to subscribe,
// whose offers the server makes. Tracks are subscribed to one by one.
class LiveKitTarget : public TargetBase {
 public:
  // `options` have a token, or key and secret.
  using TargetBase::TargetBase;

  [[nodiscard]] TargetKind kind() const override { return TargetKind::kLiveKit; }
  [[nodiscard]] Capabilities capabilities() const override {
    return {.layouts = true, .mute = true, .data = false, .reconnect = true, .one_by_one = true};
  }
  // Asks whether the token is good; rooms come with their first participant.
  absl::Status Prepare(std::span<const std::string> rooms) override;
  void Finish() override {}
  // Known after the first join.
  [[nodiscard]] std::string software() const override { return software_; }
  [[nodiscard]] std::unique_ptr<Call> NewCall(CallConfig config) override;

  // Of one participant: made from key and secret, or the one token there is, which is one person's.
  [[nodiscard]] std::string TokenFor(std::string_view room, std::string_view identity,
                                     bool publishes, bool subscribes) const;
  // `path`: "/rtc".
  [[nodiscard]] std::string UrlOf(std::string_view path) const;
  void SetVersion(std::string_view version) { software_ = "LiveKit " + std::string(version); }

 private:
  std::string software_;
};

}  // namespace stellwerk::load
