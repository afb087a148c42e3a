#include "transport/base/socket_address.h"

#include <gtest/gtest.h>

#include <sstream>

namespace stellwerk {
namespace {

TEST(SocketAddress, ReadsWhatItWrites) {
  for (const char* text : {"192.0.2.1:9", "[2001:db8::1]:65535", "0.0.0.0:0"}) {
    const auto address = SocketAddress::Parse(text);
    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_EQ(address->ToText(), text);
  }
}

TEST(SocketAddress, RefusesWhatIsNotAnAddressAndPort) {
  for (const char* text :
       {"", ":", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2.1:9x",
        "2001:db8::1:9", "[192.0.2.1]:9", "[2001:db8::1:9", "example.test:9"}) {
    EXPECT_FALSE(SocketAddress::Parse(text).has_value()) << text;
  }
}

TEST(IpAddress, AMappedAddressIsTheIpv4Address) {
  EXPECT_EQ(IpAddress::Parse("::ffff:192.0.2.1"), IpAddress::Parse("192.0.2.1"));
  EXPECT_FALSE(IpAddress::Parse("::ffff:192.0.2.1")->is_v6());
}

TEST(IpAddress, IsRedactedInLogs) {
  std::ostringstream out;
  out << *IpAddress::Parse("192.0.2.1") << ' ' << *SocketAddress::Parse("192.0.2.1:9");
  EXPECT_EQ(out.str(), "[redacted] [redacted]");
}

}  // namespace
}  // namespace stellwerk
