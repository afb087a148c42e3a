#include "controller/config/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ErrorOf(std::string_view text) {
  Config config;
  return ReadConfigText(text, "s.yaml", config).value_or("no error");
}

TEST(ConfigFile, SetsValuesAndLists) {
  Config config;
  const auto error = ReadConfigText(
      "http:\n  listen: '[::1]:443'\nrtc:\n  announce: [198.51.100.7, 198.51.100.8]\n  address: "
      "10.0.0.1\n"
      "signaling: {grace: 2s}\nlimits:\n",
      "s.yaml", config);
  ASSERT_FALSE(error) << *error;
  EXPECT_EQ(config.http.listen, (ListenAddress{"::1", 443}));
  EXPECT_THAT(config.rtc.announce, ElementsAre("198.51.100.7", "198.51.100.8"));
  EXPECT_THAT(config.rtc.addresses, ElementsAre("10.0.0.1"));
  EXPECT_EQ(config.signaling.grace, std::chrono::seconds(2));
}

TEST(ConfigFile, EmptyFileChangesNothing) { EXPECT_EQ(ErrorOf("# only a comment\n"), "no error"); }

TEST(ConfigFile, BadValueIsReportedWithLineKeyValueAndBound) {
  EXPECT_EQ(ErrorOf("http:\n  listen: 127.0.0.1:80\nrtc:\n  port: 70000\n"),
            "s.yaml:4: config rtc.port: 70000 is not a port (1..65535, 0 = any free one)");
}

TEST(ConfigFile, UnknownKeyIsReportedWithLineAndItsNeighbours) {
  const std::string error = ErrorOf("rtc:\n  prot: 1\n");
  EXPECT_THAT(error, StartsWith("s.yaml:2: config rtc.prot: is no key"));
  EXPECT_THAT(error, HasSubstr("port, address, announce"));
  EXPECT_THAT(ErrorOf("\nhttpd: {}\n"), StartsWith("s.yaml:2: config httpd: is no key"));
}

TEST(ConfigFile, WrongShapesAreReported) {
  EXPECT_THAT(ErrorOf("rtc: 5\n"), StartsWith("s.yaml:1: config rtc: is a section"));
  EXPECT_THAT(ErrorOf("rtc:\n  port: [1, 2]\n"),
              StartsWith("s.yaml:2: config rtc.port: needs one value"));
  EXPECT_THAT(ErrorOf("rtc:\n  port: 1\n  port: 2\n"),
              StartsWith("s.yaml:3: config rtc.port: is given twice"));
  EXPECT_THAT(ErrorOf("rtc:\n  port:\n"), HasSubstr("config rtc.port: needs one value"));
  EXPECT_THAT(ErrorOf("- a\n"), StartsWith("s.yaml:1: "));
  EXPECT_THAT(ErrorOf("a: [\n"), StartsWith("s.yaml:"));
  EXPECT_THAT(ErrorOf("? [1]\n: 2\n"), StartsWith("s.yaml:1: "));
}

TEST(ConfigFile, MissingFileIsAnError) {
  Config config;
  EXPECT_THAT(ReadConfigFile("/nonexistent/s.yaml", config).value_or(""),
              HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace stellwerk
