// The real controller and the real worker: processes, signals and sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/controller/http/raw_client.h"
#include "tests/controller/room/test_offer.h"
#include "tests/controller/server/stellwerk_process.h"

namespace stellwerk {
namespace {

using test::RawClient;
using test::RuntimeFolder;
using test::StellwerkProcess;
using test::TestOffer;
using ::testing::HasSubstr;
using Json = nlohmann::json;

const std::vector<std::string> kAnyPorts = {"--listen",  "127.0.0.1:0", "--rtc-port",      "0",
                                            "--workers", "1",           "--drain-timeout", "0"};

std::vector<std::string> AnyPortsAnd(std::vector<std::string> more) {
  more.insert(more.begin(), kAnyPorts.begin(), kAnyPorts.end());
  return more;
}

// A client in a room.
struct Member {
  Member(uint16_t port, const std::string& identity) : client(port) {
    client.Upgrade();
    client.SendFrame(
        Json{{"type", "hello"}, {"version", 1}, {"room", "tea"}, {"identity", identity}}.dump());
    welcome = Json::parse(client.ReadText("\"welcome\"").value_or("null"));
  }
  Json Offer(const TestOffer& offer) {
    client.SendFrame(Json{{"type", "offer"}, {"id", 1}, {"sdp", offer.Text()}}.dump());
    return Json::parse(client.ReadText("\"id\":1").value_or("null"));
  }
  RawClient client;
  Json welcome;
};

TEST(Process, TakesCallsOnceItSaysReady) {
  const RuntimeFolder folder;
  StellwerkProcess process(kAnyPorts, folder.path());
  const uint16_t port = process.WaitReady();
  ASSERT_NE(port, 0);
  RawClient client(port);
  EXPECT_EQ(client.Ask("GET", "/healthz")->status, 200);
  EXPECT_EQ(client.Ask("GET", "/readyz")->status, 200);
  const auto created = client.Ask("POST", "/whip/tea/cam", "Content-Type: application/sdp\r\n",
                                  TestOffer{.send_audio = 1, .send_video = 1}.Text());
  ASSERT_TRUE(created);
  EXPECT_EQ(created->status, 201) << created->body;
  EXPECT_THAT(created->body, HasSubstr("a=candidate:"));
  EXPECT_THAT(client.Ask("GET", "/metrics")->body, HasSubstr("stellwerk_participants 1"));
  EXPECT_EQ(client.Ask("DELETE", created->Field("location"))->status, 200);
  const std::string metrics = client.Ask("GET", "/metrics")->body;
  EXPECT_THAT(metrics, HasSubstr("stellwerk_participants 0"));
  EXPECT_THAT(metrics, HasSubstr("stellwerk_worker_requests_failed_total 0"));
}

TEST(Process, KilledWorkerIsReplacedAndClientsAreBackInTheirRoom) {
  const RuntimeFolder folder;
  StellwerkProcess process(kAnyPorts, folder.path());
  const uint16_t port = process.WaitReady();
  ASSERT_NE(port, 0);
  Member ann(port, "ann");
  ASSERT_EQ(ann.Offer({.letter = 'A', .send_audio = 1, .receive_video = 1})["type"], "answer");
  const auto workers = process.Workers();
  ASSERT_EQ(workers.size(), 1u);
  kill(workers[0], SIGKILL);
  EXPECT_TRUE(ann.client.ReadText("\"reconnect\""));
  EXPECT_EQ(ann.Offer({.letter = 'B', .send_audio = 1, .receive_video = 1})["type"], "answer");
}

TEST(Process, DrainTakesNobodyNewAndEndsWithTheLast) {
  const RuntimeFolder folder;
  StellwerkProcess process(AnyPortsAnd({"--drain-timeout", "1h"}), folder.path());
  const uint16_t port = process.WaitReady();
  ASSERT_NE(port, 0);
  Member ann(port, "ann");
  process.Signal(SIGTERM);
  RawClient probe(port);
  while (probe.Ask("GET", "/readyz")->status == 200) {
  }
  Member late(port, "bob");
  EXPECT_TRUE(late.welcome.is_null());
  ann.client.SendFrame("{\"type\":\"leave\"}");
  EXPECT_TRUE(ann.client.ReadText("\"left\""));
  EXPECT_EQ(process.Wait(), 0);
}

TEST(Process, DrainEndsAfterItsTimeWithAGoodbye) {
  const RuntimeFolder folder;
  StellwerkProcess process(AnyPortsAnd({"--drain-timeout", "1s"}), folder.path());
  const uint16_t port = process.WaitReady();
  ASSERT_NE(port, 0);
  Member ann(port, "ann");
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(), 0);
}

TEST(Process, SecondSignalEndsAtOnce) {
  const RuntimeFolder folder;
  StellwerkProcess process(AnyPortsAnd({"--drain-timeout", "1h"}), folder.path());
  const uint16_t port = process.WaitReady();
  ASSERT_NE(port, 0);
  Member ann(port, "ann");
  process.Signal(SIGTERM);
  RawClient probe(port);
  while (probe.Ask("GET", "/readyz")->status == 200) {
  }
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(), 0);
}

