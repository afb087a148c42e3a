#include "controller/workers/runtime_dir.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace stellwerk {
namespace {

constexpr std::size_t kMaxSocketPath = sizeof(sockaddr_un::sun_path) - 1;
constexpr int kOrphanExitMs = 3'000;

std::string DefaultBase() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/' && access(runtime, W_OK) == 0)
    return std::string(runtime) + "/stellwerk";
  return "/tmp/stellwerk-" + std::to_string(geteuid());
}

// Whoever could write here could take our workers over.
absl::Status MakePrivate(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::UnavailableError("can't make the folder " + path + ": " + std::strerror(errno));
  }
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
      (info.st_mode & 077) != 0) {
    return absl::PermissionDeniedError("the folder " + path +
                                       " has to be ours alone (chmod 700), and is not");
  }
  return absl::OkStatus();
}

// Asks the process that listens on the socket to end, and waits until it has.
void EndListener(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, kMaxSocketPath);
  ucred peer{};
  socklen_t size = sizeof peer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid > 1 &&
      peer.uid == geteuid()) {
    kill(peer.pid, SIGTERM);
    pollfd ended{fd, POLLIN, 0};
    char byte = 0;
    while (poll(&ended, 1, kOrphanExitMs) > 0 && recv(fd, &byte, 1, 0) > 0) {
    }
  }
  close(fd);
}

}  // namespace

absl::StatusOr<RuntimeDir> RuntimeDir::Open(const std::string& base, uint16_t rtc_port) {
  const std::string parent = base.empty() ? DefaultBase() : base;
  if (const absl::Status status = MakePrivate(parent); !status.ok()) return status;
  std::string path = parent + "/rtc-" + std::to_string(rtc_port);
  const bool own = rtc_port == 0;
  if (own) {
    path = parent + "/any-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) {
      return absl::UnavailableError("can't make a folder in " + parent + ": " +
                                    std::strerror(errno));
    }
  } else if (const absl::Status status = MakePrivate(path); !status.ok()) {
    return status;
  }
  const int lock = open((path + "/lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (lock >= 0) close(lock);
    return absl::UnavailableError("another stellwerk is running with rtc.port " +
                                  std::to_string(rtc_port) + " (it holds " + path +
                                  "/lock); give this one another port");
  }
  RuntimeDir dir(std::move(path), lock, own);
  if (dir.SocketPath(9'999).size() > kMaxSocketPath) {
    return absl::InvalidArgumentError(
        "workers.runtime_dir: " + parent + " is too long for a socket in it (" +
        std::to_string(kMaxSocketPath) + " bytes with the socket's name)");
  }
  return dir;
}

RuntimeDir::~RuntimeDir() {
  if (lock_ < 0) return;
  std::error_code ignored;
  if (own_) std::filesystem::remove_all(path_, ignored);
  close(lock_);
}

std::string RuntimeDir::SocketPath(std::size_t worker) const {
  return path_ + "/worker-" + std::to_string(worker) + ".sock";
}

void RuntimeDir::EndOrphans() const {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path_, error)) {
    if (entry.path().extension() != ".sock") continue;
    EndListener(entry.path().string());
    std::filesystem::remove(entry.path(), error);
  }
}

}  // namespace stellwerk
