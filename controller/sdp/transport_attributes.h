#pragma once

#include <string>
#include <string_view>

#include "controller/sdp/attribute_parser.h"
#include "controller/sdp/session_description.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

// a=ice-ufrag, a=ice-pwd, a=fingerprint, a=setup; `known` says whether `name` is one of them.
AttributeProblem ParseTransportAttribute(std::string_view name, std::string_view value,
                                         TransportAttributes& out, bool& known);

// a=candidate (RFC 8839 §5.1). Candidates that can't be connected to (component 2, active TCP,
// other protocols) are skipped without a problem.
AttributeProblem ParseCandidate(std::string_view value, MediaDescription& section);

// "sha-256 AB:CD:...", the value of a=fingerprint.
std::string SerializeFingerprint(const Fingerprint& fingerprint);
// The value of a=candidate, of type host.
std::string SerializeCandidate(const Candidate& candidate);

}  // namespace stellwerk
