#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk::test {

// The real `stellwerk` with its real workers, as a child of the test, in a runtime folder of its
// own.
class StellwerkProcess {
 public:
  explicit StellwerkProcess(std::vector<std::string> arguments, const std::string& runtime_dir) {
    int pipe_ends[2] = {-1, -1};
    if (pipe2(pipe_ends, O_CLOEXEC) != 0) return;
    arguments.insert(arguments.begin(), {STELLWERK_BINARY, "--runtime-dir", runtime_dir});
    pid_ = fork();
    if (pid_ == 0) {
      dup2(pipe_ends[1], 1);
      dup2(pipe_ends[1], 2);
      std::vector<char*> argv;
      for (std::string& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      execv(argv[0], argv.data());
      _exit(127);
    }
    close(pipe_ends[1]);
    output_ = pipe_ends[0];
  }
  ~StellwerkProcess() {
    if (pid_ > 0) {
      kill(pid_, SIGTERM);
      Wait();
    }
    close(output_);
  }
  StellwerkProcess(const StellwerkProcess&) = delete;
  StellwerkProcess& operator=(const StellwerkProcess&) = delete;

  // Reads what it prints until a line begins with `begin`; nullopt at its end.
  std::optional<std::string> ReadLine(const std::string& begin) {
    for (;;) {
      std::size_t end = 0;
      while ((end = text_.find('\n')) != std::string::npos) {
        const std::string line = text_.substr(0, end);
        text_.erase(0, end + 1);
        all_ += line + "\n";
        if (line.starts_with(begin)) return line;
      }
      pollfd waiting{output_, POLLIN, 0};
      char bytes[4096];
      if (poll(&waiting, 1, 60'000) <= 0) return std::nullopt;  // a bound for a broken server
      const ssize_t size = read(output_, bytes, sizeof bytes);
      if (size <= 0) return std::nullopt;
      text_.append(bytes, static_cast<std::size_t>(size));
    }
  }
  // The port of its `ready` line, 0 if it ended without one.
  uint16_t WaitReady() {
    const auto line = ReadLine("ready http://127.0.0.1:");
    return line ? static_cast<uint16_t>(std::atoi(line->c_str() + line->rfind(':') + 1)) : 0;
  }
  // Its exit status, or 128 + signal.
  int Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  void Signal(int signal) const { kill(pid_, signal); }
  [[nodiscard]] const std::string& all_output() const { return all_; }

  // The workers it started, by /proc.
  [[nodiscard]] std::vector<int> Workers() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) +
                       "/children");
    std::vector<int> pids;
    for (int child = 0; file >> child;) pids.push_back(child);
    return pids;
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string text_;
  std::string all_;
};

// A private folder for one test.
class RuntimeFolder {
 public:
  RuntimeFolder() {
    std::string name = "/tmp/stellwerk-test-XXXXXX";  // short: sockets go into it
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~RuntimeFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  RuntimeFolder(const RuntimeFolder&) = delete;
  RuntimeFolder& operator=(const RuntimeFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace stellwerk::test
