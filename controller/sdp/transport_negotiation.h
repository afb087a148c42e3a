#pragma once

#include <string>
#include <vector>

#include "controller/sdp/answer_policy.h"
#include "controller/sdp/negotiated.h"
#include "controller/sdp/sdp_error.h"
#include "controller/sdp/session_description.h"
#include "rtc/base/expected.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

// True if the m-line asks to be used: RFC 8843 §6 gives port 0 together with a=bundle-only a
// meaning of its own.
bool IsOffered(const MediaDescription& section);

// The mids of the one BUNDLE group over which everything goes; an error if the offer has none.
Expected<std::vector<std::string>, SdpError> FindBundle(const SessionDescription& offer);

// What the offerer says about its side of the one transport, from the tagged m-line (RFC 8843
// §7.2), and which DTLS role remains for us (RFC 8842 §5.3). On a re-offer the role and the
// certificate must be those of before.
Expected<RemoteTransportParameters, SdpError> NegotiateTransport(
    const SessionDescription& offer, const std::vector<std::string>& bundle,
    const Negotiated& previous);

}  // namespace stellwerk
