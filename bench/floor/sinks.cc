#include "bench/floor/sinks.h"

#include <netinet/udp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <utility>
#include <vector>

#include "bench/floor/flow.h"
#include "bench/floor/sockets.h"

namespace stellwerk::bench {
namespace {

// What is still on its way when the publisher has ended.
constexpr int kDrainMs = 100;

// The child: one thread that publishes by a timer and empties its sockets.
class SinkProcess {
 public:
  SinkProcess(const FloorCase& what, in_addr address, int channel)
      : what_(what),
        bursts_(what.trace.empty() ? std::vector{what.burst} : what.trace),
        channel_(channel),
        flow_(what.profile) {
    epoll_ = epoll_create1(0);
    Watch(channel_);
    publisher_ = OpenUdp(address, 0);
    for (int i = 0; i < what.destinations; ++i) {
      receivers_.push_back(OpenUdp(address, 8 << 20));
      Watch(receivers_.back());
    }
    for (std::size_t i = 0; i < kBatch; ++i) {
      vectors_[i] = {buffers_[i].data(), buffers_[i].size()};
      messages_[i].msg_hdr.msg_iov = &vectors_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
  }
  void TellAddresses() {
    std::vector<sockaddr_in> addresses;
    for (const int fd : receivers_) addresses.push_back(AddressOf(fd));
    static_cast<void>(write(channel_, addresses.data(), addresses.size() * sizeof(sockaddr_in)));
  }
  void Run() {
    std::array<epoll_event, 64> events{};
    while (true) {
      const int count = epoll_wait(epoll_, events.data(), events.size(), ending_ ? kDrainMs : -1);
      if (count == 0 && ending_) break;
      for (int i = 0; i < count; ++i) Handle(events[static_cast<std::size_t>(i)].data.fd);
    }
    static_cast<void>(write(channel_, &totals_, sizeof(totals_)));
  }

 private:
  static constexpr std::size_t kBatch = 32;

  void Watch(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }
  void Handle(int fd) {
    if (fd == channel_) return HandleCommand();
    if (fd == timer_) return Publish();
    const int count = recvmmsg(fd, messages_.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (count > 0) totals_.received += static_cast<uint64_t>(count);
  }
  // The forwarder's address: begin. Anything else, or the end of the channel: end.
  void HandleCommand() {
    sockaddr_in to{};
    if (read(channel_, &to, sizeof(to)) == static_cast<ssize_t>(sizeof(to))) {
      static_cast<void>(connect(publisher_, AsSockaddr(to), sizeof(to)));
      timer_ = timerfd_create(CLOCK_MONOTONIC, 0);
      const double mean =
          std::reduce(bursts_.begin(), bursts_.end(), 0.0) / static_cast<double>(bursts_.size());
      const auto period = static_cast<long>(1e9 * mean / what_.packets_per_second);
      const timespec every = {.tv_sec = period / 1'000'000'000, .tv_nsec = period % 1'000'000'000};
      const itimerspec schedule = {.it_interval = every, .it_value = every};
      timerfd_settime(timer_, 0, &schedule, nullptr);
      return Watch(timer_);
    }
    ending_ = true;
    epoll_ctl(epoll_, EPOLL_CTL_DEL, channel_, nullptr);
    if (timer_ >= 0) epoll_ctl(epoll_, EPOLL_CTL_DEL, timer_, nullptr);
  }
  void Publish() {
    uint64_t periods = 0;
    if (read(timer_, &periods, sizeof(periods)) != sizeof(periods)) return;
    for (; periods > 0; --periods) {
      std::size_t end = 0;
      std::size_t size = 0;
      const int burst = bursts_[next_burst_++ % bursts_.size()];
      for (int i = 0; i < burst; ++i) {
        size = flow_.Write(std::span(burst_).subspan(end), what_.payload);
        end += size;
      }
      SendRun(publisher_, nullptr, std::span(burst_).first(end), size);
      totals_.published += static_cast<uint64_t>(burst);
    }
  }

  const FloorCase& what_;
  const std::vector<int> bursts_;
  std::size_t next_burst_ = 0;
  const int channel_;
  Flow flow_;
  int epoll_ = -1;
  int timer_ = -1;
  int publisher_ = -1;
  std::vector<int> receivers_;
  bool ending_ = false;
  Sinks::Totals totals_;
  std::array<uint8_t, 65536> burst_{};
  std::array<std::array<uint8_t, 2048>, kBatch> buffers_{};
  std::array<iovec, kBatch> vectors_{};
  std::array<mmsghdr, kBatch> messages_{};
};

[[noreturn]] void BeChild(const FloorCase& what, const Sinks::Place& place, int channel) {
  place.enter();
  char go = 'e';
  // This process has entered its place; the other has made that ready.
  if (write(channel, &go, 1) != 1 || read(channel, &go, 1) != 1) _exit(1);
  if (what.pin) PinTo(1);
  SinkProcess process(what, place.address, channel);
  process.TellAddresses();
  process.Run();
  _exit(0);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sinks>> Sinks::Start(const FloorCase& what, const Place& place) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.data()) != 0)
    return absl::InternalError(std::strerror(errno));
  const pid_t pid = fork();
  if (pid < 0) return absl::InternalError(std::strerror(errno));
  if (pid == 0) {
    close(ends[0]);
    BeChild(what, place, ends[1]);
  }
  close(ends[1]);
  std::unique_ptr<Sinks> sinks(new Sinks(pid, ends[0]));
  char go = 0;
  if (read(ends[0], &go, 1) != 1) return absl::InternalError("the receivers' process died");
  if (const absl::Status status = place.entered(pid); !status.ok()) return status;
  if (write(ends[0], &go, 1) != 1) return absl::InternalError("the receivers' process died");
  sinks->addresses_.resize(static_cast<std::size_t>(what.destinations));
  const std::size_t bytes = sinks->addresses_.size() * sizeof(sockaddr_in);
  if (read(ends[0], sinks->addresses_.data(), bytes) != static_cast<ssize_t>(bytes))
    return absl::InternalError("the receivers have no sockets");
  return sinks;
}

Sinks::~Sinks() {
  close(channel_);
  waitpid(pid_, nullptr, 0);
}

void Sinks::PublishTo(const sockaddr_in& forwarder) {
  static_cast<void>(write(channel_, &forwarder, sizeof(forwarder)));
}

absl::StatusOr<Sinks::Totals> Sinks::Stop() {
  const char stop = 's';
  Totals totals;
  if (write(channel_, &stop, 1) != 1 || read(channel_, &totals, sizeof(totals)) != sizeof(totals))
    return absl::InternalError("the receivers' process died");
  return totals;
}

}  // namespace stellwerk::bench
