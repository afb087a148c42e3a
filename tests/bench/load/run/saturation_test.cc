#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/load/run/load_run.h"

namespace stellwerk::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SaturationTest, IsNotFoundWhereTheGeneratorKeptUp) {
  EXPECT_THAT(FindSaturation(0.5, 2, 0), IsEmpty());
  EXPECT_THAT(FindSaturation(std::nullopt, 0, 0), IsEmpty());
}

TEST(SaturationTest, IsEachOfAFullCoreLateFramesAndLostDatagrams) {
  EXPECT_THAT(FindSaturation(0.97, 1, 0), ElementsAre(HasSubstr("0.97 of its one core")));
  EXPECT_THAT(FindSaturation(0.5, 30, 0), ElementsAre(HasSubstr("30 ms late")));
  EXPECT_THAT(FindSaturation(0.5, 1, 3), ElementsAre(HasSubstr("3 datagrams")));
}

TEST(ProcessMeterTest, SeesItselfAndItsChildren) {
  const auto before = ReadProcessUsage(getpid());
  ASSERT_TRUE(before.ok());
  EXPECT_GT(before->resident_bytes, 100'000U);
  int written[2];
  ASSERT_EQ(pipe(written), 0);
  const pid_t child = fork();
  if (child == 0) {
    // Its memory is its own once it has been written.
    static char memory[32 << 20];
    for (std::size_t i = 0; i < sizeof(memory); i += 512) memory[i] = 1;
    if (write(written[1], "x", 1) != 1) _exit(1);
    pause();
    _exit(0);
  }
  char ready = 0;
  ASSERT_EQ(read(written[0], &ready, 1), 1);
  const auto with_child = ReadProcessUsage(getpid());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(with_child.ok());
  EXPECT_GT(with_child->resident_bytes, before->resident_bytes + (30U << 20));
}

TEST(ProcessMeterTest, SaysThatThereIsNoSuchProcess) {
  EXPECT_THAT(std::string(ReadProcessUsage(1 << 29).status().message()),
              HasSubstr("536870912 can't be measured"));
}

}  // namespace
}  // namespace stellwerk::load
