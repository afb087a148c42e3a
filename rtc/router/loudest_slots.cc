#include "rtc/router/loudest_slots.h"

#include <algorithm>

#include "rtc/audio/speech_activity.h"

namespace stellwerk {

std::vector<std::optional<ProducerId>> FillLoudestSlots(
    std::span<const std::optional<ProducerId>> slots, std::span<const ProducerId> wanted) {
  std::vector<std::optional<ProducerId>> result(slots.begin(), slots.end());
  for (auto& slot : result) {
    if (slot && std::find(wanted.begin(), wanted.end(), *slot) == wanted.end()) slot.reset();
  }
  auto free = std::find(result.begin(), result.end(), std::nullopt);
  for (const ProducerId id : wanted) {
    if (free == result.end()) break;
    if (std::find(slots.begin(), slots.end(), id) != slots.end()) continue;
    *free = id;
    free = std::find(free, result.end(), std::nullopt);
  }
  return result;
}

std::optional<std::size_t> SlotForSpeaker(std::span<const CarriedVoice> slots, bool has_floor,
                                          Timestamp now) {
  if (slots.empty()) return std::nullopt;
  const auto index = [&](auto place) { return static_cast<std::size_t>(place - slots.begin()); };
  const auto free = std::find_if(slots.begin(), slots.end(),
                                 [](const CarriedVoice& voice) { return voice.free; });
  if (free != slots.end()) return index(free);
  const auto longest_silent = std::min_element(
      slots.begin(), slots.end(),
      [](const CarriedVoice& a, const CarriedVoice& b) { return a.last_voice < b.last_voice; });
  if (now - longest_silent->last_voice >= SpeechActivity::kPause) return index(longest_silent);
  if (!has_floor) return std::nullopt;
  return index(std::min_element(
      slots.begin(), slots.end(),
      [](const CarriedVoice& a, const CarriedVoice& b) { return a.energy < b.energy; }));
}

}  // namespace stellwerk
