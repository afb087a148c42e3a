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

// How RED (RFC 2198) reaches a subscriber: as it is, if its blocks' payload types mean the same
// there, which one can tell by a=fmtp; otherwise the primary block alone, as what it is.
struct RedMatch {
  uint8_t codec = 0;  // index into the offered ones
  bool stripped = false;
};
// `sources` are all codecs of the producer, which the blocks of `red` are of. nullopt: no way.
std::optional<RedMatch> MatchRed(const CodecParameters& red,
                                 std::span<const CodecParameters> sources,
                                 std::span<const CodecParameters> offered);

}  // namespace stellwerk
