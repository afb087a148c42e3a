#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "bench/floor/flow.h"
#include "bench/floor/forwarder.h"
#include "bench/floor/sockets.h"

namespace stellwerk::bench {
namespace {

// Few enough that what was encrypted is still in the cache when the kernel copies it.
constexpr std::size_t kDestinationsPerCall = 64;
constexpr std::size_t kMaxBurst = 16;
constexpr std::size_t kPacketRoom = 1536;

class BareForwarder : public Forwarder {
 public:
  BareForwarder(const FloorCase& what, in_addr address, std::vector<sockaddr_in> destinations)
      : path_(what.path),
        overhead_(SizesOf(what.profile).rtp_overhead),
        destinations_(std::move(destinations)),
        fd_(OpenUdp(address, 8 << 20)),
        publisher_(what.profile),
        arena_(kDestinationsPerCall * kMaxBurst * kPacketRoom) {
    const int on = 1;
    setsockopt(fd_, SOL_UDP, UDP_GRO, &on, sizeof(on));
    for (std::size_t i = 0; i < destinations_.size(); ++i) {
      subscribers_.emplace_back(what.profile, i + 1);
      if (path_ == SendPath::kConnected) connected_.push_back(Connect(address, destinations_[i]));
    }
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      messages_[i].msg_hdr.msg_iov = &vectors_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
      messages_[i].msg_hdr.msg_namelen = sizeof(sockaddr_in);
    }
  }
  ~BareForwarder() override {
    close(fd_);
    for (const int fd : connected_) close(fd);
  }
  [[nodiscard]] sockaddr_in address() const override { return AddressOf(fd_); }
  [[nodiscard]] uint64_t forwarded() const override { return forwarded_; }
  [[nodiscard]] uint64_t messages() const override { return sent_; }

  void RunFor(std::chrono::nanoseconds duration) override {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + duration;
    for (auto now = Clock::now(); now < end; now = Clock::now()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - now);
      pollfd polled = {.fd = fd_, .events = POLLIN, .revents = 0};
      if (poll(&polled, 1, static_cast<int>(left.count())) > 0) Receive();
    }
  }

 private:
  // All on one port, as a server's would be.
  int Connect(in_addr address, sockaddr_in destination) {
    sockaddr_in shared{};
    if (!connected_.empty()) shared = AddressOf(connected_.front());
    const int fd = OpenUdp(address, 0, &shared);
    if (connect(fd, AsSockaddr(destination), sizeof(destination)) != 0) Fail("connect");
    return fd;
  }
  // A burst comes as one message.
  void Receive() {
    SegmentControl control;
    iovec vector = {input_.data(), input_.size()};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    std::array<uint8_t, 64> room{};
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    const ssize_t size = recvmsg(fd_, &message, MSG_DONTWAIT);
    if (size <= 0) return;
    std::size_t segment = static_cast<std::size_t>(size);
    for (cmsghdr* m = CMSG_FIRSTHDR(&message); m != nullptr; m = CMSG_NXTHDR(&message, m)) {
      if (m->cmsg_level != SOL_UDP || m->cmsg_type != UDP_GRO) continue;
      int value = 0;
      std::memcpy(&value, CMSG_DATA(m), sizeof(value));
      segment = static_cast<std::size_t>(value);
    }
    std::span<uint8_t> rest = std::span(input_).first(static_cast<std::size_t>(size));
    burst_.clear();
    while (!rest.empty() && burst_.size() < kMaxBurst) {
      const auto packet = rest.first(std::min(segment, rest.size()));
      rest = rest.subspan(packet.size());
      const std::size_t plain = publisher_.Unprotect(packet);
      if (plain > 0 && plain + kMaxSrtpOverhead <= kPacketRoom)
        burst_.push_back(packet.first(plain));
    }
    if (burst_.empty()) return;
    for (std::size_t first = 0; first < destinations_.size(); first += kDestinationsPerCall)
      Forward(first, std::min(first + kDestinationsPerCall, destinations_.size()));
  }
  // Each destination's copies side by side.
  void Protect(std::size_t first, std::size_t last) {
    jobs_.clear();
    std::size_t end = 0;
    for (std::size_t i = first; i < last; ++i) {
      for (const auto packet : burst_) {
        const auto slot = std::span(arena_).subspan(end, packet.size() + overhead_);
        std::copy(packet.begin(), packet.end(), slot.begin());
        jobs_.push_back(subscribers_[i].Prepare(slot, packet.size()));
        end += slot.size();
      }
    }
    ProtectBatch(jobs_);
  }
  void Forward(std::size_t first, std::size_t last) {
    Protect(first, last);
    std::size_t count = 0;
    std::size_t run_size = 0;
    for (const auto packet : burst_) run_size += packet.size() + overhead_;
    for (std::size_t i = first; i < last; ++i) {
      const auto run = std::span(arena_).subspan((i - first) * run_size, run_size);
      const auto jobs = std::span(jobs_).subspan((i - first) * burst_.size(), burst_.size());
      if (path_ == SendPath::kSingle) {
        for (const ProtectJob& job : jobs) Add(count++, i, job.buffer, 0);
      } else if (path_ == SendPath::kRuns) {
        Add(count++, i, run, jobs.front().buffer.size());
      } else {
        SendRun(connected_[i], nullptr, run, jobs.front().buffer.size());
      }
    }
    for (std::size_t done = 0; done < count;) {
      const int sent = sendmmsg(fd_, &messages_[done], static_cast<unsigned>(count - done), 0);
      if (sent < 0) Fail("sendmmsg");
      done += static_cast<std::size_t>(sent);
    }
    forwarded_ += burst_.size() * (last - first);
    sent_ += path_ == SendPath::kConnected ? last - first : count;
  }
  // `segment` 0: it is one packet.
  void Add(std::size_t index, std::size_t destination, std::span<uint8_t> bytes,
           std::size_t segment) {
    vectors_[index] = {bytes.data(), bytes.size()};
    msghdr& message = messages_[index].msg_hdr;
    message.msg_name = &destinations_[destination];
    message.msg_control = nullptr;
    message.msg_controllen = 0;
    if (segment > 0 && bytes.size() > segment) SetSegmentSize(message, controls_[index], segment);
  }

  static constexpr std::size_t kMessages = kDestinationsPerCall * kMaxBurst;

  const SendPath path_;
  const std::size_t overhead_;  // bytes that protection adds
  std::vector<sockaddr_in> destinations_;
  const int fd_;
  std::vector<int> connected_;
  Flow publisher_;
  std::vector<Flow> subscribers_;
  std::array<uint8_t, 65536> input_{};
  std::vector<std::span<uint8_t>> burst_;  // plaintext
  std::vector<uint8_t> arena_;
  std::vector<ProtectJob> jobs_;
  std::array<mmsghdr, kMessages> messages_{};
  std::array<iovec, kMessages> vectors_{};
  std::array<SegmentControl, kMessages> controls_{};
  uint64_t forwarded_ = 0;
  uint64_t sent_ = 0;  // messages
};

}  // namespace

std::unique_ptr<Forwarder> MakeBareForwarder(const FloorCase& what, in_addr address,
                                             std::vector<sockaddr_in> destinations) {
  return std::make_unique<BareForwarder>(what, address, std::move(destinations));
}

}  // namespace stellwerk::bench
