#include "bench/synthetic/runner/url.h"

#include <gtest/gtest.h>

namespace stellwerk::synthetic {
namespace {

TEST(UrlTest, PartsAreFound) {
  const auto url = Url::Parse("https://example.test:8443/whip/room/ada?x=1");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "example.test");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/whip/room/ada?x=1");
  EXPECT_EQ(url->Authority(), "example.test:8443");
}

TEST(UrlTest, PortAndPathHaveDefaults) {
  EXPECT_EQ(Url::Parse("ws://a")->port, 80);
  EXPECT_EQ(Url::Parse("wss://a")->port, 443);
  EXPECT_EQ(Url::Parse("ws://a")->path, "/");
}

TEST(UrlTest, IPv6HostsStandInBrackets) {
  const auto url = Url::Parse("http://[::1]:81/x");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 81);
  EXPECT_EQ(url->Authority(), "[::1]:81");
  EXPECT_EQ(Url::Parse("http://[::1]/x")->port, 80);
}

TEST(UrlTest, OtherThingsAreNone) {
  for (const char* text : {"", "a", "ftp://a/", "http://", "http:///x", "http://a:x/",
                           "http://a:70000/", "http://[::1"}) {
    EXPECT_FALSE(Url::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace stellwerk::synthetic
