#include "rtc/codec/dependency_descriptor.h"

#include <algorithm>
#include <utility>

#include "rtc/base/byte_reader.h"
#include "rtc/codec/bit_writer.h"

namespace stellwerk {
namespace {

constexpr std::size_t kMandatoryBits = 24;

// The five bits that follow the mandatory fields, if anything does.
struct ExtendedFlags {
  bool structure = false;
  bool active_targets = false;
  bool custom_indications = false;
  bool custom_references = false;
  bool custom_chains = false;
};

ExtendedFlags ReadFlags(BitReader& in) {
  ExtendedFlags flags;
  if (in.remaining() == 0) return flags;
  flags.structure = in.ReadFlag();
  flags.active_targets = in.ReadFlag();
  flags.custom_indications = in.ReadFlag();
  flags.custom_references = in.ReadFlag();
  flags.custom_chains = in.ReadFlag();
  return flags;
}

// §A.8.2: frame_fdiffs(). False if there are more than any codec can have.
bool ReadReferences(BitReader& in, FrameReferences& references) {
  references = {};
  while (const std::size_t nibbles = in.ReadBits(2)) {
    if (!references.Add(static_cast<uint16_t>(in.ReadBits(4 * nibbles) + 1))) return false;
  }
  return in.ok();
}

// §A.8.2: frame_dependency_definition(). `in` stands behind the structure's place; what the
// descriptor says of active targets goes to `active`.
std::optional<FrameDependencies> ReadFrame(const DependencyDescriptorHead& head,
                                           const ExtendedFlags& flags, BitReader& in,
                                           const DependencyStructure& structure,
                                           std::optional<uint32_t>& active) {
  const std::size_t targets = structure.targets().count();
  if (flags.active_targets) active = in.ReadBits(targets);
  const auto index = structure.IndexOf(head.template_id);
  if (!index) return std::nullopt;
  const DependencyTemplate& frames = structure.templates()[*index];
  FrameDependencies frame{.head = head,
                          .template_index = static_cast<uint8_t>(*index),
                          .spatial_layer = frames.spatial_layer,
                          .temporal_layer = frames.temporal_layer,
                          .indications = frames.indications,
                          .references = frames.references,
                          .chain_distances = frames.chain_distances,
                          .structure = &structure};
  if (flags.custom_indications) {
    for (std::size_t target = 0; target < targets; ++target) {
      frame.indications.Set(target, static_cast<DecodeTargetIndication>(in.ReadBits(2)));
    }
  }
  if (flags.custom_references && !ReadReferences(in, frame.references)) return std::nullopt;
  if (flags.custom_chains) {
    for (std::size_t chain = 0; chain < structure.chain_count(); ++chain) {
      frame.chain_distances[chain] = static_cast<uint8_t>(in.ReadBits(8));
    }
  }
  if (!in.ok()) return std::nullopt;
  return frame;
}

void CopyBits(BitReader& in, std::size_t count, BitWriter& out) {
  for (; count > 0 && in.ok() && out.ok(); count -= std::min<std::size_t>(count, 32)) {
    const std::size_t bits = std::min<std::size_t>(count, 32);
    out.WriteBits(in.ReadBits(bits), bits);
  }
}

}  // namespace

std::optional<DependencyDescriptorHead> DependencyDescriptorHead::Parse(
    std::span<const uint8_t> data) {
  ByteReader in(data);
  DependencyDescriptorHead head;
  const uint8_t first = in.ReadU8();
  head.start_of_frame = (first & 0x80) != 0;
  head.end_of_frame = (first & 0x40) != 0;
  head.template_id = first & 0x3F;
  head.frame_number = in.ReadU16();
  if (in.remaining() > 0) {
    const uint8_t flags = in.ReadU8();
    head.has_structure = (flags & 0x80) != 0;
    head.has_active_decode_targets = (flags & 0x40) != 0;
  }
  if (!in.ok()) return std::nullopt;
  return head;
}

std::optional<FrameDependencies> DependencyDescriptorReader::Read(std::span<const uint8_t> data) {
  const auto head = DependencyDescriptorHead::Parse(data);
  if (!head) return std::nullopt;
  BitReader in(data);
  in.ReadBits(kMandatoryBits);
  const ExtendedFlags flags = ReadFlags(in);
  if (flags.structure) {
    if (!scratch_.Parse(in)) return std::nullopt;
    if (!known_ || scratch_ != structure_) {
      std::swap(structure_, scratch_);
      known_ = true;
      ++version_;
    }
    active_targets_ = structure_.targets().all();
    active_since_ = head->frame_number;
  }
  if (!known_) return std::nullopt;
  std::optional<uint32_t> active;
  auto frame = ReadFrame(*head, flags, in, structure_, active);
  if (!frame) return std::nullopt;
  // An overtaken packet does not bring back what was switched off since.
  if (active && static_cast<int16_t>(head->frame_number - active_since_) >= 0) {
    active_targets_ = *active;
    active_since_ = head->frame_number;
  }
  frame->active_targets = active_targets_;
  frame->structure_version = version_;
  return frame;
}

std::optional<FrameDependencies> DependencyDescriptorReader::Reread(
    std::span<const uint8_t> data) const {
  const auto head = DependencyDescriptorHead::Parse(data);
  if (!head || !known_) return std::nullopt;
  BitReader in(data);
  in.ReadBits(kMandatoryBits);
  const ExtendedFlags flags = ReadFlags(in);
  // The structure of an earlier sequence explains nothing any longer.
  if (flags.structure && (!scratch_.Parse(in) || scratch_ != structure_)) return std::nullopt;
  std::optional<uint32_t> active;
  auto frame = ReadFrame(*head, flags, in, structure_, active);
  if (!frame) return std::nullopt;
  frame->active_targets = active_targets_;
  frame->structure_version = version_;
  return frame;
}

void DependencyDescriptorReader::Reset() {
  known_ = false;
  active_targets_ = 0;
}

std::size_t RewriteDependencyDescriptor(std::span<const uint8_t> data,
                                        const DependencyDescriptorChanges& changes,
                                        std::span<uint8_t> out) {
  BitReader in(data);
  BitWriter writer(out);
  writer.WriteBits(in.ReadBits(8), 8);
  in.ReadBits(16);
  writer.WriteBits(changes.frame_number, 16);
  if (!in.ok()) return 0;
  if (!changes.active_targets) {
    CopyBits(in, in.remaining(), writer);
    return writer.ok() ? writer.offset() / 8 : 0;
  }
  const ExtendedFlags flags = ReadFlags(in);
  writer.WriteBits(flags.structure ? 1 : 0, 1);
  writer.WriteBits(1, 1);
  writer.WriteBits(flags.custom_indications ? 1 : 0, 1);
  writer.WriteBits(flags.custom_references ? 1 : 0, 1);
  writer.WriteBits(flags.custom_chains ? 1 : 0, 1);
  if (flags.structure) {
    DependencyStructure structure;
    const BitReader at_structure = in;
    if (!structure.Parse(in)) return 0;
    BitReader copy = at_structure;
    CopyBits(copy, in.offset() - at_structure.offset(), writer);
  }
  if (flags.active_targets) in.ReadBits(changes.active_target_count);
  writer.WriteBits(*changes.active_targets, changes.active_target_count);
  // Old padding bits at the end are zero, and may stay.
  CopyBits(in, in.remaining(), writer);
  writer.Align();
  return in.ok() && writer.ok() ? writer.offset() / 8 : 0;
}

}  // namespace stellwerk
