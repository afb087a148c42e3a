#pragma once

#include <memory>
#include <type_traits>
#include <variant>

#include "rtc/base/ids.h"
#include "rtc/base/prefetch.h"
#include "rtc/consumer/dd_layer_filter.h"
#include "rtc/consumer/layer_verdict.h"
#include "rtc/consumer/vp8_layer_filter.h"
#include "rtc/consumer/vp9_layer_filter.h"
#include "rtc/producer/source_packet.h"

namespace stellwerk {

// Which packets of one encoding a slot passes on, by whatever tells of layers: the Dependency
// Descriptor, else the payload descriptor of VP8 or VP9. Without either everything passes.
class LayerFilter {
 public:
  // Takes effect at the next place where a decoder can follow.
  void SetLimits(const LayerLimits& limits);
  // `first` is the first packet of a keyframe.
  void StartRun(const SourcePacket& first);
  LayerVerdict OnPacket(const SourcePacket& packet);
  // OnPacket() will be called soon: has what it reads of every packet fetched from memory, which is
  // the beginning of each filter.
  void Prefetch() const {
    std::visit(
        [](const auto& filter) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(filter)>, std::monostate>) {
            stellwerk::Prefetch(filter.get(), kCacheLine);
          }
        },
        filter_);
  }
  // After Prefetch(): the same for what the next picture needs.
  void PrefetchNext() const {
    if (const auto* vp8 = std::get_if<std::unique_ptr<Vp8LayerFilter>>(&filter_)) {
      (*vp8)->PrefetchNext();
    }
  }

  // No temporal layer above the base passes, which is all there is to know of VP8 pictures that
  // were not seen.
  [[nodiscard]] bool base_only() const;
  [[nodiscard]] SpatialLayer spatial_layer() const;
  [[nodiscard]] TemporalLayer temporal_layer() const;
  // The layer that the limits want is being sent, but can't be entered without a keyframe.
  [[nodiscard]] bool awaits_keyframe() const;

 private:
  template <typename Filter>
  [[nodiscard]] Filter* Get() const {
    const auto* filter = std::get_if<std::unique_ptr<Filter>>(&filter_);
    return filter == nullptr ? nullptr : filter->get();
  }

  LayerLimits limits_;
  // On the heap: they take up to 1.6 kB, and most slots of most people show nothing.
  std::variant<std::monostate, std::unique_ptr<Vp8LayerFilter>, std::unique_ptr<Vp9LayerFilter>,
               std::unique_ptr<DdLayerFilter>>
      filter_;
};

}  // namespace stellwerk
