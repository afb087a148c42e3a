#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rtc/base/media_parameters.h"

// The first messages on a channel. The controller connects and sends ControllerHello; the worker
// answers with WorkerHello, or with Refusal and the end of the connection.
namespace stellwerk::proto {

// Raised with every change of the schemas that an older peer would read wrongly. Both sides must
// have the same.
inline constexpr uint32_t kProtocolVersion = 2;

struct ControllerHello {
  uint32_t version = kProtocolVersion;
  friend bool operator==(const ControllerHello&, const ControllerHello&) = default;
};

struct WorkerHello {
  uint32_t version = kProtocolVersion;
  uint32_t pid = 0;
  Fingerprint fingerprint;            // of the certificate that every transport of this worker uses
  std::vector<Candidate> candidates;  // where it can be reached
  friend bool operator==(const WorkerHello&, const WorkerHello&) = default;
};

enum class RefusalReason : uint8_t {
  kVersionMismatch,
  kBusy,  // another controller is connected
};

struct Refusal {
  RefusalReason reason = RefusalReason::kVersionMismatch;
  std::string text;                     // for an operator; a mismatch names both versions
  uint32_t version = kProtocolVersion;  // the version of the side that refuses
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

}  // namespace stellwerk::proto
