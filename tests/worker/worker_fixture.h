#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "channel/unix_socket.h"
#include "channel/worker_client.h"
#include "tests/channel/loop_fixture.h"
#include "worker/worker.h"

namespace stellwerk {

// A controller that asks and waits.
class TestController {
 public:
  TestController(uv_loop_t* loop, const std::string& path) : loop_(loop) {
    auto client = channel::WorkerClient::Connect(
        loop, path,
        {.on_hello = [this](const proto::WorkerHello& hello) { hello_ = hello; },
         .on_notification =
             [this](proto::Notification note) { notifications_.push_back(std::move(note)); },
         .on_closed = [this](std::string_view reason) { closed_ = std::string(reason); }});
    EXPECT_TRUE(client.ok()) << client.status();
    if (client.ok()) client_ = *std::move(client);
  }

  // Until `done`, or, in a failing test only, for 20 s.
  template <typename Done>
  testing::AssertionResult RunUntil(Done done) {
    bool late = false;
    uv_timer_t timer;
    uv_timer_init(loop_, &timer);
    timer.data = &late;
    uv_timer_start(
        &timer, [](uv_timer_t* handle) { *static_cast<bool*>(handle->data) = true; }, 20'000, 0);
    while (!done() && !late) uv_run(loop_, UV_RUN_ONCE);
    bool closed = false;
    timer.data = &closed;
    uv_close(reinterpret_cast<uv_handle_t*>(&timer),
             [](uv_handle_t* handle) { *static_cast<bool*>(handle->data) = true; });
    while (!closed) uv_run(loop_, UV_RUN_NOWAIT);
    if (late) return testing::AssertionFailure() << "did not happen within 20 s";
    return testing::AssertionSuccess();
  }

  // The last answer to the request, and all chunks that came before it.
  std::vector<proto::ResponseBody> Ask(proto::RequestBody body) {
    auto answers = std::make_shared<std::vector<proto::ResponseBody>>();
    client_->Send(std::move(body),
                  [answers](proto::ResponseBody answer) { answers->push_back(std::move(answer)); });
    EXPECT_TRUE(RunUntil([&] { return client_->unanswered() == 0 || closed_; }));
    return *answers;
  }
  // "ok", or the error's text.
  std::string Do(proto::RequestBody body) {
    const auto answers = Ask(std::move(body));
    if (answers.size() != 1) return std::to_string(answers.size()) + " answers";
    if (std::holds_alternative<proto::Ok>(answers[0])) return "ok";
    const auto* error = std::get_if<proto::Error>(&answers[0]);
    return error != nullptr ? error->text : "chunk";
  }
  std::vector<proto::SnapshotObject> Snapshot() {
    std::vector<proto::SnapshotObject> objects;
    for (const auto& answer : Ask(proto::Snapshot{})) {
      const auto& chunk = std::get<proto::SnapshotChunk>(answer);
      objects.insert(objects.end(), chunk.objects.begin(), chunk.objects.end());
    }
    return objects;
  }
  // The worker's counter of that name.
  uint64_t WorkerStat(const std::string& name) {
    for (const auto& answer : Ask(proto::GetStats{})) {
      for (const auto& value : std::get<proto::StatsChunk>(answer).worker) {
        if (value.name == name) return value.value;
      }
    }
    ADD_FAILURE() << "no counter " << name;
    return 0;
  }
  template <typename Note>
  std::vector<Note> Notes() const {
    std::vector<Note> found;
    for (const auto& note : notifications_) {
      if (const auto* wanted = std::get_if<Note>(&note)) found.push_back(*wanted);
    }
    return found;
  }

  [[nodiscard]] const std::optional<proto::WorkerHello>& hello() const { return hello_; }
  [[nodiscard]] const std::optional<std::string>& closed() const { return closed_; }
  channel::WorkerClient& client() { return *client_; }

 private:
  uv_loop_t* loop_;
  std::optional<proto::WorkerHello> hello_;
  std::optional<std::string> closed_;
  std::vector<proto::Notification> notifications_;
  std::unique_ptr<channel::WorkerClient> client_;
};

// A whole worker in the test's own process, and its control socket.
class WorkerTest : public channel::LoopTest {
 protected:
  void SetUp() override { Start({}); }
  void TearDown() override {
    if (worker_ != nullptr) worker_->Shutdown();
    worker_.reset();
  }

  void Start(WorkerOptions options) {
    options.control_path = Path("control");
    options.rtc_addresses = {*IpAddress::Parse("127.0.0.1")};
    auto worker = Worker::Start(&loop_, options, [this] { orphaned_ = true; });
    ASSERT_TRUE(worker.ok()) << worker.status();
    worker_ = *std::move(worker);
  }
  std::unique_ptr<TestController> Connect() {
    auto controller = std::make_unique<TestController>(&loop_, Path("control"));
    EXPECT_TRUE(controller->RunUntil([&] { return controller->hello() || controller->closed(); }));
    return controller;
  }
  // What somebody writes who is not a controller, and how that ends: all bytes that came back.
  std::vector<uint8_t> Write(std::span<const uint8_t> bytes, bool shut) {
    const int fd = *channel::ConnectUnixSocket(Path("control"));
    EXPECT_EQ(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    if (shut) ::shutdown(fd, SHUT_WR);
    std::vector<uint8_t> answer;
    EXPECT_TRUE(RunUntil([&] {
      std::array<uint8_t, 4096> buffer;
      const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got > 0) answer.insert(answer.end(), buffer.begin(), buffer.begin() + got);
      return got == 0 || (got < 0 && errno == ECONNRESET);
    })) << "the worker keeps the connection";
    ::close(fd);
    return answer;
  }

  std::unique_ptr<Worker> worker_;
  bool orphaned_ = false;
};

}  // namespace stellwerk
