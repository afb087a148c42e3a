#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/media_parameters.h"

namespace stellwerk {

// Which of `offered` can decode what `source` describes: the same codec and clock, and where the
// codec has profiles the same profile (RFC 6184 §8.1 for H.264, RFC 9628 §6 for VP9, the AV1 RTP
// specification §7.2.3). nullopt if none.
std::optional<uint8_t> MatchCodec(const CodecParameters& source,
                                  std::span<const CodecParameters> offered);

}  // namespace stellwerk
