#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk::integration {

// The real `stellwerk` with its workers, started on loopback on ports of the kernel's choice. The
// destructor ends it. What it prints is kept and shown when a test fails.
class ServerProcess {
 public:
  // `flags` come after the defaults of the tests and may override them.
  explicit ServerProcess(const std::vector<std::string>& flags = {});
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Waits for the line `ready http://ADDR:PORT`; false if the server ended or took too long.
  [[nodiscard]] bool WaitUntilReady();
  [[nodiscard]] uint16_t http_port() const { return http_port_; }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(http_port_); }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running();
  // The processes that the server has started, by the kernel's list of its children.
  [[nodiscard]] std::vector<pid_t> worker_pids() const;
  void Signal(int signal) const;
  // The exit status, once the server has ended; nullopt if it has not within `timeout`.
  std::optional<int> WaitForExit(std::chrono::milliseconds timeout);
  // What it has written to standard error so far.
  [[nodiscard]] std::string log() const;

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string log_path_;
  std::string printed_;
  std::optional<int> exit_status_;
  uint16_t http_port_ = 0;
};

// Sends one HTTP/1.1 request on a connection of its own and returns the whole reply (headers and
// body), or nothing if the server closed without one.
struct HttpReply {
  int status = 0;
  std::string headers;
  std::string body;
  // The value of a header, by its lower-case name; empty if absent.
  [[nodiscard]] std::string Header(const std::string& name) const;
};
HttpReply Request(uint16_t port, const std::string& method, const std::string& path,
                  const std::string& body = {}, const std::string& content_type = {});

// A connected loopback socket, or -1. The caller closes it.
int ConnectTcp(uint16_t port);

}  // namespace stellwerk::integration
