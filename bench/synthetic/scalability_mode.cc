#include "bench/synthetic/scalability_mode.h"

namespace stellwerk::synthetic {
namespace {

std::optional<uint8_t> LayerCount(char digit) {
  if (digit < '1' || digit > '3') return std::nullopt;
  return static_cast<uint8_t>(digit - '0');
}

}  // namespace

std::optional<ScalabilityMode> ScalabilityMode::Parse(std::string_view text) {
  constexpr std::string_view kKeySuffix = "_KEY";
  const bool key = text.ends_with(kKeySuffix);
  if (key) text.remove_suffix(kKeySuffix.size());
  if (text.size() != 4 || (text[0] != 'L' && text[0] != 'S') || text[2] != 'T') return std::nullopt;
  const auto spatial = LayerCount(text[1]);
  const auto temporal = LayerCount(text[3]);
  if (!spatial || !temporal) return std::nullopt;
  const bool simulcast = text[0] == 'S';
  if (*spatial == 1 && (key || simulcast)) return std::nullopt;
  if (key && simulcast) return std::nullopt;
  return ScalabilityMode{.spatial_layers = *spatial,
                         .temporal_layers = *temporal,
                         .inter_layer = simulcast ? InterLayer::kNever
                                        : key     ? InterLayer::kKeyframe
                                                  : InterLayer::kAlways};
}

std::string ScalabilityMode::ToText() const {
  std::string out = inter_layer == InterLayer::kNever ? "S" : "L";
  out += std::to_string(spatial_layers) + "T" + std::to_string(temporal_layers);
  if (inter_layer == InterLayer::kKeyframe) out += "_KEY";
  return out;
}

}  // namespace stellwerk::synthetic
