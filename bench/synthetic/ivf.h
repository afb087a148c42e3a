#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "bench/synthetic/media_clip.h"

namespace stellwerk::synthetic {

// An IVF file of VP8, VP9 or AV1, as libvpx and libaom write it (libvpx/ivfenc.c). All numbers are
// little-endian.
//
//  file:  'D' 'K' 'I' 'F' | version 2 | header size 2 | FourCC 4 | width 2 | height 2 |
//         time base: denominator 4, numerator 4 | frames 4 | unused 4
//  frame: size 4 | time stamp 8 | data
//
// Frames of the same time stamp (spatial layers) are one picture. `name` begins an error's text:
// "clip.ivf: not an IVF file: ...".
absl::StatusOr<MediaClip> ParseIvf(std::span<const uint8_t> file, std::string_view name);

}  // namespace stellwerk::synthetic
