#include "controller/workers/media_first.h"

#include <sched.h>

namespace stellwerk {
namespace {

bool Change(int from, int to) {
  const sched_param parameters{};
  return sched_getscheduler(0) == from && sched_setscheduler(0, to, &parameters) == 0;
}

}  // namespace

bool LetMediaRunFirst() { return Change(SCHED_OTHER, SCHED_BATCH); }

StartsMedia::StartsMedia() : is_last_(Change(SCHED_BATCH, SCHED_OTHER)) {}

StartsMedia::~StartsMedia() {
  if (is_last_) Change(SCHED_OTHER, SCHED_BATCH);
}

}  // namespace stellwerk
