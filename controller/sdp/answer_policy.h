#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtc/base/media_parameters.h"

namespace stellwerk {

// What a participant may negotiate.
struct AnswerPolicy {
  // Allowed codecs, the most preferred first: the order of every answer, so it also decides what a
  // browser sends. RED (Codec::kRed, RFC 2198 with Opus in it) is taken only if it is listed, and
  // sent only if it stands before Opus; list it only if the media plane can unpack it for receivers
  // that lack it.
  std::vector<Codec> codecs = {Codec::kOpus, Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1};
  bool allow_publish = true;
  bool allow_subscribe = true;
  bool allow_data = true;
  // The connection is as old as the worker keeps TLS state for data channels that come later: an
  // offer that brings the first ones is an error.
  bool too_late_for_data = false;
  // m-lines beyond these are answered inactive.
  std::size_t max_audio_producers = 4;
  std::size_t max_video_producers = 4;
  std::size_t max_audio_slots = 16;
  std::size_t max_video_slots = 64;
  // Simulcast streams of one m-line.
  std::size_t max_encodings = 4;
  SlotMode audio_slot_mode = SlotMode::kLoudest;
  SlotMode video_slot_mode = SlotMode::kAssigned;
  // The clients of this room encrypt end to end: the Dependency Descriptor is negotiated of
  // publishers of VP8 too, not only of those whose first codec is another. (libwebrtc sends VP8
  // without picture id, tl0picidx and tid once that extension is negotiated, so not otherwise: not
  // every receiver has the extension.)
  bool end_to_end_encrypted = false;
  // Senders leave rotation to the receivers. Off, because receivers without the extension (Firefox)
  // would show phones' video lying on its side; without it senders rotate the picture before they
  // encode.
  bool video_orientation = false;
  // Ask publishers to stop sending Opus packets while they are silent.
  bool opus_dtx = false;
  uint32_t max_message_size = 262'144;  // bytes of one data channel message that we take
};

}  // namespace stellwerk