TEST(Process, WorkersOfAKilledControllerAreEndedByTheNext) {
  const RuntimeFolder folder;
  // A port that is free now; both controllers want it.
  std::string rtc_port;
  {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bind(fd, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    rtc_port = std::to_string(ntohs(address.sin_port));
    close(fd);
  }
  const std::vector<std::string> flags = {"--listen", "127.0.0.1:0", "--rtc-port",
                                          rtc_port,   "--workers",   "1"};
  {
    StellwerkProcess first(flags, folder.path());
    ASSERT_NE(first.WaitReady(), 0);
    StellwerkProcess rival(flags, folder.path());
    EXPECT_EQ(rival.WaitReady(), 0);
    EXPECT_THAT(rival.all_output(),
                HasSubstr("another stellwerk is running with rtc.port " + rtc_port));
    EXPECT_EQ(rival.Wait(), 1);
    first.Signal(SIGKILL);
    EXPECT_EQ(first.Wait(), 128 + SIGKILL);
  }
  StellwerkProcess second(flags, folder.path());
  EXPECT_NE(second.WaitReady(), 0) << second.all_output();
}

TEST(Process, MistakesEndWithStatusTwo) {
  const RuntimeFolder folder;
  StellwerkProcess flag({"--rtc-port", "70000"}, folder.path());
  EXPECT_TRUE(flag.ReadLine("--rtc-port: 70000 is not a port"));
  EXPECT_EQ(flag.Wait(), 2);
  StellwerkProcess certificate(
      {"--listen", "127.0.0.1:0", "--tls-cert", "/nonexistent", "--tls-key", "/nonexistent"},
      folder.path());
  EXPECT_TRUE(certificate.ReadLine("config tls.cert: /nonexistent can't be read"));
  EXPECT_EQ(certificate.Wait(), 2);
}

TEST(Process, LogsNameNobody) {
  const RuntimeFolder folder;
  StellwerkProcess process(AnyPortsAnd({"--log-level", "debug"}), folder.path());
  const uint16_t port = process.WaitReady();
  ASSERT_NE(port, 0);
  {
    Member ann(port, "identity-of-ann");
    ann.Offer({.letter = 'A', .ufrag = "ufragOfAnn", .send_audio = 1, .receive_video = 1});
    ann.client.SendFrame("{\"type\":\"leave\"}");
    ann.client.ReadText("\"left\"");
  }
  process.Signal(SIGTERM);
  process.ReadLine("no such line");
  EXPECT_EQ(process.Wait(), 0);
  EXPECT_EQ(process.all_output().find("identity-of-ann"), std::string::npos);
  EXPECT_EQ(process.all_output().find("ufragOfAnn"), std::string::npos);
}

}  // namespace
}  // namespace stellwerk
