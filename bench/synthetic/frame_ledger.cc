#include "bench/synthetic/frame_ledger.h"

#include <algorithm>

namespace stellwerk::synthetic {
namespace {

bool IsOf(const FrameLedger::Entry& entry, const PayloadMark& mark, uint32_t frame) {
  return entry.known && entry.source == mark.source && entry.encoding == mark.encoding &&
         entry.frame == frame;
}

}  // namespace

FrameLedger::Entry& FrameLedger::Add(const PayloadMark& mark) {
  if (entries_.empty()) entries_.resize(kSize);
  Entry& entry = entries_[PlaceOf(mark.frame)];
  entry = {.source = mark.source,
           .encoding = mark.encoding,
           .frame = mark.frame,
           .known = true,
           .spatial = mark.spatial,
           .temporal = mark.temporal,
           .picture = mark.picture};
  return entry;
}

const FrameLedger::Entry* FrameLedger::Find(const PayloadMark& of, uint8_t back) const {
  if (entries_.empty() || back >= kSize) return nullptr;
  const uint32_t frame = of.frame - back;
  const Entry& entry = entries_[PlaceOf(frame)];
  return IsOf(entry, of, frame) && !entry.missing ? &entry : nullptr;
}

std::optional<Timestamp> FrameLedger::DecodableAt(const PayloadMark& mark, Timestamp complete,
                                                  uint64_t& missing) {
  if (entries_.empty()) entries_.resize(kSize);
  std::optional<Timestamp> at = complete;
  for (uint8_t i = 0; i < mark.reference_count; ++i) {
    const Entry* entry = Find(mark, mark.references[i]);
    if (entry == nullptr) {
      PayloadMark absent = mark;
      absent.frame = mark.frame - mark.references[i];
      Entry& place = entries_[PlaceOf(absent.frame)];
      if (!IsOf(place, mark, absent.frame)) {
        ++missing;
        Add(absent).missing = true;
      }
      at.reset();
    } else if (!entry->decodable) {
      at.reset();
    } else if (at) {
      at = std::max(*at, *entry->decodable);
    }
  }
  return at;
}

}  // namespace stellwerk::synthetic
