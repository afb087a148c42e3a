#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "rtc/base/ids.h"

namespace stellwerk {

// Chooses which encoding of its source a slot carries. It stays with the current one until the
// wanted one can be entered, and takes the best available one while the wanted one is not being
// sent. Trivially copyable.
class SimulcastSelector {
 public:
  // Another source: nothing is current. `encodings` 0 = no source.
  void SetSource(uint8_t encodings);
  void SetPreferred(SpatialLayer preferred);
  // Which encodings are being received, a bit each.
  void OnActive(uint32_t mask);
  // Nothing is current any longer, e.g. after a pause; the next decodable start begins anew.
  void Stop() { current_.reset(); }

  enum class Verdict : uint8_t {
    kIgnore,   // of an encoding that is not carried
    kForward,  // of the current one
    kStart,    // from here on this encoding is the current one
  };
  // `can_start`: a decoder can begin with this packet.
  Verdict OnPacket(uint8_t encoding, bool can_start);

  [[nodiscard]] std::optional<uint8_t> current() const { return current_; }
  [[nodiscard]] uint8_t target() const { return target_; }
  // What was asked for, whether it is being sent or not.
  [[nodiscard]] uint8_t wanted() const {
    return encodings_ == 0 ? uint8_t{0} : std::min<uint8_t>(preferred_, encodings_ - 1);
  }
  // The encoding whose next keyframe is waited for.
  [[nodiscard]] std::optional<uint8_t> awaited() const {
    return encodings_ == 0 || current_ == target_ ? std::nullopt : std::optional(target_);
  }

 private:
  void ChooseTarget();

  uint8_t encodings_ = 0;
  uint8_t preferred_ = 0xFF;
  uint8_t target_ = 0;
  uint32_t active_ = 0;
  std::optional<uint8_t> current_;
};

}  // namespace stellwerk
