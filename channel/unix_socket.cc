#include "channel/unix_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace stellwerk::channel {
namespace {

constexpr int kBacklog = 8;

absl::Status Failure(std::string_view path, std::string_view what) {
  return absl::UnavailableError("control socket " + std::string(path) + ": " + std::string(what));
}
absl::Status SystemFailure(std::string_view path) { return Failure(path, std::strerror(errno)); }

absl::StatusOr<sockaddr_un> AddressOf(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return Failure(path, "the path has " + std::to_string(path.size()) + " bytes (1.." +
                             std::to_string(sizeof(address.sun_path) - 1) + ")");
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

// The socket interface takes any address family through one pointer type.
const sockaddr* Generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

absl::StatusOr<int> ConnectUnixSocket(std::string_view path) {
  const auto address = AddressOf(path);
  if (!address.ok()) return address.status();
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return SystemFailure(path);
  if (::connect(fd, Generic(*address), sizeof(*address)) != 0) {
    const absl::Status status = SystemFailure(path);
    ::close(fd);
    return status;
  }
  return fd;
}

absl::StatusOr<int> ListenUnixSocket(std::string_view path) {
  const auto address = AddressOf(path);
  if (!address.ok()) return address.status();
  if (const auto other = ConnectUnixSocket(path); other.ok()) {
    ::close(*other);
    return Failure(path, "another process listens there");
  }
  struct stat existing {};
  const std::string name(path);
  if (::lstat(name.c_str(), &existing) == 0) {
    if (!S_ISSOCK(existing.st_mode)) return Failure(path, "exists and is not a socket");
    ::unlink(name.c_str());
  }
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return SystemFailure(path);
  // Mode 0600 from the first moment: chmod after bind would leave a gap. Linux applies a socket's
  // own fchmod at bind.
  if (::fchmod(fd, S_IRUSR | S_IWUSR) != 0 ||
      ::bind(fd, Generic(*address), sizeof(*address)) != 0 ||
      ::chmod(name.c_str(), S_IRUSR | S_IWUSR) != 0 || ::listen(fd, kBacklog) != 0) {
    const absl::Status status = SystemFailure(path);
    ::close(fd);
    return status;
  }
  return fd;
}

absl::Status SetNonBlocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
    return absl::InternalError(std::string("control channel: ") + std::strerror(errno));
  }
  return absl::OkStatus();
}

}  // namespace stellwerk::channel
