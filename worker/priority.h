#pragma once

namespace stellwerk {

// Where the system allows it, this process goes before others that compute at the same time (nice
// -5, setpriority(2)): packets wait for as long as somebody else has the processor, and on a small
// machine the controller, a reverse proxy and the kernel's own daemons do, a few milliseconds at a
// time. Allowed are root, CAP_SYS_NICE, and a limit (RLIMIT_NICE; LimitNICE= in a systemd unit). To
// be called before threads are started. Does nothing, and says false, if it is not allowed or
// somebody chose another value for this process.
bool GoBeforeOthers();

}  // namespace stellwerk
