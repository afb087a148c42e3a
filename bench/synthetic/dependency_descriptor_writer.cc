#include "bench/synthetic/dependency_descriptor_writer.h"

#include <utility>

#include "bench/synthetic/bit_stream.h"
#include "rtc/base/check.h"

namespace stellwerk::synthetic {
namespace {

// §A.8.3, next_layer_idc.
enum NextLayer : uint32_t { kSameLayer, kNextTemporal, kNextSpatial, kNoMore };

NextLayer StepBetween(const DependencyTemplate& from, const DependencyTemplate& to) {
  if (to.spatial == from.spatial && to.temporal == from.temporal) return kSameLayer;
  if (to.spatial == from.spatial && to.temporal == from.temporal + 1) return kNextTemporal;
  STELLWERK_CHECK(to.spatial == from.spatial + 1 && to.temporal == 0);
  return kNextSpatial;
}

void WriteStructure(const DependencyStructure& structure, BitWriter& out) {
  const auto targets = static_cast<uint32_t>(structure.decode_targets());
  STELLWERK_CHECK(targets > 0 && targets <= DependencyStructure::kMaxDecodeTargets);
  STELLWERK_CHECK(!structure.templates.empty() &&
                  structure.templates.size() <= DependencyStructure::kMaxTemplates);
  out.Write(structure.template_id_offset, 6);
  out.Write(targets - 1, 5);
  for (std::size_t i = 0; i < structure.templates.size(); ++i) {
    const bool last = i + 1 == structure.templates.size();
    out.Write(last ? kNoMore : StepBetween(structure.templates[i], structure.templates[i + 1]), 2);
  }
  for (const DependencyTemplate& t : structure.templates) {
    for (const Dti dti : t.dtis) out.Write(static_cast<uint32_t>(dti), 2);
  }
  for (const DependencyTemplate& t : structure.templates) {
    for (const uint16_t diff : t.frame_diffs) {
      STELLWERK_CHECK(diff >= 1 && diff <= 16);
      out.Write(1, 1);
      out.Write(diff - 1U, 4);
    }
    out.Write(0, 1);
  }
  out.WriteNonSymmetric(structure.chain_count, targets + 1);
  if (structure.chain_count > 0) {
    for (const uint8_t chain : structure.protected_by) {
      out.WriteNonSymmetric(chain, structure.chain_count);
    }
    for (const DependencyTemplate& t : structure.templates) {
      for (const uint8_t diff : t.chain_diffs) {
        STELLWERK_CHECK(diff <= 15);
        out.Write(diff, 4);
      }
    }
  }
  out.Write(structure.resolutions.empty() ? 0 : 1, 1);
  for (const VideoResolution& resolution : structure.resolutions) {
    out.Write(resolution.width - 1U, 16);
    out.Write(resolution.height - 1U, 16);
  }
}

void WriteFrameDiffs(const DependencyTemplate& frame, BitWriter& out) {
  for (const uint16_t diff : frame.frame_diffs) {
    const uint32_t minus_one = diff - 1U;
    const int nibbles = minus_one < 16 ? 1 : minus_one < 256 ? 2 : 3;
    out.Write(static_cast<uint32_t>(nibbles), 2);
    out.Write(minus_one, 4 * nibbles);
  }
  out.Write(0, 2);
}

}  // namespace

std::vector<uint8_t> WriteDependencyDescriptor(const DependencyStructure& structure,
                                               const FrameDependencies& frame,
                                               bool attach_structure,
                                               std::optional<uint32_t> active_decode_targets) {
  const DependencyTemplate& base = structure.templates.at(frame.template_index);
  STELLWERK_CHECK(base.spatial == frame.frame.spatial && base.temporal == frame.frame.temporal);
  const bool custom_dtis = base.dtis != frame.frame.dtis;
  const bool custom_frame_diffs = base.frame_diffs != frame.frame.frame_diffs;
  const bool custom_chains = base.chain_diffs != frame.frame.chain_diffs;
  BitWriter out;
  out.Write(frame.start_of_frame ? 1 : 0, 1);
  out.Write(frame.end_of_frame ? 1 : 0, 1);
  out.Write((structure.template_id_offset + static_cast<uint32_t>(frame.template_index)) % 64, 6);
  out.Write(frame.frame_number, 16);
  if (!attach_structure && !active_decode_targets && !custom_dtis && !custom_frame_diffs &&
      !custom_chains) {
    return std::move(out).Take();
  }
  out.Write(attach_structure ? 1 : 0, 1);
  out.Write(active_decode_targets ? 1 : 0, 1);
  out.Write(custom_dtis ? 1 : 0, 1);
  out.Write(custom_frame_diffs ? 1 : 0, 1);
  out.Write(custom_chains ? 1 : 0, 1);
  if (attach_structure) WriteStructure(structure, out);
  if (active_decode_targets) {
    out.Write(*active_decode_targets, static_cast<int>(structure.decode_targets()));
  }
  if (custom_dtis) {
    for (const Dti dti : frame.frame.dtis) out.Write(static_cast<uint32_t>(dti), 2);
  }
  if (custom_frame_diffs) WriteFrameDiffs(frame.frame, out);
  if (custom_chains) {
    for (const uint8_t diff : frame.frame.chain_diffs) out.Write(diff, 8);
  }
  return std::move(out).Take();
}

}  // namespace stellwerk::synthetic
