#include "bench/load/run/process_meter.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace stellwerk::load {
namespace {

std::string ProcPath(pid_t pid, std::string_view file) {
  return "/proc/" + std::to_string(pid) + "/" + std::string(file);
}

// proc(5), /proc/pid/stat: fields 14 and 15, counted from behind the command's name, which may
// hold anything.
bool ReadCpu(pid_t pid, TimeDelta& out) {
  std::ifstream file(ProcPath(pid, "stat"));
  std::string text;
  if (!std::getline(file, text)) return false;
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return false;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  int64_t user = 0;
  int64_t system = 0;
  if (!(fields >> user >> system)) return false;
  out += TimeDelta((user + system) * (1'000'000'000 / sysconf(_SC_CLK_TCK)));
  return true;
}

uint64_t ReadResident(pid_t pid) {
  std::ifstream file(ProcPath(pid, "status"));
  std::string word;
  while (file >> word) {
    if (word != "RssAnon:") continue;
    uint64_t kilobytes = 0;
    file >> kilobytes;
    return kilobytes * 1024;
  }
  return 0;
}

bool AddProcess(pid_t pid, ProcessUsage& out) {
  if (!ReadCpu(pid, out.cpu)) return false;
  out.resident_bytes += ReadResident(pid);
  std::error_code error;
  for (const auto& thread : std::filesystem::directory_iterator(ProcPath(pid, "task"), error)) {
    std::ifstream children(thread.path() / "children");
    // One that ends meanwhile is left out.
    for (pid_t child = 0; children >> child;) AddProcess(child, out);
  }
  return true;
}

}  // namespace

absl::StatusOr<ProcessUsage> ReadProcessUsage(pid_t pid) {
  ProcessUsage usage;
  if (!AddProcess(pid, usage)) {
    return absl::NotFoundError(absl::StrCat("process ", pid, " can't be measured: there is none"));
  }
  return usage;
}

TimeDelta OwnCpuTime() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto in_time = [](const timeval& time) {
    return TimeDelta(std::chrono::seconds(time.tv_sec)) + std::chrono::microseconds(time.tv_usec);
  };
  return in_time(usage.ru_utime) + in_time(usage.ru_stime);
}

}  // namespace stellwerk::load
