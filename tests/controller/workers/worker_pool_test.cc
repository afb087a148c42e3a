#include "controller/workers/worker_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace stellwerk {
namespace {

// On a loop of its own, with the real worker or with a program that is none.
class WorkerPoolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/stellwerk-test-XXXXXX";
    base_ = mkdtemp(name.data());
    uv_loop_init(&loop_);
  }
  void TearDown() override {
    pool_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0);
    std::filesystem::remove_all(base_);
  }
  absl::Status Start(const std::string& binary, std::size_t count) {
    auto dir = RuntimeDir::Open(base_, 0);
    if (!dir.ok()) return dir.status();
    WorkerPool::Options options;
    options.count = count;
    options.binary = binary;
    WorkerPool::Handlers handlers;
    handlers.on_ready = [this](WorkerId id, const proto::WorkerHello& hello) {
      ready_.push_back(id);
      hellos_.push_back(hello);
    };
    handlers.on_lost = [this](WorkerId id) { lost_.push_back(id); };
    handlers.on_notification = [](WorkerId, const proto::Notification&) {};
    return WorkerPool::Start(&loop_, *std::move(dir), options, std::move(handlers), pool_);
  }
  template <typename Condition>
  void RunUntil(Condition condition) {
    while (!condition()) uv_run(&loop_, UV_RUN_ONCE);
  }

  std::string base_;
  uv_loop_t loop_{};
  std::unique_ptr<WorkerPool> pool_;
  std::vector<WorkerId> ready_;
  std::vector<proto::WorkerHello> hellos_;
  std::vector<WorkerId> lost_;
};

TEST_F(WorkerPoolTest, WorkersSayHelloWithTheirCandidates) {
  ASSERT_TRUE(Start(STELLWERK_WORKER_BINARY, 2).ok());
  RunUntil([&] { return pool_->ready_count() == 2; });
  EXPECT_FALSE(hellos_[0].candidates.empty());
  EXPECT_NE(hellos_[0].fingerprint, hellos_[1].fingerprint);
}

TEST_F(WorkerPoolTest, WorkerThatDiesIsLostAndItsSuccessorHasANewId) {
  ASSERT_TRUE(Start(STELLWERK_WORKER_BINARY, 1).ok());
  RunUntil([&] { return !ready_.empty(); });
  kill(static_cast<pid_t>(hellos_[0].pid), SIGKILL);
  RunUntil([&] { return ready_.size() == 2; });
  EXPECT_THAT(lost_, ::testing::ElementsAre(ready_[0]));
  EXPECT_NE(ready_[0], ready_[1]);
  EXPECT_EQ(pool_->restarts(), 1u);
}

TEST_F(WorkerPoolTest, RefusedRequestIsCounted) {
  ASSERT_TRUE(Start(STELLWERK_WORKER_BINARY, 1).ok());
  RunUntil([&] { return !ready_.empty(); });
  pool_->Send(ready_[0], proto::CloseTransport{TransportId(99)});
  RunUntil([&] { return pool_->failed_requests() == 1; });
}

TEST_F(WorkerPoolTest, RequestThatCanNotBeDecodedDoesNotReachTheWorker) {
  ASSERT_TRUE(Start(STELLWERK_WORKER_BINARY, 1).ok());
  RunUntil([&] { return !ready_.empty(); });
  proto::CreateProducer request;
  request.parameters.codecs.resize(1'000);
  pool_->Send(ready_[0], request);
  EXPECT_EQ(pool_->failed_requests(), 1u);
  pool_->Send(ready_[0], proto::CloseTransport{TransportId(99)});
  RunUntil([&] { return pool_->failed_requests() == 2 || !lost_.empty(); });
  EXPECT_TRUE(lost_.empty());
}

TEST_F(WorkerPoolTest, StatsArrive) {
  ASSERT_TRUE(Start(STELLWERK_WORKER_BINARY, 1).ok());
  RunUntil([&] { return !ready_.empty(); });
  pool_->RequestStats();
  RunUntil([&] { return !pool_->stats()[0].values.empty(); });
}

TEST_F(WorkerPoolTest, ProgramThatEndsIsStartedAgainWithoutBeingReady) {
  ASSERT_TRUE(Start("/bin/false", 1).ok());
  RunUntil([&] { return pool_->restarts() == 3; });
  EXPECT_TRUE(ready_.empty());
  EXPECT_TRUE(lost_.empty());
}

TEST_F(WorkerPoolTest, MissingProgramIsAnError) {
  const absl::Status status = Start("/nonexistent/worker", 1);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("/nonexistent/worker"));
}

}  // namespace
}  // namespace stellwerk
