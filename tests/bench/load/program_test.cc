// stellwerk-load as a program: what it prints, what it writes, and its exit status.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/load/report/report_json.h"
#include "tests/integration/server_process.h"

namespace stellwerk::load {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() {
    std::string name = (fs::temp_directory_path() / "load-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  ~ProgramTest() override { fs::remove_all(directory_); }

  pid_t Start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), STELLWERK_LOAD);
    std::vector<char*> words;
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    const pid_t pid = fork();
    if (pid == 0) {
      if (freopen((directory_ / "out").c_str(), "w", stdout) == nullptr ||
          freopen((directory_ / "err").c_str(), "w", stderr) == nullptr) {
        _exit(126);
      }
      execv(words[0], words.data());
      _exit(127);
    }
    return pid;
  }
  static int Wait(pid_t pid) {
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  int Run(const std::vector<std::string>& arguments) { return Wait(Start(arguments)); }
  [[nodiscard]] std::string out() const { return ReadAll(directory_ / "out"); }
  [[nodiscard]] std::string err() const { return ReadAll(directory_ / "err"); }
  [[nodiscard]] std::string File(const std::string& name) const { return directory_ / name; }

  fs::path directory_;
};

TEST_F(ProgramTest, TestsAServerAndWritesEveryKindOfReport) {
  integration::ServerProcess server;
  ASSERT_TRUE(server.WaitUntilReady()) << server.log();
  const std::string url = "ws://" + server.address() + "/signal";
  // Figures that no loaded machine changes.
  EXPECT_EQ(Run({url, "--publishers", "3", "--duration", "3s", "--server-pid",
                 std::to_string(server.pid()), "--json", File("r.json"), "--csv", File("r.csv"),
                 "--html", File("r.html"), "--expect", "join_failed==0,participants_peak==3"}),
            0)
      << out() << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("one-way transit"), HasSubstr("VALID")));
  EXPECT_THAT(err(), HasSubstr("3 of 3 in"));
  const auto report = ReadJson(ReadAll(File("r.json")));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_GT(report->Get("received_packets").value.value_or(0), 500);
  EXPECT_GT(report->Get("join_p50").value.value_or(0), 0);
  EXPECT_GT(report->Get("server_cpu").value.value_or(0), 0);
  EXPECT_EQ(report->Get("participants").value, 3);
  EXPECT_THAT(ReadAll(File("r.csv")), HasSubstr("join_p95,"));
  EXPECT_TRUE(ReadAll(File("r.html")).starts_with("<!DOCTYPE html>"));
}

TEST_F(ProgramTest, FailsWhereAnExpectationIsNotMet) {
  integration::ServerProcess server;
  ASSERT_TRUE(server.WaitUntilReady()) << server.log();
  EXPECT_EQ(Run({"ws://" + server.address() + "/signal", "--duration", "1s", "--quiet", "--expect",
                 "participants_peak>=3"}),
            1);
  EXPECT_THAT(out(), HasSubstr("participants_peak>=3"));
  EXPECT_EQ(err(), "");
}

TEST_F(ProgramTest, FindsTheLimitOfARoom) {
  const std::string config = File("server.yaml");
  std::ofstream(config) << "limits:\n  participants_per_room: 5\n";
  integration::ServerProcess server({"--config", config});
  ASSERT_TRUE(server.WaitUntilReady()) << server.log();
  EXPECT_EQ(
      Run({"ws://" + server.address() + "/signal", "--publishers", "1", "--subscribers", "20",
           "--video-codec", "none", "--joins-per-second", "50", "--duration", "1s", "--ramp",
           "--ramp-first", "2", "--expect", "join_failed==0", "--json", File("r.json"), "--quiet"}),
      0)
      << out() << err();
  const auto report = ReadJson(ReadAll(File("r.json")));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->ramp_limit, 5);
}

TEST_F(ProgramTest, ReportsWhatItHasWhenItIsInterrupted) {
  integration::ServerProcess server;
  ASSERT_TRUE(server.WaitUntilReady()) << server.log();
  const pid_t pid = Start({"ws://" + server.address() + "/signal", "--duration", "60s"});
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (err().find("2 of 2 in") == std::string::npos && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(50ms);
  }
  kill(pid, SIGINT);
  EXPECT_EQ(Wait(pid), 0) << out() << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("interrupted"), HasSubstr("join")));
}

TEST_F(ProgramTest, PutsReportsSideBySide) {
  Report a;
  a.title = "ours";
  a.Set("loss", 0.01);
  Report b = a;
  b.title = "theirs";
  b.Set("loss", 0.02);
  std::ofstream(File("a.json")) << WriteJson(a);
  std::ofstream(File("b.json")) << WriteJson(b);
  EXPECT_EQ(Run({"compare", File("a.json"), File("b.json"), "--html", File("both.html")}), 0);
  EXPECT_THAT(out(), AllOf(HasSubstr("ours"), HasSubstr("theirs"), HasSubstr("x2")));
  EXPECT_THAT(ReadAll(File("both.html")), HasSubstr("theirs"));
}

// One line with the reason, and exit status 2.
struct Mistake {
  std::vector<std::string> arguments;
  std::string line;
};

TEST_F(ProgramTest, SaysWhatIsWrongInOneLine) {
  std::ofstream(File("bad.yaml")) << "rooms: 1\nvideo:\n  codec: vp7\n";
  std::ofstream(File("bad.json")) << "[]";
  const std::vector<Mistake> mistakes = {
      {{"ws://127.0.0.1:9/signal"}, "ws://127.0.0.1:9/signal: cannot be reached"},
      {{"http://127.0.0.1:9/whip/{room}/{participant}"}, "cannot be reached"},
      {{"nonsense"}, "nonsense: not a URL"},
      {{"--scenario", File("none.yaml")}, "none.yaml"},
      {{"--scenario", File("bad.yaml")}, "bad.yaml:3: video.codec: \"vp7\" is none of"},
      {{"--publishers", "-1"}, "--publishers"},
      {{"--expect", "jion_p95<1s"}, "join_p95"},
      {{"--ramp"}, "--ramp needs --expect"},
      {{"compare", File("bad.json"), File("bad.json")}, "bad.json"},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(Run(mistake.arguments), 2) << mistake.line;
    EXPECT_THAT(err(), HasSubstr(mistake.line));
    EXPECT_EQ(out(), "");
  }
}

TEST_F(ProgramTest, TellsThatATokenIsRefused) {
  const std::string config = File("server.yaml");
  std::ofstream(config) << "auth:\n  room_token: sesame\n";
  integration::ServerProcess server({"--config", config});
  ASSERT_TRUE(server.WaitUntilReady()) << server.log();
  const std::string url = "ws://" + server.address() + "/signal";
  EXPECT_EQ(Run({url, "--token", "wrong", "--duration", "1s", "--quiet"}), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr(url), HasSubstr("token")));
  EXPECT_EQ(Run({url, "--token", "sesame", "--duration", "1s", "--quiet"}), 0) << out() << err();
}

}  // namespace
}  // namespace stellwerk::load
