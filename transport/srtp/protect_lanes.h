#pragma once

#include <cstddef>
#include <span>

#include "transport/srtp/protector.h"

namespace stellwerk {

// Protects up to kWidth packets of different keys side by side. Belongs to one thread.
class ProtectLanes {
 public:
  static constexpr std::size_t kWidth = 32;

  virtual ~ProtectLanes() = default;
  ProtectLanes(const ProtectLanes&) = delete;
  ProtectLanes& operator=(const ProtectLanes&) = delete;

  // Every job's protector has these lanes; at most kWidth jobs.
  virtual void Protect(std::span<ProtectJob* const> jobs) = 0;

 protected:
  ProtectLanes() = default;
};

}  // namespace stellwerk
