#pragma once

#include <vector>

#include "controller/sdp/session_description.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

// The RTP streams that an m-line announces, in ascending quality as far as the offer tells: the
// order of a=simulcast (RFC 8853) or of an older "SIM" group. With RIDs the SSRCs are left open if
// `rid_in_packets`, to be learnt from the packets. At least one, at most `max_encodings`.
std::vector<EncodingParameters> SelectEncodings(const MediaDescription& offer, bool rid_in_packets,
                                                bool with_rtx, std::size_t max_encodings);

}  // namespace stellwerk
