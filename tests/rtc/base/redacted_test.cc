#include "rtc/base/redacted.h"

#include <gtest/gtest.h>

#include <sstream>

namespace stellwerk {
namespace {

std::string Logged(const Redacted& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

TEST(Redacted, DoesNotShowItselfUnlessAsked) {
  const Redacted address("192.0.2.7");
  EXPECT_EQ(Logged(address), "[redacted]");
  g_show_redacted = true;
  EXPECT_EQ(Logged(address), "192.0.2.7");
  g_show_redacted = false;
  EXPECT_EQ(address.Reveal(), "192.0.2.7");
}

}  // namespace
}  // namespace stellwerk
