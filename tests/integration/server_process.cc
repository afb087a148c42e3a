#include "tests/integration/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

extern char** environ;

namespace stellwerk::integration {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Generous: instrumented binaries on a loaded machine.
constexpr milliseconds kStartTimeout{30'000};
constexpr milliseconds kStopTimeout{10'000};
constexpr int kReplyTimeoutMs = 10'000;

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& flags) {
  std::vector<std::string> arguments = {STELLWERK_BINARY, "--listen",  "127.0.0.1:0",
                                        "--rtc-port",     "0",         "--rtc-address",
                                        "127.0.0.1",      "--workers", "1"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  char log_template[] = "/tmp/stellwerk-test-log-XXXXXX";
  const int log = mkstemp(log_template);
  log_path_ = log_template;
  std::array<int, 2> pipe_fds{};
  if (log < 0 || pipe2(pipe_fds.data(), O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO);
  if (posix_spawn(&pid_, STELLWERK_BINARY, &actions, nullptr, argv.data(), environ) != 0) pid_ = -1;
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_fds[1]);
  close(log);
  output_ = pipe_fds[0];
}

ServerProcess::~ServerProcess() {
  // The second SIGTERM ends it at once; two that come together would be one.
  for (int i = 0; i < 10 && running(); ++i) {
    Signal(SIGTERM);
    WaitForExit(kStopTimeout / 10);
  }
  if (running()) {
    Signal(SIGKILL);
    WaitForExit(kStopTimeout);
  }
  if (output_ >= 0) close(output_);
  if (testing::Test::HasFailure()) std::fprintf(stderr, "server log:\n%s\n", log().c_str());
  unlink(log_path_.c_str());
}

bool ServerProcess::WaitUntilReady() {
  const auto deadline = Clock::now() + kStartTimeout;
  while (Clock::now() < deadline) {
    pollfd poll_fd{.fd = output_, .events = POLLIN, .revents = 0};
    if (poll(&poll_fd, 1, 200) <= 0) continue;
    std::array<char, 512> buffer{};
    const ssize_t size = read(output_, buffer.data(), buffer.size());
    if (size <= 0) return false;
    printed_.append(buffer.data(), static_cast<std::size_t>(size));
    const std::size_t ready = printed_.find("ready http");
    if (ready == std::string::npos || printed_.find('\n', ready) == std::string::npos) continue;
    const std::string line = printed_.substr(ready, printed_.find('\n', ready) - ready);
    http_port_ = static_cast<uint16_t>(std::atoi(line.c_str() + line.rfind(':') + 1));
    return http_port_ != 0;
  }
  return false;
}

bool ServerProcess::running() { return pid_ > 0 && !WaitForExit(milliseconds(0)).has_value(); }

std::vector<pid_t> ServerProcess::worker_pids() const {
  const std::string id = std::to_string(pid_);
  std::ifstream in("/proc/" + id + "/task/" + id + "/children");
  return {std::istream_iterator<pid_t>(in), std::istream_iterator<pid_t>()};
}

void ServerProcess::Signal(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

std::optional<int> ServerProcess::WaitForExit(milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  while (!exit_status_) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      exit_status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (Clock::now() >= deadline) {
      break;
    } else {
      usleep(10'000);
    }
  }
  return exit_status_;
}

std::string ServerProcess::log() const {
  std::ifstream in(log_path_);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string HttpReply::Header(const std::string& name) const {
  std::istringstream in(headers);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string key = line.substr(0, colon);
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (key != name) continue;
    const std::size_t from = line.find_first_not_of(' ', colon + 1);
    const std::size_t to = line.find_last_not_of("\r ");
    return from == std::string::npos ? "" : line.substr(from, to - from + 1);
  }
  return {};
}

int ConnectTcp(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof(address)) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

HttpReply Request(uint16_t port, const std::string& method, const std::string& path,
                  const std::string& body, const std::string& content_type) {
  const int fd = ConnectTcp(port);
  if (fd < 0) return {};
  std::string request = method + " " + path +
                        " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                        "\r\nConnection: close\r\n";
  if (!content_type.empty()) request += "Content-Type: " + content_type + "\r\n";
  if (!body.empty() || method == "POST") {
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  request += "\r\n" + body;
  std::size_t sent = 0;
  while (sent < request.size()) {
    const ssize_t size = send(fd, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (size <= 0) break;
    sent += static_cast<std::size_t>(size);
  }
  std::string text;
  std::array<char, 4096> buffer{};
  // Some servers keep the connection open: the length of the body ends the reply, too.
  const auto complete = [&text] {
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const HttpReply partial{.status = 0, .headers = text.substr(0, head), .body = {}};
    const std::string length = partial.Header("content-length");
    return !length.empty() && text.size() >= head + 4 + std::stoul(length);
  };
  pollfd poll_fd{.fd = fd, .events = POLLIN, .revents = 0};
  while (!complete() && poll(&poll_fd, 1, kReplyTimeoutMs) > 0) {
    const ssize_t size = recv(fd, buffer.data(), buffer.size(), 0);
    if (size <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  close(fd);
  HttpReply reply;
  const std::size_t head = text.find("\r\n\r\n");
  if (text.rfind("HTTP/1.", 0) != 0 || head == std::string::npos) return reply;
  reply.status = std::atoi(text.c_str() + 9);
  reply.headers = text.substr(0, head);
  reply.body = text.substr(head + 4);
  return reply;
}

}  // namespace stellwerk::integration
