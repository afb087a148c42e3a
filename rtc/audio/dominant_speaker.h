#pragma once

#include <optional>

#include "rtc/audio/audio_level_observer.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"

namespace stellwerk {

// Who has the floor, after Volfin & Cohen (README.md): it passes to one who speaks now, has spoken
// for most of a second, and did so while the one before was falling silent. A cough, a word of
// assent or a fan does not take it; nor does silence.
class DominantSpeaker {
 public:
  // To be called every 100 ms or so. True if it is somebody else now.
  bool Update(Timestamp now, const AudioLevelObserver& levels);
  // nullopt until somebody has spoken, and when that one has left.
  [[nodiscard]] const std::optional<ProducerId>& current() const { return current_; }

 private:
  std::optional<ProducerId> current_;
};

}  // namespace stellwerk
