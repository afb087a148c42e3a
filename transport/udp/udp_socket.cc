#include "transport/udp/udp_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>

#include "transport/base/kernel_address.h"
#include "transport/udp/receive_batch.h"
#include "transport/udp/send_batch.h"
#include "transport/udp/udp_memory.h"

namespace stellwerk {
namespace {

// Datagrams read before the loop gets its turn, so that a flood does not starve timers and the
// control channel.
constexpr std::size_t kDatagramsPerTurn = 256;
// Queued datagrams looked at in one go.
constexpr std::size_t kQueuedPerCall = SendBatch::kDatagrams;

absl::Status SystemError(const SocketAddress& address, const char* what, int error) {
  return absl::UnavailableError("udp " + address.ToText() + ": " + what + ": " +
                                std::strerror(error));
}

// The FORCE variants pass the limits of net.core, and need a privilege. Returns what was granted.
uint64_t SetBuffer(int fd, int force_option, int option, int bytes) {
  if (setsockopt(fd, SOL_SOCKET, force_option, &bytes, sizeof(bytes)) != 0) {
    static_cast<void>(setsockopt(fd, SOL_SOCKET, option, &bytes, sizeof(bytes)));
  }
  int granted = 0;
  socklen_t size = sizeof(granted);
  if (getsockopt(fd, SOL_SOCKET, option, &granted, &size) != 0 || granted < 0) return 0;
  return static_cast<uint64_t>(granted) / 2;  // socket(7): the kernel doubles it for its own needs
}

ReceiveBatch::Wishes WishesOf(const SocketAddress& local, const UdpOptions& options) {
  return {.is_v6 = local.ip.is_v6(),
          .local = local.ip.is_unspecified(),
          .offload = options.receive_offload};
}

int64_t RealtimeNow() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

std::shared_ptr<UdpMemory> MakeUdpMemory() { return std::make_shared<UdpMemory>(); }

absl::StatusOr<std::unique_ptr<UdpSocket>> UdpSocket::Bind(uv_loop_t* loop, PacketPool& pool,
                                                           const SocketAddress& address,
                                                           ReadClock clock, OnReceived on_received,
                                                           const UdpOptions& options) {
  const int fd =
      socket(address.ip.is_v6() ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return SystemError(address, "socket", errno);
  // From here on the object closes it.
  std::unique_ptr<UdpSocket> udp(
      new UdpSocket(pool, fd, address, std::move(clock), std::move(on_received), options));
  if (address.ip.is_v6()) {
    // One socket per family: an IPv4 peer must not appear as a mapped address on two of them.
    const int on = 1;
    static_cast<void>(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)));
  }
  udp->stats_.receive_buffer_bytes =
      SetBuffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, options.receive_buffer_bytes);
  udp->stats_.send_buffer_bytes =
      SetBuffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, options.send_buffer_bytes);
  ReceiveBatch::Prepare(fd, WishesOf(address, options));
  KernelAddress kernel = ToKernel(address);
  if (bind(fd, kernel.get(), kernel.size) != 0) return SystemError(address, "bind", errno);
  kernel.size = sizeof(kernel.storage);
  if (getsockname(fd, kernel.get(), &kernel.size) != 0)
    return SystemError(address, "getsockname", errno);
  udp->local_.port = FromKernel(kernel.storage).value_or(address).port;
  if (absl::Status status = udp->StartPolling(loop); !status.ok()) return status;
  return udp;
}

UdpSocket::UdpSocket(PacketPool& pool, int fd, const SocketAddress& local, ReadClock clock,
                     OnReceived on_received, const UdpOptions& options)
    : pool_(pool),
      fd_(fd),
      local_(local),
      is_bound_to_any_(local.ip.is_unspecified()),
      clock_(std::move(clock)),
      on_received_(std::move(on_received)),
      options_(options),
      segment_offload_(options.send_offload),
      memory_(options.memory != nullptr ? options.memory : MakeUdpMemory()) {}

UdpSocket::~UdpSocket() {
  if (poll_ != nullptr) {
    uv_poll_stop(poll_);
    uv_close(static_cast<uv_handle_t*>(static_cast<void*>(poll_)), [](uv_handle_t* handle) {
      delete static_cast<uv_poll_t*>(static_cast<void*>(handle));
    });
  }
  close(fd_);
}

absl::Status UdpSocket::StartPolling(uv_loop_t* loop) {
  auto poll = std::make_unique<uv_poll_t>();
  if (const int error = uv_poll_init(loop, poll.get(), fd_); error != 0) {
    return absl::UnavailableError("udp " + local_.ToText() + ": poll: " + uv_strerror(error));
  }
  poll_ = poll.release();
  poll_->data = this;
  SetInterest();
  return absl::OkStatus();
}

void UdpSocket::SetInterest() {
  waiting_for_write_ = !queue_.empty();
  uv_poll_start(poll_, UV_READABLE | (waiting_for_write_ ? UV_WRITABLE : 0),
                [](uv_poll_t* poll, int status, int events) {
                  // An error of the socket shows in recvmmsg, which also clears it.
                  static_cast<UdpSocket*>(poll->data)->OnPoll(status < 0 ? UV_READABLE : events);
                });
}

void UdpSocket::OnPoll(int events) {
  if ((events & UV_WRITABLE) != 0) HandleWritable();
  if ((events & UV_READABLE) != 0) HandleReadable();
}

