// Hostile and broken input at every door while a call goes on, which must not notice.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "rtc/base/random.h"
#include "tests/integration/call.h"

namespace stellwerk::integration {
namespace {

using synthetic::RoomClient;

constexpr int kReplyTimeoutMs = 10'000;

// The media port of the worker, as its answers say it: "a=candidate:1 1 udp 2130706431 ADDR PORT
// typ host".
uint16_t MediaPort(const std::string& answer) {
  const std::size_t line = answer.find("a=candidate:");
  if (line == std::string::npos) return 0;
  std::size_t at = line;
  for (int space = 0; space < 5; ++space) at = answer.find(' ', at) + 1;
  return static_cast<uint16_t>(std::atoi(answer.c_str() + at));
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// What the server sends on a raw connection until it closes or falls silent.
std::string Receive(int fd, std::size_t limit = 65'536) {
  std::string text;
  std::array<char, 4096> buffer{};
  pollfd poll_fd{.fd = fd, .events = POLLIN, .revents = 0};
  while (text.size() < limit && poll(&poll_fd, 1, kReplyTimeoutMs) > 0) {
    const ssize_t size = recv(fd, buffer.data(), buffer.size(), 0);
    if (size <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return text;
}

void SendAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server hung up, which is its right
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

class BadInput : public Call {
 protected:
  void SetUp() override {
    Call::SetUp();
    if (HasFatalFailure()) return;
    ada_ = Join("ada", 1);
    bob_ = Join("bob", 2);
    ASSERT_TRUE(SeesMore(*ada_, {"bob"}, 10));
    ASSERT_TRUE(SeesMore(*bob_, {"ada"}, 10));
  }
  // The call goes on without a fault, on the same transports and the same worker.
  void ExpectUndisturbed() {
    ASSERT_TRUE(server_->running()) << server_->log();
    ASSERT_TRUE(SeesMore(*ada_, {"bob"}, 20));
    ASSERT_TRUE(SeesMore(*bob_, {"ada"}, 20));
    for (RoomClient* client : {ada_, bob_}) {
      ExpectClean(*client);
      EXPECT_EQ(client->reconnects(), 0);
      EXPECT_EQ(client->error(), "");
    }
  }
  uint16_t FindMediaPort() {
    const HttpReply reply =
        Request(server_->http_port(), "POST", "/whep/tea", Offer(), "application/sdp");
    EXPECT_EQ(reply.status, 201) << reply.body;
    const std::string session = reply.Header("location");
    EXPECT_EQ(Request(server_->http_port(), "DELETE", session).status / 100, 2);
    return MediaPort(reply.body);
  }
  static std::string Offer() {
    return ReadFile(STELLWERK_SOURCE_DIR "/tests/controller/sdp/offers/chromium-offer.sdp");
  }

  RoomClient* ada_ = nullptr;
  RoomClient* bob_ = nullptr;
};

TEST_F(BadInput, JunkOnTheMediaPortIsDroppedAndCounted) {
  const uint16_t port = FindMediaPort();
  ASSERT_NE(port, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int udp = socket(AF_INET, SOCK_DGRAM, 0);
  SeededRandom random(1);
  for (int i = 0; i < 2000; ++i) {
    std::array<uint8_t, 1400> junk{};
    random.Fill(junk);
    // Every kind of RFC 7983 in turn: STUN, DTLS, TURN, RTP and nothing known.
    constexpr std::array<uint8_t, 6> kFirstBytes = {0, 1, 22, 64, 128, 255};
    junk[0] = kFirstBytes[static_cast<std::size_t>(i) % kFirstBytes.size()];
    sendto(udp, junk.data(), 1 + random.NextU32() % junk.size(), 0,
           static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof(address));
  }
  pollfd poll_fd{.fd = udp, .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&poll_fd, 1, 300), 0) << "a stranger gets no answer to junk";
  close(udp);

  const int tcp = ConnectTcp(port);
  ASSERT_GE(tcp, 0) << "ICE-TCP shares the port";
  SendAll(tcp, std::string(100'000, '\xEE'));
  close(tcp);

  ExpectUndisturbed();
  const std::string metrics = Request(server_->http_port(), "GET", "/metrics").body;
  EXPECT_NE(metrics.find("unknown_p"), std::string::npos) << metrics;
}

TEST_F(BadInput, JunkOnTheHttpPortIsRefused) {
  SeededRandom random(2);
  for (int i = 0; i < 20; ++i) {
    const int fd = ConnectTcp(server_->http_port());
    ASSERT_GE(fd, 0);
    std::string junk(3000, '\0');
    for (char& c : junk) c = static_cast<char>(random.NextU32());
    SendAll(fd, junk);
    close(fd);
  }
  ExpectUndisturbed();
  EXPECT_EQ(Request(server_->http_port(), "GET", "/healthz").status, 200);
}

TEST_F(BadInput, AnOfferWithNonsenseGetsAReason) {
  const std::string offer = Offer();
  ASSERT_FALSE(offer.empty());
  std::string without_fingerprints = offer;
  for (std::size_t at; (at = without_fingerprints.find("a=fingerprint:")) != std::string::npos;) {
    without_fingerprints.erase(at, without_fingerprints.find('\n', at) + 1 - at);
  }
  const std::vector<std::string> nonsense = {
      "",
      "v=0",
      "not sdp at all",
      std::string(1000, 'v'),
      without_fingerprints,
      "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 999\r\n"};
  for (const auto& text : nonsense) {
    const HttpReply reply =
        Request(server_->http_port(), "POST", "/whip/tea/eve", text, "application/sdp");
    EXPECT_EQ(reply.status, 400) << text.substr(0, 40);
    EXPECT_FALSE(reply.body.empty()) << "the reason is missing";
  }
  EXPECT_EQ(
      Request(server_->http_port(), "POST", "/whip/tea/eve", offer, "application/json").status,
      415);
  EXPECT_EQ(Request(server_->http_port(), "DELETE", "/sessions/guess").status, 404);
  ExpectUndisturbed();
}

TEST_F(BadInput, AWebSocketMessageOfAMegabyteEndsOnlyItsSender) {
  const int fd = ConnectTcp(server_->http_port());
  ASSERT_GE(fd, 0);
  SendAll(fd,
          "GET /signal HTTP/1.1\r\nHost: " + server_->address() +
              "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  const std::string head = Receive(fd, 12);
  ASSERT_EQ(head.rfind("HTTP/1.1 101", 0), 0U) << head;
  // RFC 6455 §5.2: FIN, text, masked, 64-bit length of 1 MiB, mask 0.
  std::string frame = {'\x81', '\xFF', 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0};
  frame += std::string(1 << 20, 'x');
  SendAll(fd, frame);
  const std::string reply = Receive(fd);
  // A close frame with status 1009, "message too big" (RFC 6455 §7.4.1), or our own error first.
  EXPECT_NE(reply.find("\x03\xF1"), std::string::npos) << "no close frame with status 1009";
  close(fd);
  ExpectUndisturbed();
}

TEST_F(BadInput, AWrongFingerprintEndsOnlyThatTransport) {
  // The certificate that she shows is not the one that she announced.
  RoomClient* eve =
      Join("eve", 7, false,
           Fingerprint{.algorithm = "sha-256", .digest = std::vector<uint8_t>(32, 0x42)});
  ASSERT_TRUE(RunUntil([&] { return eve->answers() > 0; }));
  RunFor(3s);
  EXPECT_FALSE(eve->connected());
  Forget(eve);
  ExpectUndisturbed();
}

}  // namespace
}  // namespace stellwerk::integration
