#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stellwerk::channel {

// The few calls on Unix stream sockets. Every descriptor is close-on-exec and non-blocking.
absl::StatusOr<int> ConnectUnixSocket(std::string_view path);
// Listens with mode 0600. Takes the place of a socket that nobody listens on any more; refuses one
// that is in use.
absl::StatusOr<int> ListenUnixSocket(std::string_view path);
absl::Status SetNonBlocking(int fd);

}  // namespace stellwerk::channel
