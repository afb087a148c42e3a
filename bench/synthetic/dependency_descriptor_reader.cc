#include "bench/synthetic/dependency_descriptor_reader.h"

#include <utility>

#include "bench/synthetic/bit_stream.h"

namespace stellwerk::synthetic {
namespace {

bool ReadTemplateLayers(BitReader& in, DependencyStructure& structure) {
  DependencyTemplate layers;
  while (true) {
    if (structure.templates.size() == DependencyStructure::kMaxTemplates) return false;
    structure.templates.push_back(layers);
    switch (in.Read(2)) {
      case 0:
        break;
      case 1:
        ++layers.temporal;
        break;
      case 2:
        layers.temporal = 0;
        ++layers.spatial;
        break;
      default:
        return in.ok();
    }
    if (!in.ok() || layers.temporal > 7 || layers.spatial > 3) return false;
  }
}

std::optional<DependencyStructure> ReadStructure(BitReader& in) {
  DependencyStructure structure;
  structure.template_id_offset = static_cast<uint8_t>(in.Read(6));
  const uint32_t targets = in.Read(5) + 1;
  if (!ReadTemplateLayers(in, structure)) return std::nullopt;
  for (DependencyTemplate& t : structure.templates) {
    for (uint32_t i = 0; i < targets; ++i) t.dtis.push_back(static_cast<Dti>(in.Read(2)));
  }
  for (DependencyTemplate& t : structure.templates) {
    while (in.Read(1) != 0) t.frame_diffs.push_back(static_cast<uint16_t>(in.Read(4) + 1));
  }
  structure.chain_count = static_cast<uint8_t>(in.ReadNonSymmetric(targets + 1));
  structure.protected_by.resize(targets);
  if (structure.chain_count > 0) {
    for (uint8_t& chain : structure.protected_by) {
      chain = static_cast<uint8_t>(in.ReadNonSymmetric(structure.chain_count));
    }
    for (DependencyTemplate& t : structure.templates) {
      for (uint8_t c = 0; c < structure.chain_count; ++c) {
        t.chain_diffs.push_back(static_cast<uint8_t>(in.Read(4)));
      }
    }
  }
  if (in.Read(1) != 0) {
    for (int s = 0; s <= structure.templates.back().spatial; ++s) {
      const uint32_t width = in.Read(16) + 1;
      const uint32_t height = in.Read(16) + 1;
      structure.resolutions.push_back(
          {static_cast<uint16_t>(width), static_cast<uint16_t>(height)});
    }
  }
  if (!in.ok()) return std::nullopt;
  return structure;
}

bool ReadFrameDiffs(BitReader& in, DependencyTemplate& frame) {
  frame.frame_diffs.clear();
  while (const uint32_t nibbles = in.Read(2)) {
    frame.frame_diffs.push_back(static_cast<uint16_t>(in.Read(static_cast<int>(nibbles) * 4) + 1));
    if (frame.frame_diffs.size() > 16) return false;
  }
  return in.ok();
}

}  // namespace

std::optional<DependencyDescriptorReader::Packet> DependencyDescriptorReader::Read(
    std::span<const uint8_t> data) {
  BitReader in(data);
  Packet packet;
  FrameDependencies& frame = packet.dependencies;
  frame.start_of_frame = in.Read(1) != 0;
  frame.end_of_frame = in.Read(1) != 0;
  const uint32_t template_id = in.Read(6);
  frame.frame_number = static_cast<uint16_t>(in.Read(16));
  if (!in.ok()) return std::nullopt;
  const bool extended = data.size() > 3;
  packet.structure_attached = extended && in.Read(1) != 0;
  const bool has_active = extended && in.Read(1) != 0;
  const bool custom_dtis = extended && in.Read(1) != 0;
  const bool custom_frame_diffs = extended && in.Read(1) != 0;
  const bool custom_chains = extended && in.Read(1) != 0;
  if (packet.structure_attached) {
    // §A.8.3: only with the first packet of a frame.
    if (!frame.start_of_frame) return std::nullopt;
    auto structure = ReadStructure(in);
    if (!structure) return std::nullopt;
    structure_ = std::move(structure);
  }
  if (!structure_) return std::nullopt;
  if (has_active) {
    packet.active_decode_targets = in.Read(static_cast<int>(structure_->decode_targets()));
  }
  frame.template_index = (template_id + 64 - structure_->template_id_offset) % 64;
  if (frame.template_index >= structure_->templates.size()) return std::nullopt;
  frame.frame = structure_->templates[frame.template_index];
  if (custom_dtis) {
    for (Dti& dti : frame.frame.dtis) dti = static_cast<Dti>(in.Read(2));
  }
  if (custom_frame_diffs && !ReadFrameDiffs(in, frame.frame)) return std::nullopt;
  if (custom_chains) {
    for (uint8_t& diff : frame.frame.chain_diffs) diff = static_cast<uint8_t>(in.Read(8));
  }
  // What is left is zero_padding.
  while (in.ok() && in.remaining() > 0) {
    if (in.Read(1) != 0) return std::nullopt;
  }
  if (!in.ok()) return std::nullopt;
  return packet;
}

}  // namespace stellwerk::synthetic
