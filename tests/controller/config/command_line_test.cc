#include "controller/config/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Config Accepted(const std::vector<std::string>& arguments, const Environment& environment = {}) {
  auto result = ReadConfig(arguments, environment);
  if (const auto* exit = std::get_if<ExitNow>(&result)) {
    ADD_FAILURE() << exit->text;
    return {};
  }
  return std::get<Config>(result);
}

ExitNow Refused(const std::vector<std::string>& arguments, const Environment& environment = {}) {
  auto result = ReadConfig(arguments, environment);
  const auto* exit = std::get_if<ExitNow>(&result);
  return exit != nullptr ? *exit : ExitNow{-1, "was accepted"};
}

TEST(CommandLine, FlagsOfTheDesignAreThere) {
  const Config config =
      Accepted({"--listen", "127.0.0.1:0", "--rtc-port", "30000", "--rtc-address", "127.0.0.1",
                "--rtc-address", "127.0.0.2", "--announce", "198.51.100.7,198.51.100.8:4000",
                "--workers", "3", "--drain-timeout", "5"});
  EXPECT_EQ(config.http.listen, (ListenAddress{"127.0.0.1", 0}));
  EXPECT_EQ(config.rtc.port, 30000);
  EXPECT_THAT(config.rtc.addresses, ElementsAre("127.0.0.1", "127.0.0.2"));
  EXPECT_THAT(config.rtc.announce, ElementsAre("198.51.100.7", "198.51.100.8:4000"));
  EXPECT_EQ(config.workers.count, 3u);
  EXPECT_EQ(config.drain_timeout, std::chrono::seconds(5));
}

TEST(CommandLine, FlagsWinOverEnvironment) {
  const Environment environment = {{"STELLWERK_RTC_PORT", "1000"}, {"STELLWERK_LIMITS_ROOMS", "7"}};
  const Config config = Accepted({"--rtc-port", "2000"}, environment);
  EXPECT_EQ(config.rtc.port, 2000);
  EXPECT_EQ(config.limits.rooms, 7u);
}

TEST(CommandLine, SwitchesNeedNoValue) {
  EXPECT_TRUE(Accepted({"--tls-self-signed"}).tls.self_signed);
  EXPECT_TRUE(Accepted({"--log-addresses"}).log.addresses);
}

TEST(CommandLine, MistakesEndWithStatusTwoAndSayWhy) {
  const ExitNow port = Refused({"--rtc-port", "70000"});
  EXPECT_EQ(port.status, 2);
  EXPECT_THAT(port.text, HasSubstr("--rtc-port: 70000 is not a port"));
  EXPECT_EQ(Refused({"--no-such-flag"}).status, 2);
  EXPECT_EQ(Refused({"--config", "/nonexistent"}).status, 2);
  const ExitNow environment = Refused({}, {{"STELLWERK_RTC_PORT", "x"}});
  EXPECT_EQ(environment.status, 2);
  EXPECT_THAT(environment.text, HasSubstr("environment STELLWERK_RTC_PORT: x is not a port"));
}

TEST(CommandLine, ContradictionsAreFound) {
  EXPECT_THAT(Refused({"--tls-cert", "a.pem"}).text, HasSubstr("belong together"));
  EXPECT_THAT(Refused({"--rtc-port", "65530", "--workers", "10"}).text, HasSubstr("65530"));
}

TEST(CommandLine, HelpIsNoMistake) {
  const ExitNow help = Refused({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.text, HasSubstr("--drain-timeout"));
}

}  // namespace
}  // namespace stellwerk
