#pragma once

#include <string>
#include <vector>

#include "controller/sdp/session_description.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk::synthetic {

// What a server that makes the offers says to a viewer, as Janus and LiveKit do. Ours never does:
// this is for tests of participants that answer.
struct Invitation {
  std::vector<ConsumerParameters> slots;  // one m-line each
  bool announce_ssrcs = true;
  DtlsSetup setup = DtlsSetup::kActpass;
};

// A slot with the payload types that such servers use: Opus, or VP8 with RTX. `with_mid`: its
// packets carry the MID.
ConsumerParameters InvitedSlot(MediaKind kind, const std::string& mid, Ssrc ssrc,
                               bool with_mid = true);

// The server's side of the transport: ICE-lite, reached at `candidate`.
struct InvitationTransport {
  IceParameters ice;
  Fingerprint fingerprint;
  Candidate candidate;
};
SessionDescription WriteInvitation(const Invitation& invitation,
                                   const InvitationTransport& transport, uint64_t version);

}  // namespace stellwerk::synthetic
