#pragma once

#include <optional>
#include <vector>

#include "controller/sdp/negotiated.h"
#include "controller/sdp/sdp_error.h"
#include "controller/sdp/session_description.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

// RFC 3264 §8, RFC 8829 §5.2.2: m-lines are never dropped or moved; only a rejected one may become
// something else.
std::optional<SdpError> CheckMediaAgainst(const SessionDescription& offer,
                                          const Negotiated& previous);

// True if a producer or slot that was made with `old_parameters` serves a re-offer that now comes
// to `new_parameters`: everything in the new ones was there before with the same numbers. (Clients
// shorten their lists in later offers, and that is no reason to interrupt the stream.) A slot's
// SSRCs, mode and cname are not compared.
bool CanKeep(const ProducerParameters& old_parameters, const ProducerParameters& new_parameters);
bool CanKeep(const ConsumerParameters& old_parameters, const ConsumerParameters& new_parameters);

bool HasRtx(const std::vector<CodecParameters>& codecs);

}  // namespace stellwerk
