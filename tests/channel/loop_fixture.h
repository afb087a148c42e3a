#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <array>
#include <filesystem>
#include <string>

namespace stellwerk::channel {

// A libuv loop and a folder for sockets.
class LoopTest : public testing::Test {
 protected:
  LoopTest() {
    uv_loop_init(&loop_);
    std::string name = testing::TempDir() + "stellwerkXXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~LoopTest() override {
    uv_run(&loop_, UV_RUN_DEFAULT);  // lets closing handles go
    EXPECT_EQ(uv_loop_close(&loop_), 0) << "a handle is still open";
    std::filesystem::remove_all(folder_);
  }
  [[nodiscard]] std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  // Turns the loop until `done`. What it waits for is caused by the test itself, so the bound is
  // there for failures only.
  template <typename Done>
  testing::AssertionResult RunUntil(Done done) {
    constexpr int kMaxTurns = 20'000;
    for (int i = 0; i < kMaxTurns; ++i) {
      if (done()) return testing::AssertionSuccess();
      uv_run(&loop_, UV_RUN_NOWAIT);
    }
    return testing::AssertionFailure() << "did not happen in " << kMaxTurns << " turns of the loop";
  }

  static std::array<int, 2> SocketPair() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), 0);
    return fds;
  }

  uv_loop_t loop_;
  std::string folder_;
};

}  // namespace stellwerk::channel
