#include "worker/priority.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stellwerk {
namespace {

int Nice() { return getpriority(PRIO_PROCESS, 0); }

// In a process of its own, which keeps what it is given.
template <typename Check>
bool InAChild(Check check) {
  const pid_t child = fork();
  if (child == 0) _exit(check() ? 0 : 1);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class Priority : public ::testing::Test {
 protected:
  void SetUp() override {
    if (Nice() != 0) GTEST_SKIP() << "somebody chose a priority already";
  }
};

TEST_F(Priority, IsRaisedWhereThatIsAllowed) {
  EXPECT_TRUE(InAChild([] {
    const bool allowed =
        setpriority(PRIO_PROCESS, 0, -1) == 0 && setpriority(PRIO_PROCESS, 0, 0) == 0;
    return GoBeforeOthers() == allowed && (Nice() < 0) == allowed;
  }));
}

TEST_F(Priority, StaysWhereItIsNotAllowed) {
  EXPECT_TRUE(InAChild([] {
    constexpr rlimit kNone{.rlim_cur = 0, .rlim_max = 0};
    if (setrlimit(RLIMIT_NICE, &kNone) != 0) return false;
    if (geteuid() == 0 && setuid(65534) != 0) return false;
    return !GoBeforeOthers() && Nice() == 0;
  }));
}

TEST_F(Priority, AChosenOneIsKept) {
  EXPECT_TRUE(InAChild(
      [] { return setpriority(PRIO_PROCESS, 0, 3) == 0 && !GoBeforeOthers() && Nice() == 3; }));
}

}  // namespace
}  // namespace stellwerk
