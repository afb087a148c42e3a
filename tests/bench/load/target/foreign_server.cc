#include "tests/bench/load/target/foreign_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace stellwerk::load {
namespace {

using namespace std::chrono_literals;

constexpr auto kStartLimit = 20s;

bool TakesConnections(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, kForeignAddress, &address.sin_addr);
  const bool taken = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return taken;
}

}  // namespace

std::optional<std::string> EnterForeignNetwork() {
  static const std::optional<std::string> kProblem = []() -> std::optional<std::string> {
    if (unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) != 0) {
      return "no network namespace can be made here";
    }
    const std::string address = kForeignAddress;
    const std::string commands =
        "ip link set lo up && ip link add media type veth peer name far && ip addr add " + address +
        "/24 dev media && ip link set media up && ip link set far up";
    if (std::system(commands.c_str()) != 0) return "no interface can be made (iproute2, root)";
    return std::nullopt;
  }();
  return kProblem;
}

std::string FindProgram(const char* variable, const std::string& name) {
  if (const char* given = std::getenv(variable); given != nullptr) return given;
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = folder + "/" + name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return "";
}

ForeignServer::ForeignServer() {
  std::string name = (std::filesystem::temp_directory_path() / "foreign-XXXXXX").string();
  if (mkdtemp(name.data()) != nullptr) directory_ = name;
}

ForeignServer::~ForeignServer() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);  // it has nothing to lose
    waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

std::string ForeignServer::WriteFile(const std::string& name, const std::string& text) {
  const std::string path = directory_ + "/" + name;
  std::ofstream(path) << text;
  return path;
}

bool ForeignServer::Start(const std::vector<std::string>& command, uint16_t port) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const std::string output = directory_ + "/log";
  pid_ = fork();
  if (pid_ == 0) {
    const int fd = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  const auto end = std::chrono::steady_clock::now() + kStartLimit;
  while (std::chrono::steady_clock::now() < end) {
    if (TakesConnections(port)) return true;
    if (waitpid(pid_, nullptr, WNOHANG) != 0) {
      pid_ = -1;
      return false;
    }
    std::this_thread::sleep_for(20ms);
  }
  return false;
}

std::string ForeignServer::log() const {
  std::ifstream file(directory_ + "/log");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace stellwerk::load
