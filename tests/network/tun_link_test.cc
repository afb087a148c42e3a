// How exact tun_link is, with real packets through real sockets. In its own namespace: the command
// behind the link sends each datagram back, so everything can be measured here, on one clock. This
// is the one place where a test has to wait for the real clock.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

std::string own_path;
constexpr uint16_t kPort = 7777;
constexpr uint32_t kFar = 0xC0000202;  // 192.0.2.2
constexpr std::size_t kPacket = 1000;  // bytes with IPv4 and UDP headers
constexpr std::size_t kHeaders = 28;

sockaddr_in Address(uint32_t ip) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(ip);
  address.sin_port = htons(kPort);
  return address;
}
sockaddr* Generic(sockaddr_in& address) {
  return static_cast<sockaddr*>(static_cast<void*>(&address));
}

// Room for what comes while the process has to wait for its turn.
void EnlargeBuffer(int fd) {
  const int size = 8'000'000;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
}

// Sends everything back, at most for a minute.
int Echo() {
  alarm(60);
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  EnlargeBuffer(fd);
  sockaddr_in any = Address(INADDR_ANY);
  if (bind(fd, Generic(any), sizeof any) != 0) return 1;
  std::array<char, 2000> bytes{};
  while (true) {
    sockaddr_in from{};
    socklen_t length = sizeof from;
    const ssize_t size = recvfrom(fd, bytes.data(), bytes.size(), 0, Generic(from), &length);
    if (size < 0) return 1;
    sendto(fd, bytes.data(), static_cast<std::size_t>(size), 0, Generic(from), length);
  }
}

struct Stamp {
  int64_t sent_ns = 0;
  uint64_t number = 0;
};

struct Arrival {
  uint64_t number = 0;
  nanoseconds delay{};
  Clock::time_point at;
};

class TunLinkTest : public ::testing::Test {
 protected:
  void Start(const char* up, const char* down) {
    pid_ = fork();
    if (pid_ == 0) {
      execl(TUN_LINK, TUN_LINK, "--up", up, "--down", down, "--", own_path.c_str(), "echo",
            static_cast<char*>(nullptr));
      _exit(127);
    }
    socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    EnlargeBuffer(socket_);
    // The far side is up when it answers.
    const auto end = Clock::now() + seconds(10);
    while (arrivals_.empty()) {
      ASSERT_LT(Clock::now(), end) << "no echo through the link";
      Send();
      std::this_thread::sleep_for(milliseconds(50));
      Receive();
    }
    std::this_thread::sleep_for(milliseconds(300));
    Receive();
    arrivals_.clear();
    first_ = next_;
  }
  void TearDown() override {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    int status = 0;
    waitpid(pid_, &status, 0);
    close(socket_);
  }

  void Send() {
    std::array<char, kPacket - kHeaders> bytes{};
    const Stamp stamp{Clock::now().time_since_epoch().count(), next_++};
    std::memcpy(bytes.data(), &stamp, sizeof stamp);
    sockaddr_in to = Address(kFar);
    sendto(socket_, bytes.data(), bytes.size(), 0, Generic(to), sizeof to);
  }
  void Receive() {
    std::array<char, 2000> bytes{};
    while (recv(socket_, bytes.data(), bytes.size(), 0) > 0) {
      Stamp stamp;
      std::memcpy(&stamp, bytes.data(), sizeof stamp);
      const auto now = Clock::now();
      arrivals_.push_back({stamp.number, now.time_since_epoch() - nanoseconds(stamp.sent_ns), now});
    }
  }
  // Sends evenly, and waits for the last to come.
  void Run(int kbps, seconds duration, milliseconds rest) {
    const auto start = Clock::now();
    const nanoseconds gap(static_cast<int64_t>(kPacket) * 8 * 1'000'000 / kbps);
    for (auto at = start; at < start + duration; at += gap) {
      while (Clock::now() < at) {
        Receive();
        std::this_thread::sleep_for(std::min<nanoseconds>(at - Clock::now(), microseconds(200)));
      }
      Send();
    }
    const auto end = Clock::now() + rest;
    while (Clock::now() < end) {
      Receive();
      std::this_thread::sleep_for(microseconds(200));
    }
  }
  [[nodiscard]] double DelayMs(double share) const {
    std::vector<nanoseconds> delays;
    for (const Arrival& arrival : arrivals_) delays.push_back(arrival.delay);
    std::sort(delays.begin(), delays.end());
    const auto at = static_cast<std::size_t>(share * static_cast<double>(delays.size() - 1));
    return static_cast<double>(delays[at].count()) / 1e6;
  }
  [[nodiscard]] double Lost() const {
    return 1 - static_cast<double>(arrivals_.size()) / static_cast<double>(next_ - first_);
  }

  pid_t pid_ = -1;
  int socket_ = -1;
  uint64_t first_ = 0;
  uint64_t next_ = 0;
  std::vector<Arrival> arrivals_;
};

TEST_F(TunLinkTest, DelayIsExactToAMillisecond) {
  ASSERT_NO_FATAL_FAILURE(Start("delay_ms=15", "delay_ms=25"));
  Run(800, seconds(3), milliseconds(100));
  ASSERT_GT(arrivals_.size(), 250U);
  EXPECT_EQ(Lost(), 0);
  EXPECT_GE(DelayMs(0), 40);
  EXPECT_NEAR(DelayMs(0.5), 40, 1);
  std::printf("delay: median %.3f ms, p95 %.3f ms of 40 ms\n", DelayMs(0.5), DelayMs(0.95));
}

TEST_F(TunLinkTest, RateIsExactToOnePercent) {
  ASSERT_NO_FATAL_FAILURE(Start("", "rate_kbps=2000 queue_ms=100"));
  Run(4000, seconds(4), milliseconds(200));
  // From the second on the queue is full all the time.
  const auto from = arrivals_.front().at + seconds(1);
  const auto until = from + seconds(2);
  double bits = 0;
  for (const Arrival& arrival : arrivals_) {
    if (arrival.at >= from && arrival.at < until) bits += static_cast<double>(kPacket) * 8;
  }
  EXPECT_NEAR(bits / 2, 2'000'000, 20'000);
  EXPECT_NEAR(DelayMs(0.8), 100, 10);
  std::printf("rate: %.1f kbit/s of 2000\n", bits / 2000);
}

TEST_F(TunLinkTest, LossIsExactToOnePercent) {
  ASSERT_NO_FATAL_FAILURE(Start("", "loss=0.1"));
  Run(8000, seconds(5), milliseconds(300));  // 5,000 packets
  EXPECT_NEAR(Lost(), 0.1, 0.01);
  std::printf("loss: %.4f of 0.1\n", Lost());
}

TEST_F(TunLinkTest, OrderIsKeptUnlessAskedOtherwise) {
  const auto overtaken = [this] {
    return !std::is_sorted(arrivals_.begin(), arrivals_.end(),
                           [](const auto& a, const auto& b) { return a.number < b.number; });
  };
  ASSERT_NO_FATAL_FAILURE(Start("", "jitter_ms=20"));
  Run(4000, seconds(1), milliseconds(200));
  EXPECT_FALSE(overtaken());
  EXPECT_GT(DelayMs(0.9) - DelayMs(0.1), 5);
  TearDown();
  arrivals_.clear();
  ASSERT_NO_FATAL_FAILURE(Start("", "jitter_ms=20 reorder=1"));
  Run(4000, seconds(1), milliseconds(200));
  EXPECT_TRUE(overtaken());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "echo") return Echo();
  own_path = argv[0];
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
