#include "controller/http/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/controller/http/raw_client.h"

namespace stellwerk {
namespace {

using test::RawClient;
using ::testing::HasSubstr;

// An echo server on a loop of its own thread.
class HttpServerTest : public ::testing::Test {
 protected:
  void Start(HttpServer::Options options = {}) {
    std::promise<uint16_t> started;
    thread_ = std::thread([this, options, &started] { Run(options, started); });
    port_ = started.get_future().get();
    ASSERT_NE(port_, 0);
  }
  void TearDown() override {
    if (!thread_.joinable()) return;
    uv_async_send(&stop_);
    thread_.join();
  }

  uint16_t port_ = 0;
  HttpServer::Counters counters_;  // valid after Stop()
  void Stop() {
    uv_async_send(&stop_);
    thread_.join();
  }

 private:
  void Run(const HttpServer::Options& options, std::promise<uint16_t>& started) {
    uv_loop_t loop;
    uv_loop_init(&loop);
    uv_async_init(&loop, &stop_, [](uv_async_t* async) { uv_stop(async->loop); });
    std::unique_ptr<HttpServer> server;
    HttpServer::Handlers handlers;
    handlers.on_request = [](const HttpRequest& request) {
      if (request.path == "/none") return HttpResponse{204, "", {}, ""};
      if (request.path == "/large") return TextResponse(200, std::string(3'000'000, 'x'));
      return TextResponse(200, request.method + " " + request.path + " " + request.body);
    };
    handlers.on_open = [](WebSocketId) {};
    handlers.on_text = [&](WebSocketId id, std::string_view text) {
      if (text == "close") return server->Close(id, 4001, "as you wish");
      if (text == "flood") {
        for (int i = 0; i < 100; ++i) server->Send(id, std::string(100'000, 'f'));
        return;
      }
      server->Send(id, "echo " + std::string(text));
    };
    handlers.on_closed = [](WebSocketId) {};
    auto result = HttpServer::Start(&loop, options, std::move(handlers));
    if (!result.ok()) {
      started.set_value(0);
      return;
    }
    server = *std::move(result);
    started.set_value(server->port());
    uv_run(&loop, UV_RUN_DEFAULT);
    counters_ = server->counters();
    server.reset();
    uv_close(reinterpret_cast<uv_handle_t*>(&stop_), nullptr);
    uv_run(&loop, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop), 0);
  }

  uv_async_t stop_{};
  std::thread thread_;
};

TEST_F(HttpServerTest, AnswersRequestsOnOneConnection) {
  Start();
  RawClient client(port_);
  for (const char* method : {"GET", "POST", "PATCH", "DELETE", "OPTIONS"}) {
    const auto response = client.Ask(method, "/a%20b", "", "body");
    ASSERT_TRUE(response) << method;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, std::string(method) + " /a b body\n");
  }
  const auto head = client.Ask("HEAD", "/x");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  const auto none = client.Ask("GET", "/none");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->status, 204);
  EXPECT_EQ(none->Field("content-length"), "");
  EXPECT_EQ(client.Ask("GET", "/again")->body, "GET /again \n");
}

TEST_F(HttpServerTest, EveryResponseKeepsThePageToItself) {
  Start();
  RawClient client(port_);
  const auto response = client.Ask("GET", "/");
  ASSERT_TRUE(response);
  EXPECT_THAT(response->Field("content-security-policy"), HasSubstr("default-src 'self'"));
  EXPECT_EQ(response->Field("x-content-type-options"), "nosniff");
  EXPECT_EQ(response->Field("referrer-policy"), "no-referrer");
}

TEST_F(HttpServerTest, LargeResponseArrivesWhole) {
  Start();
  RawClient client(port_);
  const auto response = client.Ask("GET", "/large");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body.size(), 3'000'001u);
}

TEST_F(HttpServerTest, BodyAboveTheLimitIsRefusedBeforeItIsSent) {
  Start();
  RawClient client(port_);
  ASSERT_TRUE(client.Send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 262145\r\n\r\n"));
  const auto response = client.ReadResponse();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 413);
  EXPECT_THAT(response->body, HasSubstr("262144"));
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_F(HttpServerTest, BodyOfUnknownLengthIsRefused) {
  Start();
  RawClient client(port_);
  const auto chunked = client.Ask("POST", "/x", "Transfer-Encoding: chunked\r\n");
  ASSERT_TRUE(chunked);
  EXPECT_EQ(chunked->status, 411);
}

TEST_F(HttpServerTest, JunkEndsOnlyItsOwnConnection) {
  Start();
  RawClient bystander(port_);
  ASSERT_EQ(bystander.Upgrade()->status, 101);
  RawClient junk(port_);
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) bytes += static_cast<char>(i * 7919 >> 3);
  junk.Send(bytes);
  EXPECT_TRUE(junk.ReadsEnd());
  bystander.SendFrame("still here");
  EXPECT_EQ(bystander.ReadText(), "echo still here");
}