void UdpSocket::HandleReadable() {
  for (std::size_t taken = 0; taken < kDatagramsPerTurn;) {
    const int count = memory_->receive.Receive(fd_, WishesOf(local_, options_));
    if (count < 0) {
      if (count != -EAGAIN && count != -EINTR) stats_.drops.Count(DropReason::kSocketError);
      return;
    }
    ++stats_.receive_calls;
    stats_.receive_messages += static_cast<uint64_t>(count);
    taken += Deliver(static_cast<std::size_t>(count));
    if (count < static_cast<int>(ReceiveBatch::kMessages)) return;
  }
}

std::size_t UdpSocket::Deliver(std::size_t messages) {
  // Both clocks are read now, so the difference is right even if the system's time was set
  // meanwhile.
  const Timestamp now = clock_();
  const int64_t realtime_now = RealtimeNow();
  std::size_t taken = 0;
  for (std::size_t i = 0; i < messages; ++i) {
    const ReceiveBatch::Message message = memory_->receive.Get(i);
    if (message.overflows)
      stats_.kernel_overflows +=
          *message.overflows - std::exchange(last_overflows_, *message.overflows);
    const auto age =
        std::max<int64_t>(0, realtime_now - message.realtime_ns.value_or(realtime_now));
    taken += Take(message, now - TimeDelta(age));
  }
  Yield();
  return taken;
}

std::size_t UdpSocket::Take(const ReceiveBatch::Message& message, Timestamp arrival) {
  const Tuple tuple = {.protocol = IpProtocol::kUdp,
                       .local = {.ip = message.local.value_or(local_.ip), .port = local_.port},
                       .remote = message.from};
  std::span<const uint8_t> rest = message.bytes;
  const std::size_t segment = message.segment_size > 0 ? message.segment_size : rest.size();
  std::size_t taken = 0;
  do {  // at least once: a datagram may be empty
    const auto bytes = rest.first(std::min(segment, rest.size()));
    rest = rest.subspan(bytes.size());
    ++taken;
    if (message.truncated || bytes.size() > kMaxDatagram) {
      stats_.drops.Count(DropReason::kTooLarge);
      continue;
    }
    ++stats_.datagrams_received;
    stats_.bytes_received += bytes.size();
    if (memory_->received.size() == kBatch) Yield();
    memory_->received.push_back({tuple, arrival, pool_.Copy(bytes)});
  } while (!rest.empty());
  if (taken > 1) stats_.receive_merged += taken;
  if (message.congestion_experienced) stats_.congestion_marked += taken;
  return taken;
}

void UdpSocket::Yield() {
  if (!memory_->received.empty()) on_received_(memory_->received);
  memory_->received.clear();
}

void UdpSocket::Send(std::span<const OutgoingDatagram> datagrams) {
  auto& to_send = memory_->to_send;
  to_send.clear();
  for (const OutgoingDatagram& datagram : datagrams) {
    if (IsOurs(datagram.tuple)) to_send.push_back(&datagram);
  }
  if (to_send.empty()) return;
  memory_->order.Arrange(to_send);
  std::size_t done = 0;
  // Nothing overtakes what waits already.
  if (queue_.empty()) done = SendSome(to_send);
  for (std::size_t i = done; i < to_send.size(); ++i) Enqueue(*to_send[i]);
  if (waiting_for_write_ != !queue_.empty()) SetInterest();
}

std::size_t UdpSocket::SendSome(std::span<const OutgoingDatagram* const> datagrams) {
  std::size_t done = 0;
  while (done < datagrams.size()) {
    const auto rest = datagrams.subspan(done);
    const SendBatch::Sent sent = memory_->send.Send(fd_, rest, is_bound_to_any_, segment_offload_);
    ++stats_.send_calls;
    if (sent.error == EINTR) continue;
    if (sent.error == EAGAIN) {
      ++stats_.send_blocked;
      return done;
    }
    if (sent.error != 0 && sent.datagrams > 1 && SegmentOffload::IsRefusal(sent.error)) {
      // Again, one by one.
      ++stats_.segments_refused;
      segment_offload_.OnRefused(rest.front()->tuple.remote);
      continue;
    }
    done += sent.datagrams;
    if (sent.error != 0) {
      // This one can't be sent (no route, too large): the others may.
      for (std::size_t i = 0; i < sent.datagrams; ++i) stats_.drops.Count(DropReason::kSocketError);
    } else {
      CountSent(rest.first(sent.datagrams), sent);
    }
  }
  return done;
}

void UdpSocket::CountSent(std::span<const OutgoingDatagram* const> datagrams,
                          const SendBatch::Sent& sent) {
  const Timestamp now = clock_();
  for (const OutgoingDatagram* datagram : datagrams) {
    stats_.bytes_sent += datagram->packet.size();
    const Timestamp arrival = datagram->packet.arrival();
    if (arrival != Timestamp{}) stats_.transit.Count(now - arrival);
  }
  stats_.datagrams_sent += datagrams.size();
  stats_.send_messages += sent.messages;
  stats_.segmented += sent.run_datagrams;
  if (sent.runs > 0) segment_offload_.OnAccepted(sent.runs);
}

void UdpSocket::Enqueue(const OutgoingDatagram& datagram) {
  if (queue_.size() >= options_.max_queued) return stats_.drops.Count(DropReason::kQueueFull);
  ++stats_.queued;
  queue_.push_back(datagram);
}

void UdpSocket::HandleWritable() {
  auto& to_send = memory_->to_send;
  while (!queue_.empty()) {
    to_send.clear();
    for (const OutgoingDatagram& datagram : queue_) {
      if (to_send.size() == kQueuedPerCall) break;
      to_send.push_back(&datagram);
    }
    const std::size_t done = SendSome(to_send);
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(done));
    if (done < to_send.size()) return;
  }
  SetInterest();
}

}  // namespace stellwerk
