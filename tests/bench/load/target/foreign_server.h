#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk::load {

// Where servers of others live in these tests: a network namespace of the test's own, so that their
// ports are free and nothing of theirs gets out. Beside lo it has one more interface, for there are
// servers that make no candidates of loopback addresses.
inline constexpr const char* kForeignAddress = "10.77.0.1";
// Moves this process there, once; the reason why not, if it can't.
std::optional<std::string> EnterForeignNetwork();

// The path of a program: of the environment variable, if it is set, else by PATH; empty: there is
// none.
std::string FindProgram(const char* variable, const std::string& name);

// Another's server with a configuration of ours, in a directory that goes with it.
class ForeignServer {
 public:
  ForeignServer();
  ~ForeignServer();  // ends it
  ForeignServer(const ForeignServer&) = delete;
  ForeignServer& operator=(const ForeignServer&) = delete;

  // The path of a new file with this text.
  std::string WriteFile(const std::string& name, const std::string& text);
  [[nodiscard]] const std::string& directory() const { return directory_; }
  // Starts it, with its output in a file, and waits until it takes connections at this port of
  // kForeignAddress.
  [[nodiscard]] bool Start(const std::vector<std::string>& command, uint16_t port);
  [[nodiscard]] std::string log() const;

 private:
  pid_t pid_ = -1;
  std::string directory_;
};

}  // namespace stellwerk::load
