// A network path of our own for real processes, where the kernel has no netem:
//   tun_link [--up LINK] [--down LINK] [--control PATH] [--seed N] -- COMMAND ...
// makes a network namespace, runs the command in it, and joins it with the present namespace by two
// TUN devices (192.0.2.1 here, 192.0.2.2 there) and a modelled link in each direction. To be run as
// root of the present namespace; ends with the command. On the Unix socket PATH it takes lines, see
// TunPump::Execute.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/network/link_text.h"
#include "tests/network/tun_device.h"
#include "tests/network/tun_pump.h"

namespace stellwerk {
namespace {

constexpr const char* kNearAddress = "192.0.2.1";
constexpr const char* kFarAddress = "192.0.2.2";

struct Options {
  std::string up;
  std::string down;
  std::string control;
  uint64_t seed = 1;
  std::vector<std::string> command;
};

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "tun_link: %s\n", what.c_str());
  std::exit(1);
}
void Require(bool good, const char* what) {
  if (!good) Fail(std::string(what) + ": " + std::strerror(errno));
}

LinkConfig LinkFrom(const std::string& text) {
  auto link = ParseLink(text);
  if (!link) Fail(link.error());
  return *std::move(link);
}

// One client at a time.
class ControlSocket {
 public:
  explicit ControlSocket(const std::string& path) {
    if (path.empty()) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) Fail("path is too long: " + path);
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    unlink(path.c_str());
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    Require(bind(listener_, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) ==
                    0 &&
                listen(listener_, 4) == 0,
            "control socket");
  }
  [[nodiscard]] int listener() const { return listener_; }
  [[nodiscard]] int client() const { return client_; }

  void Run(TunPump& pump) {
    if (client_ < 0) {
      client_ = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      return;
    }
    std::array<char, 4096> bytes{};
    const ssize_t size = read(client_, bytes.data(), bytes.size());
    if (size == 0 || (size < 0 && errno != EAGAIN)) {
      close(client_);
      client_ = -1;
      text_.clear();
      return;
    }
    if (size > 0) text_.append(bytes.data(), static_cast<std::size_t>(size));
    for (std::size_t end = 0; (end = text_.find('\n')) != std::string::npos;) {
      const std::string answer = pump.Execute(std::string_view(text_).substr(0, end)) + "\n";
      text_.erase(0, end + 1);
      if (write(client_, answer.data(), answer.size()) < 0) return;
    }
  }

 private:
  int listener_ = -1;
  int client_ = -1;
  std::string text_;
};

pid_t StartCommand(const std::vector<std::string>& command) {
  const pid_t pid = fork();
  Require(pid >= 0, "fork");
  if (pid > 0) return pid;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments.front(), arguments.data());
  std::fprintf(stderr, "tun_link: %s: %s\n", command.front().c_str(), std::strerror(errno));
  _exit(127);
}

// The status of the command if it has ended, else -1. Other signals are passed on to it.
int HandleSignal(int signals, pid_t command) {
  signalfd_siginfo info{};
  if (read(signals, &info, sizeof info) != sizeof info) return -1;
  if (info.ssi_signo != SIGCHLD) {
    kill(command, static_cast<int>(info.ssi_signo));
    return -1;
  }
  int status = 0;
  if (waitpid(command, &status, WNOHANG) != command) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int Main(const Options& options) {
  LinkConfig up = LinkFrom(options.up);
  LinkConfig down = LinkFrom(options.down);
  sigset_t handled;
  sigemptyset(&handled);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&handled, signal);
  const int near_fd = OpenTun("near0", kNearAddress, false);
  Require(unshare(CLONE_NEWNET) == 0, "a network namespace");
  RunIp("link set lo up");
  const int far_fd = OpenTun("far0", kFarAddress, true);
  sigprocmask(SIG_BLOCK, &handled, nullptr);
  const int signals = signalfd(-1, &handled, SFD_NONBLOCK | SFD_CLOEXEC);
  Require(signals >= 0, "signalfd");
  // Timers that are as exact as they can be.
  prctl(PR_SET_TIMERSLACK, 1);
  TunPump pump(near_fd, far_fd, std::move(up), std::move(down), options.seed);
  ControlSocket control(options.control);
  const pid_t command = StartCommand(options.command);
  while (true) {
    pump.Run();
    std::array<pollfd, 4> fds = {
        pollfd{near_fd, POLLIN, 0}, pollfd{far_fd, POLLIN, 0}, pollfd{signals, POLLIN, 0},
        pollfd{control.client() >= 0 ? control.client() : control.listener(), POLLIN, 0}};
    const int64_t wait = pump.TimeToWait();
    const timespec timeout{wait / 1'000'000'000, wait % 1'000'000'000};
    ppoll(fds.data(), fds.size(), wait < 0 ? nullptr : &timeout, nullptr);
    if (fds[3].revents != 0) control.Run(pump);
    if (fds[2].revents == 0) continue;
    const int status = HandleSignal(signals, command);
    if (status >= 0) return status;
  }
}

}  // namespace
}  // namespace stellwerk

int main(int argc, char** argv) {
  stellwerk::Options options;
  CLI::App app("A modelled network path around a command");
  app.add_option("--up", options.up, "The link from the command");
  app.add_option("--down", options.down, "The link to the command");
  app.add_option("--control", options.control, "Unix socket on which links can be changed");
  app.add_option("--seed", options.seed, "Of loss and jitter");
  app.add_option("command", options.command, "Behind --")->required();
  CLI11_PARSE(app, argc, argv);
  return stellwerk::Main(options);
}
