#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace stellwerk::bench {

// Resident bytes of a server's two kinds of process, without what they share with others (RssAnon).
struct ServerMemory {
  int64_t worker = 0;
  int64_t controller = 0;
};

// The real server with one worker, on loopback and on ports of the kernel's choice. The destructor
// ends it.
class MeasuredServer {
 public:
  // `binary`: path of stellwerk. The error says what could not be started.
  static absl::StatusOr<std::unique_ptr<MeasuredServer>> Start(const std::string& binary);
  ~MeasuredServer();
  MeasuredServer(const MeasuredServer&) = delete;
  MeasuredServer& operator=(const MeasuredServer&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }  // of the signalling WebSocket
  [[nodiscard]] pid_t worker_pid() const { return worker_pid_; }
  [[nodiscard]] absl::StatusOr<ServerMemory> Read() const;

 private:
  MeasuredServer() = default;

  pid_t pid_ = -1;
  pid_t worker_pid_ = -1;
  int output_ = -1;
  std::string url_;
};

}  // namespace stellwerk::bench
