#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "bench/synthetic/media_clip.h"
#include "rtc/base/units.h"

namespace stellwerk::synthetic {

// The Opus stream (RFC 7845) of an Ogg file (RFC 3533); the first one, if there are several.
// Checksums of pages are not looked at. `name` begins an error's text: "voice.opus: not ...".
absl::StatusOr<MediaClip> ParseOggOpus(std::span<const uint8_t> file, std::string_view name);

// RFC 6716 §3.1, §3.2: how long an Opus packet lasts; nullopt if it is none: it is empty, or longer
// than 120 ms.
std::optional<TimeDelta> OpusPacketDuration(std::span<const uint8_t> packet);

}  // namespace stellwerk::synthetic
