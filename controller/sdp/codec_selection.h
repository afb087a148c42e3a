#pragma once

#include <vector>

#include "controller/sdp/answer_policy.h"
#include "controller/sdp/session_description.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

// The offered codecs that the policy allows and that we can forward, in the policy's order; codecs
// of one kind (H264 profiles) in the offer's order, 32 at most. FEC, comfort noise and DTMF are
// never taken.
std::vector<CodecParameters> SelectCodecs(const MediaDescription& offer,
                                          const AnswerPolicy& policy);

// How the answer writes them: each codec, followed by its RTX.
std::vector<RtpFormat> AnswerFormats(const std::vector<CodecParameters>& codecs,
                                     const AnswerPolicy& policy);

}  // namespace stellwerk
