#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/video_resolution.h"

namespace stellwerk {

// The VP9 payload descriptor.
//
// RFC 9628 §4.2:
//       0 1 2 3 4 5 6 7
//      |I|P|L|F|B|E|V|Z|  required
//  I:  |M| PICTURE ID  |  7 bits, or 15 if M
//  L:  | TID |U| SID |D|
//      |   TL0PICIDX   |  if L and not F
//  P,F:| P_DIFF      |N|  up to 3 times
//  V:  | scalability structure ...
struct Vp9Descriptor {
  static constexpr std::size_t kMaxSpatialLayers = 8;

  bool inter_picture_predicted = false;                   // P
  bool flexible_mode = false;                             // F
  bool start_of_frame = false;                            // B: of the layer frame
  bool end_of_frame = false;                              // E: of the layer frame
  bool not_a_reference_for_upper_spatial_layers = false;  // Z
  std::optional<uint16_t> picture_id;
  bool long_picture_id = false;
  bool has_layer_indices = false;      // L
  TemporalLayer temporal_layer;        // TID
  bool switching_up_point = false;     // U
  SpatialLayer spatial_layer;          // SID
  bool inter_layer_predicted = false;  // D
  std::optional<uint8_t> tl0_picture_index;
  std::array<uint8_t, 3> reference_differences{};  // P_DIFF
  uint8_t reference_count = 0;
  // From the scalability structure, if this packet has one.
  bool has_scalability_structure = false;
  uint8_t spatial_layer_count = 0;
  std::size_t picture_group_offset = 0;  // into the payload, of N_G; 0: there is none
  bool has_resolutions = false;
  std::array<VideoResolution, kMaxSpatialLayers> resolutions{};

  std::size_t size = 0;  // bytes of the descriptor in the payload

  static Expected<Vp9Descriptor, DropReason> Parse(std::span<const uint8_t> payload);
  // RFC 9628 §4.2: the first layer frame of a picture that predicts from no other picture.
  [[nodiscard]] bool IsKeyframe() const {
    return !inter_picture_predicted && start_of_frame && spatial_layer.value() == 0;
  }
  friend bool operator==(const Vp9Descriptor&, const Vp9Descriptor&) = default;
};

// The picture group of a scalability structure: in non-flexible mode what each picture predicts
// from, for the pictures after the one that brings it, again and again.
struct Vp9PictureGroup {
  // libwebrtc uses 1 to 8.
  static constexpr std::size_t kMaxPictures = 16;
  struct Picture {
    TemporalLayer temporal_layer;
    bool switching_up_point = false;
    uint8_t reference_count = 0;
    std::array<uint8_t, 3> reference_differences{};
  };
  uint8_t picture_count = 0;
  std::array<Picture, kMaxPictures> pictures{};

  // Of the payload that `descriptor` was parsed from. nullopt if it has none, or a larger one.
  static std::optional<Vp9PictureGroup> Parse(std::span<const uint8_t> payload,
                                              const Vp9Descriptor& descriptor);
};

}  // namespace stellwerk
