// Who may drive a worker, and what happens to those who send nonsense.
#include <sys/socket.h>
#include <sys/stat.h>

#include "proto/message.h"
#include "rtc/base/random.h"
#include "tests/proto/samples.h"
#include "tests/worker/worker_fixture.h"

namespace stellwerk {
namespace {

class ControlChannelTest : public WorkerTest {
 protected:
  static std::vector<uint8_t> Concat(std::initializer_list<proto::Message> messages) {
    std::vector<uint8_t> bytes;
    for (const auto& message : messages) {
      const auto encoded = proto::Encode(message);
      bytes.insert(bytes.end(), encoded.begin(), encoded.end());
    }
    return bytes;
  }
  void ExpectServing() { EXPECT_EQ(Connect()->Do(proto::Ping{}), "ok"); }
};

TEST_F(ControlChannelTest, OnlyTheOwnerMayConnect) {
  struct stat info {};
  ASSERT_EQ(::stat(Path("control").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(ControlChannelTest, TheHelloSaysWhereAndWhoTheWorkerIs) {
  const auto controller = Connect();
  ASSERT_TRUE(controller->hello().has_value());
  const proto::WorkerHello& hello = *controller->hello();
  EXPECT_EQ(hello.version, proto::kProtocolVersion);
  EXPECT_EQ(hello.pid, static_cast<uint32_t>(::getpid()));
  EXPECT_EQ(hello.fingerprint.algorithm, "sha-256");
  EXPECT_EQ(hello.fingerprint.digest.size(), 32U);
  ASSERT_EQ(hello.candidates.size(), 2U);
  EXPECT_EQ(hello.candidates[0].protocol, CandidateProtocol::kUdp);
  EXPECT_EQ(hello.candidates[1].protocol, CandidateProtocol::kTcpPassive);
  EXPECT_EQ(hello.candidates[0].address, "127.0.0.1");
  EXPECT_EQ(hello.candidates[0].port, worker_->udp_addresses()[0].port);
  EXPECT_EQ(hello.candidates[1].port, hello.candidates[0].port);
  EXPECT_GT(hello.candidates[0].priority, hello.candidates[1].priority);
}

TEST_F(ControlChannelTest, ASecondControllerIsRefusedAndTheFirstStays) {
  const auto first = Connect();
  const auto second = Connect();
  EXPECT_FALSE(second->hello().has_value());
  EXPECT_EQ(second->closed(), "the worker refused: another controller is connected");
  EXPECT_EQ(first->Do(proto::Ping{}), "ok");
}

TEST_F(ControlChannelTest, TheSeatIsFreeAgainWhenTheControllerLeaves) {
  Connect().reset();
  ExpectServing();
}

TEST_F(ControlChannelTest, AnotherVersionIsRefusedNamingBoth) {
  const auto answer = Write(proto::Encode(proto::ControllerHello{.version = 4711}), false);
  const auto message = proto::Decode(answer);
  ASSERT_TRUE(message.ok()) << message.status();
  const auto* refusal = std::get_if<proto::Refusal>(&*message);
  ASSERT_NE(refusal, nullptr);
  EXPECT_EQ(refusal->reason, proto::RefusalReason::kVersionMismatch);
  EXPECT_EQ(refusal->version, proto::kProtocolVersion);
  EXPECT_EQ(refusal->text, "the controller speaks protocol version 4711, this worker version " +
                               std::to_string(proto::kProtocolVersion) +
                               ": run both from the same release");
  ExpectServing();
}

TEST_F(ControlChannelTest, ARequestBeforeTheHelloEndsTheConnection) {
  EXPECT_TRUE(Write(proto::Encode(proto::Request{1, proto::Ping{}}), false).empty());
  ExpectServing();
}

TEST_F(ControlChannelTest, AGuestWithoutHelloDoesNotTakeTheSeat) {
  const int guest = *channel::ConnectUnixSocket(Path("control"));
  ExpectServing();
  ::close(guest);
}

TEST_F(ControlChannelTest, ManyGuestsDoNotKeepAControllerOutForLong) {
  std::vector<int> guests;
  for (int i = 0; i < 12; ++i) {
    const auto guest = channel::ConnectUnixSocket(Path("control"));
    if (guest.ok()) guests.push_back(*guest);
    for (int turn = 0; turn < 3; ++turn) uv_run(&loop_, UV_RUN_NOWAIT);
  }
  for (const int guest : guests) ::close(guest);
  for (int turn = 0; turn < 20; ++turn) uv_run(&loop_, UV_RUN_NOWAIT);
  ExpectServing();
}

TEST_F(ControlChannelTest, JunkEndsTheConnectionAndNothingElse) {
  SeededRandom random(3);
  for (int i = 0; i < 100; ++i) {
    std::vector<uint8_t> junk(12 + random.NextU32() % 500);
    random.Fill(junk);
    // A length that is believable, so that the rest is looked at.
    if (i % 2 == 0) {
      junk[0] = static_cast<uint8_t>(junk.size() - 4);
      junk[1] = static_cast<uint8_t>((junk.size() - 4) >> 8);
      junk[2] = junk[3] = 0;
    }
    Write(junk, true);
  }
  ExpectServing();
}

TEST_F(ControlChannelTest, ASeatedControllerThatSendsJunkLosesTheSeatButNoState) {
  auto bytes =
      Concat({proto::ControllerHello{}, proto::Request{1, proto::CreateRouter{RouterId(1), {}}}});
  bytes.insert(bytes.end(), {12, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  Write(bytes, false);
  EXPECT_THAT(Connect()->Snapshot(), testing::SizeIs(1));
}

TEST_F(ControlChannelTest, EveryTruncatedMessageEndsTheConnection) {
  const auto bytes = Concat({proto::ControllerHello{}, proto::Request{1, proto::SampleProducer()}});
  for (std::size_t size = 0; size < bytes.size(); size += 7)
    Write(std::span(bytes).first(size), true);
  ExpectServing();
}

TEST_F(ControlChannelTest, FlippedBytesInRequestsNeverCrash) {
  SeededRandom random(4);
  const auto hello = proto::Encode(proto::ControllerHello{});
  for (const auto& body : proto::SampleRequests()) {
    for (int i = 0; i < 5; ++i) {
      auto request = proto::Encode(proto::Request{1, body});
      request[4 + random.NextU32() % (request.size() - 4)] = static_cast<uint8_t>(random.NextU32());
      std::vector<uint8_t> bytes = hello;
      bytes.insert(bytes.end(), request.begin(), request.end());
      Write(bytes, true);
    }
  }
  ExpectServing();
}

TEST_F(ControlChannelTest, AWorkerWithoutControllerSaysSoInTime) {
  TearDown();
  WorkerOptions options;
  options.orphan_timeout = std::chrono::milliseconds(20);
  Start(options);
  auto controller = Connect();
  // While there is a controller, time does not matter.
  EXPECT_EQ(controller->Do(proto::Ping{}), "ok");
  EXPECT_FALSE(orphaned_);
  controller.reset();
  while (!orphaned_) uv_run(&loop_, UV_RUN_ONCE);
}

}  // namespace
}  // namespace stellwerk
