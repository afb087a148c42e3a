#include "controller/server/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace stellwerk {
namespace {

// Listeners, the loop's own, pipes and control sockets of the workers, files of the page.
constexpr std::size_t kOtherFiles = 64;

}  // namespace

std::size_t RaiseOpenFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

std::size_t ConnectionsWithin(std::size_t open_files, std::size_t wanted) {
  const std::size_t free = open_files > kOtherFiles ? open_files - kOtherFiles : 1;
  return std::min(wanted, free);
}

}  // namespace stellwerk
