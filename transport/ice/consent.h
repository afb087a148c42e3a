#pragma once

#include <chrono>
#include <cstdint>

#include "rtc/base/units.h"

namespace stellwerk {

enum class IceState : uint8_t {
  kNew,  // no authenticated check so far
  kConnected,
  kDisconnected,  // none for kDisconnectedAfter
  kGone,          // none for kGoneAfter; final
};

// How long the peer has been silent, counted in authenticated checks (RFC 7675).
class Consent {
 public:
  // Browsers check every 2.5 s (Chromium) to 6 s (RFC 7675 §5.1), so this is at least one lost
  // check.
  static constexpr TimeDelta kDisconnectedAfter = std::chrono::seconds(10);
  // RFC 7675 §5.1: consent expires after 30 s.
  static constexpr TimeDelta kGoneAfter = std::chrono::seconds(30);

  explicit Consent(Timestamp now) : last_(now), armed_(now + kGoneAfter) {}

  // The peer has only now been told where to find us: it gets the whole time from here.
  void StartOver(Timestamp now) {
    if (state_ == IceState::kNew) last_ = now;
  }
  void OnCheck(Timestamp now) {
    if (state_ == IceState::kGone) return;
    last_ = now;
    // A deadline that is armed is not moved: when it comes, it looks how long ago the last check
    // was. So a check does not cost a change of the timer.
    if (state_ != IceState::kConnected) armed_ = now + kDisconnectedAfter;
    state_ = IceState::kConnected;
  }
  void HandleTimeout(Timestamp now) {
    if (now < armed_) return;
    if (now - last_ >= kGoneAfter) {
      state_ = IceState::kGone;
      armed_ = kNever;
      return;
    }
    if (state_ == IceState::kConnected && now - last_ >= kDisconnectedAfter) {
      state_ = IceState::kDisconnected;
    }
    armed_ = last_ + (state_ == IceState::kConnected ? kDisconnectedAfter : kGoneAfter);
  }
  [[nodiscard]] Timestamp NextTimeout() const { return armed_; }
  [[nodiscard]] IceState state() const { return state_; }
  [[nodiscard]] Timestamp last_check() const { return last_; }

 private:
  IceState state_ = IceState::kNew;
  Timestamp last_;
  Timestamp armed_;
};

}  // namespace stellwerk
