#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/video_resolution.h"
#include "rtc/codec/bit_reader.h"

namespace stellwerk {

// What a frame is to a decode target (AV1 RTP payload specification §A.4; the values are those of
// §A.8.2's template_dti).
enum class DecodeTargetIndication : uint8_t {
  kNotPresent = 0,   // not part of it
  kDiscardable = 1,  // nothing else in it depends on the frame
  kSwitch = 2,       // whoever can decode the frame can decode the target from here on
  kRequired = 3,
};

// One indication for each decode target.
class DecodeTargetIndications {
 public:
  void Set(std::size_t target, DecodeTargetIndication indication) {
    bits_ &= ~(uint64_t{3} << (2 * target));
    bits_ |= static_cast<uint64_t>(indication) << (2 * target);
  }
  [[nodiscard]] DecodeTargetIndication At(std::size_t target) const {
    return static_cast<DecodeTargetIndication>(bits_ >> (2 * target) & 3);
  }
  [[nodiscard]] bool Includes(std::size_t target) const {
    return At(target) != DecodeTargetIndication::kNotPresent;
  }
  friend bool operator==(const DecodeTargetIndications&, const DecodeTargetIndications&) = default;

 private:
  uint64_t bits_ = 0;
};

// The frames that a frame refers to, as distances of frame numbers.
struct FrameReferences {
  // No codec has more reference buffers.
  static constexpr std::size_t kMax = 8;
  uint8_t count = 0;
  std::array<uint16_t, kMax> distances{};

  // False if there is no room.
  bool Add(uint16_t distance) {
    if (count == kMax) return false;
    distances[count++] = distance;
    return true;
  }
  [[nodiscard]] std::span<const uint16_t> view() const { return std::span(distances).first(count); }
  friend bool operator==(const FrameReferences&, const FrameReferences&) = default;
};

// What frames of one sort have in common.
struct DependencyTemplate {
  SpatialLayer spatial_layer;
  TemporalLayer temporal_layer;
  DecodeTargetIndications indications;
  FrameReferences references;
  std::array<uint8_t, 32> chain_distances{};  // to the previous frame of each chain
  friend bool operator==(const DependencyTemplate&, const DependencyTemplate&) = default;
};

// What can be decoded of a stream: each decode target with its layers, and how they are nested.
// Targets and templates are a bit each in the masks. Trivially copyable.
class DecodeTargets {
 public:
  static constexpr std::size_t kMax = 32;

  void SetCount(std::size_t count) { count_ = static_cast<uint8_t>(count); }
  // Frames of template `index` have these layers and indications.
  void AddTemplate(std::size_t index, const DependencyTemplate& frames);
  // After the last template.
  void Nest();

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] uint32_t all() const { return static_cast<uint32_t>((uint64_t{1} << count_) - 1); }
  [[nodiscard]] SpatialLayer SpatialLayerOf(std::size_t target) const { return spatial_[target]; }
  [[nodiscard]] TemporalLayer TemporalLayerOf(std::size_t target) const {
    return temporal_[target];
  }
  // The templates whose frames `target` needs.
  [[nodiscard]] uint64_t TemplatesOf(std::size_t target) const { return templates_[target]; }
  // The targets that need no frame which `target` does not need: who receives `target` can decode
  // them.
  [[nodiscard]] uint32_t Within(std::size_t target) const { return within_[target]; }
  [[nodiscard]] uint32_t OfSpatialLayer(SpatialLayer layer) const;
  // The best of `allowed` that is not above these layers; else the lowest allowed. nullopt if none
  // is allowed.
  [[nodiscard]] std::optional<std::size_t> Best(SpatialLayer spatial, TemporalLayer temporal,
                                                uint32_t allowed) const;
  friend bool operator==(const DecodeTargets&, const DecodeTargets&) = default;

 private:
  uint8_t count_ = 0;
  std::array<SpatialLayer, kMax> spatial_{};
  std::array<TemporalLayer, kMax> temporal_{};
  std::array<uint64_t, kMax> templates_{};
  std::array<uint32_t, kMax> within_{};
};

// The template dependency structure, which a Dependency Descriptor brings with a keyframe and which
// holds until the next (AV1 RTP payload specification §A.8).
class DependencyStructure {
 public:
  static constexpr std::size_t kMaxTemplates = 64;
  static constexpr std::size_t kMaxSpatialLayers = 4;
  static constexpr std::size_t kMaxTemporalLayers = 8;

  // Replaces what was there. False if the bits make no structure; what is there then is undefined.
  [[nodiscard]] bool Parse(BitReader& in);

  [[nodiscard]] const DecodeTargets& targets() const { return targets_; }
  [[nodiscard]] std::size_t chain_count() const { return chain_count_; }
  // Which chain protects the target; only if there are chains.
  [[nodiscard]] std::size_t ChainOf(std::size_t target) const { return protected_by_[target]; }
  [[nodiscard]] const std::vector<DependencyTemplate>& templates() const { return templates_; }
  // The index of the template that a descriptor calls `template_id`; nullopt if it is not of this
  // structure.
  [[nodiscard]] std::optional<std::size_t> IndexOf(uint8_t template_id) const;
  // The largest there is.
  [[nodiscard]] SpatialLayer max_spatial_layer() const {
    return templates_.empty() ? SpatialLayer() : templates_.back().spatial_layer;
  }
  [[nodiscard]] std::optional<VideoResolution> ResolutionOf(SpatialLayer layer) const;

  friend bool operator==(const DependencyStructure&, const DependencyStructure&) = default;

 private:
  bool ParseTemplateLayers(BitReader& in);
  bool ParseReferences(BitReader& in);
  void ParseChains(BitReader& in);

  uint8_t template_id_offset_ = 0;
  uint8_t chain_count_ = 0;
  bool has_resolutions_ = false;
  std::vector<DependencyTemplate> templates_;
  DecodeTargets targets_;
  std::array<uint8_t, DecodeTargets::kMax> protected_by_{};
  std::array<VideoResolution, kMaxSpatialLayers> resolutions_{};
};

}  // namespace stellwerk
