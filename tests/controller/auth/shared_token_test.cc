#include "controller/auth/shared_token.h"

#include <gtest/gtest.h>

#include "controller/auth/secure_random.h"

namespace stellwerk {
namespace {

TEST(SharedToken, OnlyTheSameTokenIsAdmitted) {
  const SharedToken token("open sesame");
  EXPECT_TRUE(token.Admits("open sesame"));
  EXPECT_FALSE(token.Admits("open sesam"));
  EXPECT_FALSE(token.Admits("open sesame "));
  EXPECT_FALSE(token.Admits(""));
}

TEST(SharedToken, NoTokenAdmitsEverybody) {
  EXPECT_TRUE(SharedToken("").is_open());
  EXPECT_TRUE(SharedToken("").Admits("whatever"));
}

TEST(BearerToken, IsReadFromTheHeader) {
  EXPECT_EQ(BearerToken("Bearer abc"), "abc");
  EXPECT_EQ(BearerToken("bearer  abc "), "abc");
  EXPECT_EQ(BearerToken("Basic abc"), "");
  EXPECT_EQ(BearerToken(""), "");
}

TEST(SecureRandom, MakesDifferentTextOfTheWantedLength) {
  SecureRandom random;
  const std::string a = RandomText(random, 32);
  const std::string b = RandomText(random, 32);
  EXPECT_EQ(a.size(), 32u);
  EXPECT_NE(a, b);
  EXPECT_EQ(a.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
            std::string::npos);
}

}  // namespace
}  // namespace stellwerk
