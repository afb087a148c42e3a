#include "controller/room/slot_assignment.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace stellwerk {
namespace {

using Assignment = std::vector<std::optional<ProducerId>>;

bool Holds(const Assignment& assignment, ProducerId id) {
  return std::find(assignment.begin(), assignment.end(), std::optional(id)) != assignment.end();
}

void FillPinned(std::span<const Slot> slots, std::span<const AssignableSource> ranked,
                Assignment& assignment) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (!slots[i].view.pin) continue;
    for (const AssignableSource& source : ranked) {
      const SlotPin& pin = *slots[i].view.pin;
      if (source.kind == slots[i].kind && source.identity == pin.identity &&
          source.source == pin.source.value_or(source.source)) {
        assignment[i] = source.id;
        break;
      }
    }
  }
}

void FillAutomatic(MediaKind kind, std::span<const Slot> slots,
                   std::span<const AssignableSource> ranked, ParticipantId listener,
                   Assignment& assignment) {
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].kind == kind && !slots[i].view.pin) free.push_back(i);
  }
  std::vector<ProducerId> wanted;
  for (const AssignableSource& source : ranked) {
    if (wanted.size() == free.size()) break;
    if (source.kind != kind || source.owner == listener || Holds(assignment, source.id)) continue;
    wanted.push_back(source.id);
  }
  // Those already shown stay where they are; the rest takes the slots that remain, in order.
  std::erase_if(free, [&](std::size_t i) {
    const auto it =
        slots[i].source ? std::find(wanted.begin(), wanted.end(), *slots[i].source) : wanted.end();
    if (it == wanted.end()) return false;
    assignment[i] = *it;
    wanted.erase(it);
    return true;
  });
  for (std::size_t i = 0; i < wanted.size(); ++i) assignment[free[i]] = wanted[i];
}

}  // namespace

void RankSources(std::vector<AssignableSource>& sources) {
  const auto rank = [](const AssignableSource& s) {
    return std::tuple(s.muted, s.source != TrackSource::kScreen,
                      s.spoke.value_or(std::numeric_limits<std::size_t>::max()));
  };
  std::stable_sort(sources.begin(), sources.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

std::vector<std::optional<ProducerId>> AssignSlots(std::span<const Slot> slots,
                                                   std::span<const AssignableSource> ranked,
                                                   ParticipantId listener) {
  Assignment assignment(slots.size());
  FillPinned(slots, ranked, assignment);
  FillAutomatic(MediaKind::kAudio, slots, ranked, listener, assignment);
  FillAutomatic(MediaKind::kVideo, slots, ranked, listener, assignment);
  return assignment;
}

}  // namespace stellwerk
