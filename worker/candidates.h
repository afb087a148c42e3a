#pragma once

#include <span>
#include <vector>

#include "rtc/base/media_parameters.h"
#include "transport/base/socket_address.h"
#include "worker/worker_options.h"

namespace stellwerk {

// The addresses of this machine's interfaces that a peer may use, loopback ones only if there are
// no others.
std::vector<IpAddress> InterfaceAddresses();

// Host candidates in order of preference: what is announced if there is anything, else what is
// bound, an unspecified address standing for those of the interfaces of its family.
std::vector<Candidate> MakeCandidates(std::span<const SocketAddress> udp,
                                      std::span<const SocketAddress> tcp,
                                      std::span<const AnnouncedAddress> announce,
                                      std::span<const IpAddress> interfaces);

}  // namespace stellwerk
