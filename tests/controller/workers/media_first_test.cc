#include "controller/workers/media_first.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace stellwerk {
namespace {

// Each on a thread of its own, for the policy is a thread's.
class MediaFirst : public ::testing::Test {
 protected:
  void SetUp() override {
    if (sched_getscheduler(0) != SCHED_OTHER) GTEST_SKIP() << "somebody chose a policy already";
  }
  template <typename Check>
  static void OnAThread(Check check) {
    std::thread(check).join();
  }
  static int PolicyOfAChild() {
    const pid_t child = fork();
    if (child == 0) _exit(sched_getscheduler(0));
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return WEXITSTATUS(status);
  }
};

TEST_F(MediaFirst, TheControllerInterruptsNobody) {
  OnAThread([] {
    EXPECT_TRUE(LetMediaRunFirst());
    EXPECT_EQ(sched_getscheduler(0), SCHED_BATCH);
  });
}

TEST_F(MediaFirst, TheWorkersThatItStartsRunAsUsual) {
  OnAThread([] {
    ASSERT_TRUE(LetMediaRunFirst());
    EXPECT_EQ(PolicyOfAChild(), SCHED_BATCH) << "so this is needed";
    {
      const StartsMedia usual;
      EXPECT_EQ(PolicyOfAChild(), SCHED_OTHER);
    }
    EXPECT_EQ(sched_getscheduler(0), SCHED_BATCH);
  });
}

TEST_F(MediaFirst, AChosenPolicyIsKept) {
  OnAThread([] {
    const sched_param parameters{};
    ASSERT_EQ(sched_setscheduler(0, SCHED_IDLE, &parameters), 0);
    EXPECT_FALSE(LetMediaRunFirst());
    const StartsMedia usual;
    EXPECT_EQ(sched_getscheduler(0), SCHED_IDLE);
  });
}

}  // namespace
}  // namespace stellwerk
