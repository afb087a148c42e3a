#pragma once

#include <cstddef>
#include <vector>

#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"

namespace stellwerk {

// The rules of every room.
struct RoomSettings {
  std::size_t max_rooms = 1'000;
  std::size_t max_participants = 200;  // of one room, viewers included
  std::size_t max_audio_slots = 5;     // of one participant
  std::size_t max_video_slots = 9;
  std::vector<Codec> codecs = {Codec::kOpus, Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1};
  // How long a participant outlives its signalling connection.
  TimeDelta grace = std::chrono::seconds(15);
  // A WHIP or WHEP session that never gets a packet through is over after this.
  TimeDelta connect_timeout = std::chrono::seconds(60);
};

}  // namespace stellwerk
