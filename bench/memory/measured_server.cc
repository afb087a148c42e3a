#include "bench/memory/measured_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

extern char** environ;

namespace stellwerk::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kStartTimeout = std::chrono::seconds(10);
constexpr auto kStopTimeout = std::chrono::seconds(5);

absl::StatusOr<int64_t> ResidentOf(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  while (file >> word) {
    if (word != "RssAnon:") continue;
    int64_t kilobytes = 0;
    file >> kilobytes;
    return kilobytes * 1024;
  }
  return absl::NotFoundError(absl::StrCat("process ", pid, " has ended"));
}

pid_t FirstChildOf(pid_t pid) {
  const std::string id = std::to_string(pid);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  pid_t child = -1;
  children >> child;
  return child;
}

// The address that the server says it is ready at; empty if it does not.
std::string AwaitReady(int output) {
  std::string printed;
  const auto deadline = Clock::now() + kStartTimeout;
  while (Clock::now() < deadline) {
    pollfd descriptor{.fd = output, .events = POLLIN, .revents = 0};
    if (poll(&descriptor, 1, 100) <= 0) continue;
    std::array<char, 512> buffer{};
    const ssize_t size = read(output, buffer.data(), buffer.size());
    if (size <= 0) return {};
    printed.append(buffer.data(), static_cast<std::size_t>(size));
    constexpr std::string_view kReady = "ready http://";
    const std::size_t start = printed.find(kReady);
    const std::size_t end = start == std::string::npos ? start : printed.find('\n', start);
    if (end == std::string::npos) continue;
    return printed.substr(start + kReady.size(), end - start - kReady.size());
  }
  return {};
}

}  // namespace

absl::StatusOr<std::unique_ptr<MeasuredServer>> MeasuredServer::Start(const std::string& binary) {
  std::unique_ptr<MeasuredServer> server(new MeasuredServer());
  std::vector<std::string> arguments = {binary,       "--listen",  "127.0.0.1:0",
                                        "--rtc-port", "0",         "--rtc-address",
                                        "127.0.0.1",  "--workers", "1"};
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return absl::InternalError("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const int failed =
      posix_spawn(&server->pid_, binary.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  server->output_ = ends[0];
  if (failed != 0) {
    server->pid_ = -1;
    return absl::NotFoundError(absl::StrCat(binary, " can't be started"));
  }
  const std::string address = AwaitReady(server->output_);
  server->worker_pid_ = FirstChildOf(server->pid_);
  if (address.empty() || server->worker_pid_ < 0)
    return absl::UnavailableError(absl::StrCat(binary, " did not become ready"));
  server->url_ = "ws://" + address + "/signal";
  return server;
}

MeasuredServer::~MeasuredServer() {
  if (output_ >= 0) close(output_);
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  const auto deadline = Clock::now() + kStopTimeout;
  while (waitpid(pid_, nullptr, WNOHANG) == 0) {
    // The second one ends it at once.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    kill(pid_, Clock::now() < deadline ? SIGTERM : SIGKILL);
  }
}

absl::StatusOr<ServerMemory> MeasuredServer::Read() const {
  const auto worker = ResidentOf(worker_pid_);
  if (!worker.ok()) return worker.status();
  const auto controller = ResidentOf(pid_);
  if (!controller.ok()) return controller.status();
  return ServerMemory{.worker = *worker, .controller = *controller};
}

}  // namespace stellwerk::bench
