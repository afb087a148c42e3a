#include "channel/worker_client.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "channel/unix_socket.h"
#include "tests/channel/loop_fixture.h"
#include "tests/proto/samples.h"

namespace stellwerk::channel {
namespace {

// A worker made of a listening socket and the test's own hands.
class WorkerClientTest : public LoopTest {
 protected:
  void Connect() {
    const auto listener = ListenUnixSocket(Path("s"));
    ASSERT_TRUE(listener.ok()) << listener.status();
    auto connected = WorkerClient::Connect(
        &loop_, Path("s"),
        {.on_hello = [this](const proto::WorkerHello& hello) { hello_ = hello; },
         .on_notification =
             [this](proto::Notification notification) { notifications_.push_back(notification); },
         .on_closed = [this](std::string_view reason) { closed_ = std::string(reason); }});
    ASSERT_TRUE(connected.ok()) << connected.status();
    client_ = *std::move(connected);
    auto adopted = Channel::Adopt(
        &loop_, ::accept(*listener, nullptr, nullptr),
        {.on_message = [this](proto::Message message) { received_.push_back(message); },
         .on_closed = [](std::string_view) {}});
    ASSERT_TRUE(adopted.ok());
    worker_ = *std::move(adopted);
    ::close(*listener);
    ASSERT_TRUE(RunUntil([&] { return received_.size() == 1; }));
    ASSERT_EQ(received_[0], proto::Message(proto::ControllerHello{}));
  }
  void Greet() {
    worker_->Send(proto::WorkerHello{});
    ASSERT_TRUE(RunUntil([&] { return hello_.has_value(); }));
  }

  std::unique_ptr<WorkerClient> client_;
  std::unique_ptr<Channel> worker_;
  std::vector<proto::Message> received_;
  std::vector<proto::Notification> notifications_;
  std::optional<proto::WorkerHello> hello_;
  std::optional<std::string> closed_;
};

TEST_F(WorkerClientTest, GivesEachResponseToItsAsker) {
  Connect();
  std::vector<std::string> answers;
  const auto ask = [&](std::string name) {
    return client_->Send(proto::Ping{}, [&answers, name](const proto::ResponseBody& body) {
      answers.push_back(name + (std::holds_alternative<proto::Ok>(body) ? " ok" : " error"));
    });
  };
  const uint64_t first = ask("first");
  const uint64_t second = ask("second");
  Greet();
  worker_->Send(proto::Response{second, proto::Error{proto::ErrorCode::kInternal, "no"}});
  worker_->Send(proto::Response{first, proto::Ok{}});
  ASSERT_TRUE(RunUntil([&] { return answers.size() == 2; }));
  EXPECT_EQ(answers, (std::vector<std::string>{"second error", "first ok"}));
  EXPECT_EQ(client_->unanswered(), 0U);
}

TEST_F(WorkerClientTest, ChunksGoToTheSameAskerUntilTheLast) {
  Connect();
  Greet();
  int chunks = 0;
  const uint64_t id =
      client_->Send(proto::Snapshot{}, [&](const proto::ResponseBody&) { ++chunks; });
  worker_->Send(proto::Response{id, proto::SnapshotChunk{.objects = {}, .last = false}});
  worker_->Send(proto::Response{id, proto::SnapshotChunk{.objects = {}, .last = true}});
  ASSERT_TRUE(RunUntil([&] { return chunks == 2; }));
  EXPECT_EQ(client_->unanswered(), 0U);
}

TEST_F(WorkerClientTest, PassesNotificationsOn) {
  Connect();
  Greet();
  for (const auto& notification : proto::SampleNotifications()) worker_->Send(notification);
  ASSERT_TRUE(
      RunUntil([&] { return notifications_.size() == proto::SampleNotifications().size(); }));
  EXPECT_EQ(notifications_, proto::SampleNotifications());
}

TEST_F(WorkerClientTest, ARefusalIsTheReasonOfTheEnd) {
  Connect();
  worker_->Send(proto::Refusal{proto::RefusalReason::kBusy, "another controller is connected", 1});
  worker_->Close();
  ASSERT_TRUE(RunUntil([&] { return closed_.has_value(); }));
  EXPECT_EQ(*closed_, "the worker refused: another controller is connected");
}

TEST_F(WorkerClientTest, AWorkerOfAnotherVersionIsRefusedByName) {
  Connect();
  worker_->Send(proto::WorkerHello{.version = 99, .pid = 0, .fingerprint = {}, .candidates = {}});
  ASSERT_TRUE(RunUntil([&] { return closed_.has_value(); }));
  EXPECT_EQ(*closed_, "the worker speaks protocol version 99, this controller " +
                          std::to_string(proto::kProtocolVersion));
  EXPECT_FALSE(hello_.has_value());
}

TEST_F(WorkerClientTest, AnAnswerToNothingEndsIt) {
  Connect();
  Greet();
  worker_->Send(proto::Response{12345, proto::Ok{}});
  ASSERT_TRUE(RunUntil([&] { return closed_.has_value(); }));
  EXPECT_EQ(*closed_, "the worker answered a request that was not made");
}

}  // namespace
}  // namespace stellwerk::channel
