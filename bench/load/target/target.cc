#include "bench/load/target/target.h"

namespace stellwerk::load {

std::string_view ToString(TargetKind kind) {
  switch (kind) {
    case TargetKind::kRoom:
      return "stellwerk";
    case TargetKind::kWhip:
      return "whip";
    case TargetKind::kJanus:
      return "janus";
    case TargetKind::kLiveKit:
      return "livekit";
  }
  return "";
}

}  // namespace stellwerk::load
