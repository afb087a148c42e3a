#include "worker/priority.h"

#include <sys/resource.h>

namespace stellwerk {
namespace {

// Under contention three times the share of a usual process, which still leaves the others some.
constexpr int kNice = -5;

}  // namespace

bool GoBeforeOthers() {
  return getpriority(PRIO_PROCESS, 0) == 0 && setpriority(PRIO_PROCESS, 0, kNice) == 0;
}

}  // namespace stellwerk
