// Whose voice is heard: a speaker gets a slot with the very packet with which the voice begins.
#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "rtc/router/loudest_slots.h"
#include "rtc/router/room.h"

namespace stellwerk {

void Router::Room::MakeHeard(std::span<const ProducerId> ids, Timestamp now, RtcOutbox& out) {
  absl::InlinedVector<Source*, 8> speakers;
  for (const ProducerId id : ids) {
    if (Source* source = FindSource(id); source != nullptr) speakers.push_back(source);
  }
  if (speakers.empty()) return;
  const auto ranking = ranking_.ranking();
  // Listener by listener: of hundreds hardly one is in the cache.
  for (auto& [transport_id, transport] : transports_) {
    absl::InlinedVector<Slot*, 8> slots;
    for (Slot* slot : transport->slots) {
      if (slot->consumer->parameters().mode == SlotMode::kLoudest) slots.push_back(slot);
    }
    if (slots.empty()) continue;
    for (Source* source : speakers) {
      if (source->producer->transport() == transport_id) continue;
      const bool heard = std::any_of(slots.begin(), slots.end(),
                                     [&](const Slot* slot) { return slot->source == source; });
      if (heard) continue;
      const ProducerId id = source->producer->id();
      const bool has_floor = !ranking.empty() && ranking.front() == id;
      absl::InlinedVector<CarriedVoice, 8> carried;
      for (const Slot* slot : slots) {
        const auto carries = slot->consumer->source();
        carried.push_back({.free = !carries});
        const SpeechActivity* speech = carries ? levels_.Find(*carries) : nullptr;
        if (speech == nullptr) continue;
        carried.back().last_voice = speech->last_voice();
        if (has_floor) carried.back().energy = speech->At(now).energy;
      }
      const auto place = SlotForSpeaker(carried, has_floor, now);
      if (!place) continue;
      Point(*slots[*place], source, now, out);
      out.events.emplace_back(
          ConsumerSourceChanged{.consumer = slots[*place]->consumer->id(), .producer = id});
    }
  }
}

}  // namespace stellwerk
