#include "bench/load/report/live_view.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

#include "bench/load/report/text_columns.h"

namespace stellwerk::load {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

LiveStatus Status() {
  return {.seconds = 15,
          .total_seconds = 60,
          .phase = "running",
          .participants = 200,
          .now = {.seconds = 15,
                  .participants = 180,
                  .send_rate = 60e6,
                  .receive_rate = 241e6,
                  .loss = 0.0004,
                  .transit_p99 = 2.5,
                  .freezes = 1,
                  .generator_cpu = 0.62,
                  .server_cpu = 1.3},
          .joined = 180,
          .join_failed = 2,
          .join_p50 = 120,
          .join_p95 = 240,
          .loss = 0.0002,
          .freezes = 3,
          .errors = 0,
          .problem = {}};
}

TEST(LiveView, ElsewhereThanOnATerminalEachIntervalIsALine) {
  LiveView view(LiveOptions{});
  EXPECT_EQ(view.Update(Status()),
            "0:15 (25 %, 0:45 left) running: 180 of 200 in, 2 failed, join p95 240 ms, in 241 "
            "Mbit/s, out 60 Mbit/s, loss 0.04 %, transit p99 2.5 ms, freezes 1, generator 0.62 "
            "cores, server 1.3 cores\n");
  EXPECT_EQ(view.Finish(), "");
}

TEST(LiveView, WhatIsNotKnownYetIsADash) {
  LiveView view(LiveOptions{});
  LiveStatus status = Status();
  status.total_seconds = 0;
  status.now.loss.reset();
  status.now.server_cpu.reset();
  status.join_p95.reset();
  const std::string line = view.Update(status);
  EXPECT_THAT(line, StartsWith("0:15 running: "));
  EXPECT_THAT(line, HasSubstr("join p95 -, "));
  EXPECT_THAT(line, HasSubstr("loss -, "));
  EXPECT_THAT(line, Not(HasSubstr("server")));
}

TEST(LiveView, OnATerminalATableGoesOverTheOneBefore) {
  LiveView view({.terminal = true, .colour = false, .width = 100});
  const std::string first = view.Update(Status());
  EXPECT_EQ(first,
            "0:15 [############....................................] 0:45 left  running\n"
            "  participants  180 of 200            180 joined, 2 failed\n"
            "  join          p50 120 ms            p95 240 ms\n"
            "  rates         in  241 Mbit/s        out 60 Mbit/s         █\n"
            "  loss          now 0.04 %            all 0.02 %\n"
            "  transit       p99 2.5 ms\n"
            "  freezes       now 1                 all 3\n"
            "  CPU           generator 0.62        server 1.3\n");
  LiveStatus later = Status();
  later.now.receive_rate = 120e6;
  later.problem = "room-1/p-2: \x1b[31mrefused\n";
  const std::string second = view.Update(later);
  EXPECT_THAT(second, StartsWith("\x1b[8A\r\x1b[J0:15"));
  EXPECT_THAT(second, HasSubstr("█▄\n"));
  EXPECT_THAT(second, EndsWith("  ! room-1/p-2: [31mrefused \n"));
  EXPECT_EQ(view.Finish(), "\x1b[9A\r\x1b[J");
  EXPECT_EQ(view.Finish(), "");
}

TEST(LiveView, NoLineIsWiderThanTheTerminal) {
  LiveStatus status = Status();
  status.problem = std::string(500, 'x');
  status.phase = std::string(300, 'y');
  for (const std::size_t width : {1U, 20U, 40U, 80U, 200U}) {
    LiveView view({.terminal = true, .colour = false, .width = width});
    std::istringstream lines(view.Update(status));
    for (std::string line; std::getline(lines, line);)
      EXPECT_LT(ColumnsOf(line), width + (width == 1));
  }
}

TEST(LiveView, ANoteStaysAboveTheTable) {
  LiveView view({.terminal = true, .colour = false, .width = 100});
  const std::string table = view.Update(Status());
  EXPECT_EQ(view.Note("interrupted; leaving"), "\x1b[8A\r\x1b[Jinterrupted; leaving\n" + table);
  LiveView plain(LiveOptions{});
  EXPECT_EQ(plain.Note("interrupted; leaving"), "interrupted; leaving\n");
}

TEST(ProgressBar, StaysInItsBounds) {
  EXPECT_EQ(ProgressBar(0, 12), "[..........]");
  EXPECT_EQ(ProgressBar(0.5, 12), "[#####.....]");
  EXPECT_EQ(ProgressBar(7, 12), "[##########]");
  EXPECT_EQ(ProgressBar(-7, 12), "[..........]");
  EXPECT_EQ(ProgressBar(0.5, 2), "");
}

TEST(Sparkline, RunsFromZeroToTheGreatest) {
  EXPECT_EQ(Sparkline({1, 2, 0, 4, 2}, 4), "▅▁█▅");
  EXPECT_EQ(Sparkline({0, 0}, 4), "▁▁");
  EXPECT_EQ(Sparkline({}, 4), "");
}

TEST(LiveOptions, AFileIsNoTerminal) {
  const int file = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  EXPECT_FALSE(OptionsOf(file).terminal);
  EXPECT_FALSE(OptionsOf(file).colour);
  ::close(file);
}

}  // namespace
}  // namespace stellwerk::load
