#include "rtc/codec/dependency_structure.h"

#include <algorithm>
#include <tuple>

namespace stellwerk {

void DecodeTargets::AddTemplate(std::size_t index, const DependencyTemplate& frames) {
  for (std::size_t target = 0; target < count_; ++target) {
    if (!frames.indications.Includes(target)) continue;
    spatial_[target] = std::max(spatial_[target], frames.spatial_layer);
    temporal_[target] = std::max(temporal_[target], frames.temporal_layer);
    templates_[target] |= uint64_t{1} << index;
  }
}

void DecodeTargets::Nest() {
  for (std::size_t outer = 0; outer < count_; ++outer) {
    within_[outer] = 0;
    for (std::size_t inner = 0; inner < count_; ++inner) {
      const bool within = (templates_[inner] & ~templates_[outer]) == 0;
      within_[outer] |= static_cast<uint32_t>(within) << inner;
    }
  }
}

uint32_t DecodeTargets::OfSpatialLayer(SpatialLayer layer) const {
  uint32_t mask = 0;
  for (std::size_t target = 0; target < count_; ++target) {
    mask |= static_cast<uint32_t>(spatial_[target] == layer) << target;
  }
  return mask;
}

std::optional<std::size_t> DecodeTargets::Best(SpatialLayer spatial, TemporalLayer temporal,
                                               uint32_t allowed) const {
  const auto layers = [this](std::size_t target) {
    return std::tuple(spatial_[target], temporal_[target]);
  };
  std::optional<std::size_t> best;
  std::optional<std::size_t> lowest;
  for (std::size_t target = 0; target < count_; ++target) {
    if ((allowed >> target & 1) == 0) continue;
    if (!lowest || layers(target) < layers(*lowest)) lowest = target;
    if (spatial_[target] > spatial || temporal_[target] > temporal) continue;
    if (!best || layers(target) > layers(*best)) best = target;
  }
  return best ? best : lowest;
}

bool DependencyStructure::Parse(BitReader& in) {
  // Keeps the memory of the templates.
  std::vector<DependencyTemplate> templates = std::move(templates_);
  templates.clear();
  *this = DependencyStructure();
  templates_ = std::move(templates);

  // AV1 RTP payload specification §A.8.2: template_dependency_structure().
  template_id_offset_ = static_cast<uint8_t>(in.ReadBits(6));
  targets_.SetCount(in.ReadBits(5) + 1);
  if (!ParseTemplateLayers(in)) return false;
  for (DependencyTemplate& frames : templates_) {
    for (std::size_t target = 0; target < targets_.count(); ++target) {
      frames.indications.Set(target, static_cast<DecodeTargetIndication>(in.ReadBits(2)));
    }
  }
  if (!ParseReferences(in)) return false;
  ParseChains(in);
  has_resolutions_ = in.ReadFlag();
  if (has_resolutions_) {
    for (std::size_t layer = 0; layer <= max_spatial_layer().value(); ++layer) {
      // A picture of 65,536 pixels is none that anybody sends.
      resolutions_[layer].width = static_cast<uint16_t>(in.ReadBits(16) + 1);
      resolutions_[layer].height = static_cast<uint16_t>(in.ReadBits(16) + 1);
    }
  }
  if (!in.ok()) return false;
  for (std::size_t i = 0; i < templates_.size(); ++i) targets_.AddTemplate(i, templates_[i]);
  targets_.Nest();
  return true;
}

bool DependencyStructure::ParseTemplateLayers(BitReader& in) {
  enum NextLayer : uint8_t { kSame = 0, kNextTemporal = 1, kNextSpatial = 2, kEnd = 3 };
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  uint32_t next = kSame;
  while (next != kEnd) {
    if (templates_.size() == kMaxTemplates || spatial >= kMaxSpatialLayers ||
        temporal >= kMaxTemporalLayers) {
      return false;
    }
    templates_.push_back({.spatial_layer = SpatialLayer(spatial),
                          .temporal_layer = TemporalLayer(temporal),
                          .indications = {},
                          .references = {}});
    next = in.ReadBits(2);
    if (!in.ok()) return false;
    if (next == kNextTemporal) ++temporal;
    if (next == kNextSpatial) {
      temporal = 0;
      ++spatial;
    }
  }
  return true;
}

bool DependencyStructure::ParseReferences(BitReader& in) {
  for (DependencyTemplate& frames : templates_) {
    while (in.ReadFlag()) {
      if (!frames.references.Add(static_cast<uint16_t>(in.ReadBits(4) + 1))) return false;
    }
  }
  return in.ok();
}

void DependencyStructure::ParseChains(BitReader& in) {
  chain_count_ =
      static_cast<uint8_t>(in.ReadNonSymmetric(static_cast<uint32_t>(targets_.count()) + 1));
  if (chain_count_ == 0) return;
  for (std::size_t target = 0; target < targets_.count(); ++target) {
    protected_by_[target] = static_cast<uint8_t>(in.ReadNonSymmetric(chain_count_));
  }
  for (DependencyTemplate& frames : templates_) {
    for (std::size_t chain = 0; chain < chain_count_; ++chain) {
      frames.chain_distances[chain] = static_cast<uint8_t>(in.ReadBits(4));
    }
  }
}

std::optional<std::size_t> DependencyStructure::IndexOf(uint8_t template_id) const {
  const std::size_t index = (template_id + kMaxTemplates - template_id_offset_) % kMaxTemplates;
  return index < templates_.size() ? std::optional(index) : std::nullopt;
}

std::optional<VideoResolution> DependencyStructure::ResolutionOf(SpatialLayer layer) const {
  if (!has_resolutions_ || layer > max_spatial_layer()) return std::nullopt;
  return resolutions_[layer.value()];
}

}  // namespace stellwerk