TEST_F(HttpServerTest, WebSocketEchoesAlsoFragmentedMessages) {
  Start();
  RawClient client(port_);
  ASSERT_EQ(client.Upgrade()->status, 101);
  client.SendFrame("one");
  EXPECT_EQ(client.ReadText(), "echo one");
  client.SendFrame("tw", 1, false);
  client.SendFrame("o", 0, true);
  EXPECT_EQ(client.ReadText(), "echo two");
  client.SendFrame(std::string(200'000, 'a'));
  EXPECT_EQ(client.ReadText()->size(), 200'005u);
}

TEST_F(HttpServerTest, OversizedMessageIsClosedWithAReasonAndNobodyElseSuffers) {
  Start();
  RawClient bystander(port_);
  ASSERT_EQ(bystander.Upgrade()->status, 101);
  RawClient client(port_);
  ASSERT_EQ(client.Upgrade()->status, 101);
  ASSERT_TRUE(client.SendFrame(std::string(1'000'000, 'a')));
  const auto frame = client.ReadFrame();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->opcode, 8);
  EXPECT_EQ(frame->close_code(), 1009);
  EXPECT_THAT(frame->payload, HasSubstr("at most 262144 bytes"));
  bystander.SendFrame("fine");
  EXPECT_EQ(bystander.ReadText(), "echo fine");
  Stop();
  EXPECT_EQ(counters_.oversized, 1u);
}

TEST_F(HttpServerTest, EndlessMessageIsCutOff) {
  Start();
  RawClient client(port_);
  ASSERT_EQ(client.Upgrade()->status, 101);
  const std::string chunk(100'000, 'a');
  client.SendFrame(chunk, 1, false);
  bool accepted = true;
  for (int i = 0; i < 1000 && accepted; ++i) accepted = client.SendFrame(chunk, 0, false);
  EXPECT_FALSE(accepted);
}

TEST_F(HttpServerTest, ClientThatDoesNotReadIsCutOff) {
  Start();
  RawClient client(port_);
  ASSERT_EQ(client.Upgrade()->status, 101);
  client.SendFrame("flood");
  std::optional<RawClient::Frame> frame;
  do {
    frame = client.ReadFrame();
  } while (frame && frame->opcode != 8);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->close_code(), 1013);
}

TEST_F(HttpServerTest, CloseComesWithItsReason) {
  Start();
  RawClient client(port_);
  ASSERT_EQ(client.Upgrade()->status, 101);
  client.SendFrame("close");
  const auto frame = client.ReadFrame();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->close_code(), 4001);
  EXPECT_EQ(frame->payload.substr(2), "as you wish");
}

TEST_F(HttpServerTest, OtherSitesAndPathsGetNoWebSocket) {
  Start();
  EXPECT_EQ(RawClient(port_).Upgrade("/elsewhere")->status, 404);
  EXPECT_EQ(RawClient(port_).Upgrade("/signal", "Origin: https://evil.example\r\n")->status, 403);
  EXPECT_EQ(RawClient(port_).Upgrade("/signal", "Origin: http://localhost\r\n")->status, 101);
}

TEST_F(HttpServerTest, ConnectionsAboveTheLimitAreClosed) {
  HttpServer::Options options;
  options.max_connections = 2;
  Start(options);
  RawClient first(port_);
  RawClient second(port_);
  EXPECT_EQ(first.Ask("GET", "/")->status, 200);
  EXPECT_EQ(second.Ask("GET", "/")->status, 200);
  EXPECT_TRUE(RawClient(port_).ReadsEnd());
  EXPECT_EQ(first.Ask("GET", "/")->status, 200);
}

TEST_F(HttpServerTest, TakenAddressIsAClearError) {
  Start();
  uv_loop_t loop;
  uv_loop_init(&loop);
  HttpServer::Options options;
  options.port = port_;
  {
    const auto second = HttpServer::Start(&loop, options, {});
    ASSERT_FALSE(second.ok());
    EXPECT_THAT(std::string(second.status().message()), HasSubstr("port " + std::to_string(port_)));
    EXPECT_THAT(std::string(second.status().message()), HasSubstr("in use"));
  }
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
}

TEST_F(HttpServerTest, SelfSignedCertificateServesTls) {
  HttpServer::Options options;
  const auto identity = MakeSelfSignedIdentity({"127.0.0.1", "::1"});
  ASSERT_TRUE(identity.ok()) << identity.status();
  options.tls = *identity;
  Start(options);
  // Plain text is no ClientHello: it ends that connection only.
  RawClient plain(port_);
  plain.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(plain.ReadsEnd());
  const std::string command =
      "curl -sk --max-time 20 https://127.0.0.1:" + std::to_string(port_) + "/tls";
  FILE* curl = popen(command.c_str(), "r");
  char line[64] = {};
  ASSERT_NE(fgets(line, sizeof line, curl), nullptr);
  pclose(curl);
  EXPECT_STREQ(line, "GET /tls \n");
}

}  // namespace
}  // namespace stellwerk
