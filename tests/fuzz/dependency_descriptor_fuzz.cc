#include <array>
#include <cstdint>

#include "rtc/base/check.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/codec/video_layers_allocation.h"
#include "tests/fuzz/framed_input.h"

// Descriptors of one stream, one after another. What is read twice says the same, and what is
// rewritten differs in nothing but what was to be changed.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stellwerk;
  DependencyDescriptorReader reader;
  for (const auto& bytes : CutIntoDatagrams(std::span(data, size))) {
    static_cast<void>(VideoLayersAllocation::Parse(bytes));
    std::array<uint8_t, 1024> rewritten;
    static_cast<void>(RewriteDependencyDescriptor(
        bytes, {.frame_number = 7, .active_targets = 5, .active_target_count = 32}, rewritten));
    const auto frame = reader.Read(bytes);
    if (!frame) continue;
    const DependencyStructure& structure = *frame->structure;
    STELLWERK_CHECK(frame->template_index < structure.templates().size());
    const auto best =
        structure.targets().Best(SpatialLayer(1), TemporalLayer(1), frame->active_targets);
    STELLWERK_CHECK(!best || *best < structure.targets().count());
    const auto again = reader.Reread(bytes);
    STELLWERK_CHECK(again && again->indications == frame->indications &&
                    again->references == frame->references);

    const uint32_t active = structure.targets().all() >> 1;
    const std::size_t rewritten_size = RewriteDependencyDescriptor(
        bytes,
        {.frame_number = 77,
         .active_targets = active,
         .active_target_count = static_cast<uint8_t>(structure.targets().count())},
        rewritten);
    STELLWERK_CHECK(rewritten_size > 0 || bytes.size() > 1000);
    if (rewritten_size == 0) continue;
    const auto changed = reader.Reread(std::span(rewritten).first(rewritten_size));
    STELLWERK_CHECK(changed && changed->head.frame_number == 77);
    STELLWERK_CHECK(changed->indications == frame->indications &&
                    changed->references == frame->references &&
                    changed->chain_distances == frame->chain_distances);
  }
  return 0;
}
