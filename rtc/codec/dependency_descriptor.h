#pragma once

#include <cstdint>
#include <optional>
#include <span>

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

}  // namespace stellwerk
