#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "bench/synthetic/dependency_structure.h"

namespace stellwerk::synthetic {

// Reads the Dependency Descriptors of one received stream, strictly: what the specification does
// not allow is an error, whether or not a browser would live with it.
class DependencyDescriptorReader {
 public:
  struct Packet {
    FrameDependencies dependencies;
    bool structure_attached = false;
    std::optional<uint32_t> active_decode_targets;  // if this packet says so
  };

  // In the order of sequence numbers. nullopt if it is malformed, or no structure has come that it
  // can be read with.
  std::optional<Packet> Read(std::span<const uint8_t> data);
  // The one that came last.
  [[nodiscard]] const std::optional<DependencyStructure>& structure() const { return structure_; }

 private:
  std::optional<DependencyStructure> structure_;
};

}  // namespace stellwerk::synthetic
