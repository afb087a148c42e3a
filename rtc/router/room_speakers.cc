// Whose voice is heard: a speaker gets a slot with the very packet with which the voice begins.
#include "absl/container/inlined_vector.h"
#include "rtc/router/loudest_slots.h"
#include "rtc/router/room.h"

namespace stellwerk {

void Router::Room::MakeHeard(ProducerId id, Timestamp now, RtcOutbox& out) {
  Source* source = FindSource(id);
  if (source == nullptr) return;
  const auto ranking = ranking_.ranking();
  const bool has_floor = !ranking.empty() && ranking.front() == id;
  for (auto& [transport_id, transport] : transports_) {
    if (transport_id == source->producer->transport()) continue;
    absl::InlinedVector<Slot*, 8> slots;
    absl::InlinedVector<CarriedVoice, 8> carried;
    bool heard = false;
    for (Slot* slot : transport->slots) {
      if (slot->consumer->parameters().mode != SlotMode::kLoudest) continue;
      const auto carries = slot->consumer->source();
      heard = carries == id;
      if (heard) break;
      slots.push_back(slot);
      const SpeechActivity* speech = carries ? levels_.Find(*carries) : nullptr;
      carried.push_back({.free = !carries});
      if (speech == nullptr) continue;
      carried.back().last_voice = speech->last_voice();
      if (has_floor) carried.back().energy = speech->At(now).energy;
    }
    if (heard) continue;
    const auto place = SlotForSpeaker(carried, has_floor, now);
    if (!place) continue;
    Point(*slots[*place], source, now, out);
    out.events.emplace_back(
        ConsumerSourceChanged{.consumer = slots[*place]->consumer->id(), .producer = id});
  }
}

}  // namespace stellwerk
