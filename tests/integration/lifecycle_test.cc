// The faces that scripts of others lean on: flags, the ready line, exit statuses, drain.
#include <signal.h>

#include <fstream>

#include "tests/integration/call.h"

namespace stellwerk::integration {
namespace {

TEST(Lifecycle, BadFlagsEndWithStatusTwoAndAReason) {
  ServerProcess server({"--rtc-port", "70000"});
  EXPECT_EQ(server.WaitForExit(10s), 2);
  EXPECT_NE(server.log().find("70000"), std::string::npos) << server.log();
}

TEST(Lifecycle, AnUnknownConfigurationKeyIsNamedWithItsLine) {
  const std::string path = testing::TempDir() + "stellwerk-unknown-key.yaml";
  std::ofstream(path) << "# comment\nrtc:\n  porrt: 4\n";
  ServerProcess server({"--config", path});
  EXPECT_EQ(server.WaitForExit(10s), 2);
  EXPECT_NE(server.log().find("porrt"), std::string::npos) << server.log();
  EXPECT_NE(server.log().find("3"), std::string::npos) << server.log();
}

class Drain : public Call {};

TEST_F(Drain, SigtermWaitsForTheLastToLeave) {
  synthetic::RoomClient* ada = Join("ada", 1);
  server_->Signal(SIGTERM);
  ASSERT_TRUE(
      RunUntil([&] { return Request(server_->http_port(), "GET", "/readyz").status == 503; }));
  synthetic::RoomClient* late = Join("late", 2, false);
  ASSERT_TRUE(RunUntil([&] { return !late->error().empty() || late->closed(); }));
  EXPECT_TRUE(ada->connected()) << "who is in a call may finish it";
  ada->Leave();
  RunFor(200ms);
  EXPECT_EQ(server_->WaitForExit(15s), 0);
}

TEST_F(Drain, ASecondSigtermEndsAtOnce) {
  Join("ada", 1);
  server_->Signal(SIGTERM);
  RunFor(500ms);
  ASSERT_TRUE(server_->running());
  server_->Signal(SIGTERM);
  EXPECT_TRUE(server_->WaitForExit(10s).has_value());
}

TEST_F(Drain, NoWorkerOutlivesAServerThatEndedInOrder) {
  const auto workers = server_->worker_pids();
  ASSERT_FALSE(workers.empty());
  server_->Signal(SIGTERM);
  EXPECT_EQ(server_->WaitForExit(15s), 0);
  for (const pid_t worker : workers) {
    EXPECT_TRUE(RunUntil([&] { return kill(worker, 0) != 0; }))
        << "worker " << worker << " runs on";
  }
}

}  // namespace
}  // namespace stellwerk::integration
