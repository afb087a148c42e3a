#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stellwerk::synthetic {

// How the frames of one encoding depend on each other, in the words of W3C's WebRTC-SVC.
struct ScalabilityMode {
  enum class InterLayer : uint8_t {
    kAlways,    // LxTy: a spatial layer also predicts from the one below, in every picture
    kKeyframe,  // LxTy_KEY: only at keyframes
    kNever,     // SxTy: simulcast within one stream
  };
  uint8_t spatial_layers = 1;   // 1 to 3
  uint8_t temporal_layers = 1;  // 1 to 3
  InterLayer inter_layer = InterLayer::kAlways;

  // "L1T1" to "L3T3", "L2T1_KEY" to "L3T3_KEY", "S2T1" to "S3T3"; nullopt for anything else.
  static std::optional<ScalabilityMode> Parse(std::string_view text);
  [[nodiscard]] std::string ToText() const;
  friend bool operator==(const ScalabilityMode&, const ScalabilityMode&) = default;
};

}  // namespace stellwerk::synthetic
