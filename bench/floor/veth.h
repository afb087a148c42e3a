#pragma once

#include <netinet/in.h>

#include "absl/status/status.h"
#include "bench/floor/sinks.h"

namespace stellwerk::bench {

// Puts this process into a network namespace of its own, for good. Needs root.
absl::Status EnterOwnNetwork();

// The receivers in a namespace of theirs, at the other end of a veth pair whose sending side leaves
// the cutting of runs to the kernel (tx-udp-segmentation off), as a network card without that
// offload: what a run saves there, it saves everywhere. For after EnterOwnNetwork.
Sinks::Place BehindVeth();
// Ours on the pair.
in_addr VethAddress();

}  // namespace stellwerk::bench
