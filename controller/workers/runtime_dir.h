#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <absl/status/statusor.h>

namespace stellwerk {

// The private folder (mode 0700) with the control sockets of this controller's workers. It is
// locked while we live, and named after the media port, because that is what two controllers would
// quarrel about. With port 0 each has its own.
class RuntimeDir {
 public:
  // `base`: workers.runtime_dir; empty: $XDG_RUNTIME_DIR/stellwerk, else /tmp/stellwerk-UID.
  static absl::StatusOr<RuntimeDir> Open(const std::string& base, uint16_t rtc_port);
  RuntimeDir(RuntimeDir&& other) noexcept
      : path_(std::exchange(other.path_, {})),
        lock_(std::exchange(other.lock_, -1)),
        own_(other.own_) {}
  RuntimeDir& operator=(RuntimeDir&&) = delete;
  ~RuntimeDir();

  [[nodiscard]] std::string SocketPath(std::size_t worker) const;
  // Ends workers that a controller before us left behind (it was killed): their ports and sockets
  // are ours now.
  void EndOrphans() const;

 private:
  RuntimeDir(std::string path, int lock, bool own)
      : path_(std::move(path)), lock_(lock), own_(own) {}
  std::string path_;
  int lock_ = -1;
  bool own_ = false;  // made for us alone, goes with us
};

}  // namespace stellwerk
