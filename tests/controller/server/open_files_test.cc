#include "controller/server/open_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace stellwerk {
namespace {

TEST(OpenFiles, SoftLimitIsRaisedToTheHardOne) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max / 2;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(RaiseOpenFileLimit(), limit.rlim_max);
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
}

TEST(OpenFiles, ConnectionsLeaveFilesForTheRest) {
  EXPECT_EQ(ConnectionsWithin(1'024, 10'000), 960u);
  EXPECT_EQ(ConnectionsWithin(65'536, 10'000), 10'000u);
  EXPECT_EQ(ConnectionsWithin(16, 10'000), 1u);
}

}  // namespace
}  // namespace stellwerk
