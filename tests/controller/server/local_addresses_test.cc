#include "controller/server/local_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using ::testing::ElementsAre;

TEST(LocalAddressesTest, MediaIsWhereThePageIs) {
  EXPECT_THAT(DefaultMediaAddresses("127.0.0.1", false), ElementsAre("127.0.0.1"));
  EXPECT_THAT(DefaultMediaAddresses("192.0.2.1", true), ElementsAre("192.0.2.1"));
  EXPECT_EQ(DefaultMediaAddresses("0.0.0.0", false), LocalAddresses(false));
}

// Behind a reverse proxy the page listens on loopback, and media can't.
TEST(LocalAddressesTest, AnnouncedMediaIsNotOnLoopbackOnly) {
  EXPECT_EQ(DefaultMediaAddresses("127.0.0.1", true), LocalAddresses(true));
  EXPECT_EQ(DefaultMediaAddresses("::1", true), LocalAddresses(true));
}

}  // namespace
}  // namespace stellwerk
