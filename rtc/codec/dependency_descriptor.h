#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/base/video_resolution.h"
#include "rtc/codec/dependency_structure.h"

namespace stellwerk {

// The head of the Dependency Descriptor header extension, which can be read without the template
// structure of an earlier keyframe. (AV1 RTP payload specification §A.8.2.)
//
//   0                   1                   2                   3
//  |S|E| template  |        frame number           |T|A|I|F|C| structure ...
//   the second part is there if the extension is longer than 3 bytes
struct DependencyDescriptorHead {
  bool start_of_frame = false;
  bool end_of_frame = false;
  uint8_t template_id = 0;    // frame_dependency_template_id, 0..63
  uint16_t frame_number = 0;  // wraps
  // Comes only with a keyframe (§A.8.3: the structure is attached to the first packet of a coded
  // video sequence).
  bool has_structure = false;
  bool has_active_decode_targets = false;

  static std::optional<DependencyDescriptorHead> Parse(std::span<const uint8_t> data);
  friend bool operator==(const DependencyDescriptorHead&,
                         const DependencyDescriptorHead&) = default;
};

// All that a descriptor says of its frame, with the structure's help.
struct FrameDependencies {
  DependencyDescriptorHead head;
  uint8_t template_index = 0;
  SpatialLayer spatial_layer;
  TemporalLayer temporal_layer;
  DecodeTargetIndications indications;
  FrameReferences references;
  std::array<uint8_t, DecodeTargets::kMax> chain_distances{};
  // Which decode targets the publisher sends at present, a bit each.
  uint32_t active_targets = 0;
  // Belongs to the reader and is valid until it reads another structure. `structure_version`
  // differs between different structures.
  const DependencyStructure* structure = nullptr;
  uint32_t structure_version = 0;

  // Begins a coded video sequence.
  [[nodiscard]] bool IsKeyframe() const { return head.start_of_frame && head.has_structure; }
};

// Reads the descriptors of one RTP stream; remembers the structure.
class DependencyDescriptorReader {
 public:
  // A structure in `data` is the one that holds from now on. nullopt if the descriptor is broken,
  // or its structure not known.
  std::optional<FrameDependencies> Read(std::span<const uint8_t> data);
  // The same for a packet out of the history, which changes nothing.
  [[nodiscard]] std::optional<FrameDependencies> Reread(std::span<const uint8_t> data) const;
  // Forgets the structure: the sender began anew.
  void Reset();

  // nullptr: none yet.
  [[nodiscard]] const DependencyStructure* structure() const {
    return known_ ? &structure_ : nullptr;
  }
  [[nodiscard]] uint32_t active_targets() const { return active_targets_; }

 private:
  DependencyStructure structure_;
  mutable DependencyStructure scratch_;  // kept for its memory
  bool known_ = false;                   // there is a structure
  uint32_t version_ = 0;
  uint32_t active_targets_ = 0;
  uint16_t active_since_ = 0;  // frame number of the descriptor that said so
};

// What a forwarded descriptor says instead of its own.
struct DependencyDescriptorChanges {
  uint16_t frame_number = 0;
  // With active_target_count bits; nullopt leaves as it is what the descriptor says of them.
  std::optional<uint32_t> active_targets = std::nullopt;
  uint8_t active_target_count = 0;
};

// Writes `data` with `changes` to `out`. Returns the size; 0 if it is no descriptor or does not
// fit.
std::size_t RewriteDependencyDescriptor(std::span<const uint8_t> data,
                                        const DependencyDescriptorChanges& changes,
                                        std::span<uint8_t> out);

}  // namespace stellwerk
