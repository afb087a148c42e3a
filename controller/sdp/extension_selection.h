#pragma once

#include <vector>

#include "controller/sdp/answer_policy.h"
#include "controller/sdp/session_description.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

// Which of MID, RID and repaired RID can be read in a packet before its m-line is known: those that
// have one id in all m-lines of the offer, which means nothing else in any of them. (aiortc gives
// id 2 two meanings in one BUNDLE; that is harmless for the others, which are read only once the
// m-line is known.)
struct IdentifyingExtensions {
  bool mid = true;
  bool rid = true;
  bool repaired_rid = true;
};
IdentifyingExtensions FindIdentifyingExtensions(const SessionDescription& offer);

struct SelectedExtensions {
  RtpExtensionIds received;  // on what the offerer sends
  RtpExtensionIds sent;      // on what we send in a slot
  std::vector<ExtensionMapping> answer;
};

// What is wanted of one m-line.
struct ExtensionRequest {
  const MediaDescription& offer;
  const std::vector<CodecParameters>& codecs;
  IdentifyingExtensions identifying;
  bool receives = false;      // the m-line becomes a producer
  bool sends = false;         // the m-line becomes a slot
  bool two_byte_ids = false;  // a=extmap-allow-mixed: ids above 14 can be used
};
SelectedExtensions SelectExtensions(const ExtensionRequest& request, const AnswerPolicy& policy);

}  // namespace stellwerk
