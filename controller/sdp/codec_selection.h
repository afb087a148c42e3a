#pragma once

#include <vector>

#include "controller/sdp/answer_policy.h"
#include "controller/sdp/session_description.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

// The offered codecs that the policy allows and that we can forward, in the policy's order; codecs
// of one kind (H264 profiles) in the offer's order but for VP9's profile 2, which follows profile
// 0; 32 at most. Never taken: comfort noise and DTMF, and ULPFEC, FlexFEC and RED for video (RFC
// 5109, RFC 8627): losses are repaired hop by hop with RTX, and FEC made for one hop's losses would
// be paid for on all others.
std::vector<CodecParameters> SelectCodecs(const MediaDescription& offer,
                                          const AnswerPolicy& policy);

// How the answer writes them: each codec, followed by its RTX.
std::vector<RtpFormat> AnswerFormats(const std::vector<CodecParameters>& codecs,
                                     const AnswerPolicy& policy);

}  // namespace stellwerk
