#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"
#include "transport/base/outbox.h"
#include "transport/base/tuple.h"

namespace stellwerk {

struct SessionConfig {
  TransportId id;
  IceParameters local_ice;  // the ufrag is unique among the sessions of an endpoint
  // false: ICE-lite, answers checks and sends none (the server). true: the controlling agent of a
  // synthetic participant, which checks the pairs below and nominates.
  bool controlling = false;
  // Only if controlling: our address and one of the peer's, the best first. No two sessions of an
  // endpoint may share one, so each participant has a socket of its own, like a browser.
  std::vector<Tuple> candidate_pairs = {};
};

// How long after the handshake TLS state is kept, if no data channels were negotiated: for a peer
// that lost our last flight and repeats its own, and for data channels that come a little later.
inline constexpr TimeDelta kDtlsKeptAfterConnect = std::chrono::seconds(60);

// What becomes of the RTP of an SSRC.
enum class ReceiveMode : uint8_t {
  kDecrypt,
  // For load generators, which can't decrypt for thousands: it is passed on as it came, and anybody
  // could have sent it; what was received before is refused all the same.
  kCountOnly,
};

// Counters of one session since it was added. Bytes are those on the wire: encrypted, without UDP
// and IP headers.
struct SessionStats {
  TransportState state = TransportState::kNew;
  std::optional<Tuple> selected;
  std::string srtp_profile;       // as registered by IANA, empty before the handshake
  uint64_t packets_received = 0;  // SRTP and SRTCP that were authentic
  uint64_t bytes_received = 0;
  uint64_t packets_replayed = 0;  // RTP that was refused, since it had been received already
  uint64_t packets_sent = 0;
  uint64_t bytes_sent = 0;
  uint64_t checks_received = 0;  // authenticated Binding requests
};

}  // namespace stellwerk
