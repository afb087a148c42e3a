#pragma once

#include <string>

namespace stellwerk {

// Makes a TUN device in the present network namespace, with an address of a /24 net and itself as
// the default route if `default_route`. Returns its file descriptor (not blocking, one IP packet
// per read); ends the process with a sentence if that is not possible.
int OpenTun(const std::string& name, const std::string& address, bool default_route);

// Runs `ip` with these arguments; ends the process if it fails.
void RunIp(const std::string& arguments);

}  // namespace stellwerk
