#pragma once

#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/sdp/session_description.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk::synthetic {

// What the other side's m-line says, be it of an offer or of an answer.

RtpExtensionIds ReadExtensions(const MediaDescription& section);

// Of an m-line that sends: what comes in it. The codecs are those of `video` (or Opus), in the
// order of the m-line and with its payload types. An SSRC of 0 was not told: it is to be learnt
// from the packets. Nullopt: no codec, or a mid that RTP can't carry.
std::optional<ConsumerParameters> ReadSlot(const MediaDescription& section,
                                           std::span<const Codec> video);

// What a description says about its side of the transport. `our_role` follows from its a=setup;
// actpass leaves us the client.
absl::StatusOr<RemoteTransportParameters> ReadTransport(const SessionDescription& description,
                                                        const MediaDescription& section);

// Of all m-lines, for they share one transport; the best first, each once.
std::vector<Candidate> ReadCandidates(const SessionDescription& description);
// Whether more may come by themselves (RFC 8838).
bool MayTrickle(const SessionDescription& description);

}  // namespace stellwerk::synthetic
