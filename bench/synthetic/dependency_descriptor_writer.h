#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bench/synthetic/dependency_structure.h"

namespace stellwerk::synthetic {

// The Dependency Descriptor of one packet (AV1 RTP payload specification §A.8.2). What the template
// `frame.template_index` does not say rightly is written as custom values.
// `attach_structure`: with the structure itself, as at a keyframe. `active_decode_targets`: the
// bitmask, bit i is decode target i.
[[nodiscard]] std::vector<uint8_t> WriteDependencyDescriptor(
    const DependencyStructure& structure, const FrameDependencies& frame, bool attach_structure,
    std::optional<uint32_t> active_decode_targets);

}  // namespace stellwerk::synthetic
