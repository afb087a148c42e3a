#include "channel/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <limits>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "channel/unix_socket.h"

namespace stellwerk::channel {
namespace {

constexpr std::size_t kReadSize = 64 * 1024;
// Bytes of one turn, in reads.
constexpr int kReadsPerTurn = 4;
constexpr std::size_t kMessagesPerWrite = 64;

// A libuv handle on the heap, freed by its own close callback.
template <typename Handle>
void Release(Handle*& handle) {
  uv_close(reinterpret_cast<uv_handle_t*>(std::exchange(handle, nullptr)),
           [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
}

}  // namespace

// Shared with the callbacks in flight, so that the channel may be destroyed by what it calls.
struct Channel::State : std::enable_shared_from_this<Channel::State> {
  State(int socket, Handlers callbacks, Writes how)
      : fd(socket), handlers(std::move(callbacks)), writes(how) {}
  ~State() {
    if (fd >= 0) ::close(fd);
  }

  absl::Status Start(uv_loop_t* loop);
  void OnPoll(int events);
  void OnReadable();
  // Reads until the socket is empty, or the turn is over.
  void Read(uint64_t until_ns);
  // The peer is gone: takes what it still said, for that may be why, and ends.
  void Drain(std::string_view reason);
  // Hands over what has been read. False when the channel has ended.
  bool Deliver(uint64_t until_ns);
  void Queue(std::vector<uint8_t> bytes);
  void Flush();
  // What one call of the system takes; its errno.
  int Write();
  void Forget(std::size_t bytes);
  // What is left for the loop's next turn: messages that were read, or that are to be written.
  void Later();
  void OnIdle();
  void UpdatePoll();
  void Fail(std::string reason);
  void Shut();

  int fd;
  Handlers handlers;
  Writes writes;
  uv_poll_t* poll = nullptr;
  uv_idle_t* idle = nullptr;  // runs while something is left to do, lest the loop sleep
  int polled = 0;             // the events that `poll` waits for
  bool open = false;
  bool full = false;         // the socket took no more, and says when it does
  bool undelivered = false;  // in `reader`, perhaps
  FrameReader reader{proto::kMaxMessageSize};
  std::deque<std::vector<uint8_t>> queue;
  std::size_t front_offset = 0;
  std::size_t queued_bytes = 0;
  std::string pending_failure;
};

absl::Status Channel::State::Start(uv_loop_t* loop) {
  poll = new uv_poll_t;
  if (const int error = uv_poll_init(loop, poll, fd); error != 0) {
    delete poll;
    poll = nullptr;
    return absl::InternalError(std::string("control channel: ") + uv_strerror(error));
  }
  poll->data = this;
  idle = new uv_idle_t;
  uv_idle_init(loop, idle);
  idle->data = this;
  open = true;
  UpdatePoll();
  return absl::OkStatus();
}

void Channel::State::UpdatePoll() {
  // What is queued but was never refused by the socket needs no waiting for it.
  const int events = full ? UV_READABLE | UV_WRITABLE : UV_READABLE;
  // libuv starts anew with system calls, also when nothing changes.
  if (!open || std::exchange(polled, events) == events) return;
  uv_poll_start(poll, events, [](uv_poll_t* handle, int status, int what) {
    const auto self = static_cast<State*>(handle->data)->shared_from_this();
    if (status < 0) {
      self->Drain(uv_strerror(status));
    } else {
      self->OnPoll(what);
    }
  });
}

void Channel::State::Later() {
  if (!open) return;
  uv_idle_start(idle, [](uv_idle_t* handle) {
    const auto self = static_cast<State*>(handle->data)->shared_from_this();
    self->OnIdle();
  });
}

void Channel::State::OnIdle() {
  uv_idle_stop(idle);
  if (writes == Writes::kByItself) Flush();
  if (open && undelivered) OnReadable();
}

void Channel::State::OnPoll(int events) {
  if ((events & UV_WRITABLE) != 0) Flush();
  // What is left of the turn before comes first, and from there.
  if (open && !undelivered && (events & UV_READABLE) != 0) OnReadable();
}

void Channel::State::OnReadable() {
  Read(uv_hrtime() + static_cast<uint64_t>(std::chrono::nanoseconds(kTurn).count()));
}

void Channel::State::Read(uint64_t until_ns) {
  std::array<uint8_t, kReadSize> bytes;
  if (undelivered && !Deliver(until_ns)) return;
  for (int i = 0; i < kReadsPerTurn && open && !undelivered; ++i) {
    const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got < 0) return Fail(std::strerror(errno));
    if (got == 0) {
      return Fail(reader.at_boundary() ? "the other side closed the connection"
                                       : "the other side closed the connection inside a message");
    }
    reader.Append(std::span(bytes).first(static_cast<std::size_t>(got)));
    if (!Deliver(until_ns)) return;
    // A stream that had less than was asked for is empty; poll says when it is not.
    if (static_cast<std::size_t>(got) < bytes.size()) return;
  }
}

void Channel::State::Drain(std::string_view reason) {
  constexpr int kMaxTurns = 1024;
  Forget(queued_bytes);
  for (int i = 0; i < kMaxTurns && open; ++i) Read(std::numeric_limits<uint64_t>::max());
  Fail(std::string(reason));
}

bool Channel::State::Deliver(uint64_t until_ns) {
  undelivered = false;
  while (open) {
    const auto frame = reader.Next();
    if (!frame.ok()) {
      Fail(std::string(frame.status().message()));
      return false;
    }
    if (!frame->has_value()) return true;
    auto message = proto::Decode(**frame);
    if (!message.ok()) {
      Fail(std::string(message.status().message()));
      return false;
    }
    handlers.on_message(*std::move(message));
    if (open && uv_hrtime() >= until_ns) {
      undelivered = true;
      Later();
      return true;
    }
  }
  return false;
}

void Channel::State::Queue(std::vector<uint8_t> bytes) {
  queued_bytes += bytes.size();
  queue.push_back(std::move(bytes));
  if (writes == Writes::kByItself && !full) Later();
}

void Channel::State::Flush() {
  if (!pending_failure.empty()) return;
  int error = 0;
  while (open && !queue.empty() && error == 0) error = Write();
  if (error != 0 && error != EAGAIN && error != EWOULDBLOCK) {
    // The one who sends may not be called back from within; the loop reports it.
    pending_failure = std::strerror(error);
    Forget(queued_bytes);
    ::shutdown(fd, SHUT_RDWR);
  }
  full = !queue.empty();
  UpdatePoll();
}

int Channel::State::Write() {
  std::array<iovec, kMessagesPerWrite> parts;
  const std::size_t count = std::min(queue.size(), parts.size());
  for (std::size_t i = 0; i < count; ++i) {
    parts[i] = {.iov_base = queue[i].data(), .iov_len = queue[i].size()};
  }
  parts[0].iov_base = queue.front().data() + front_offset;
  parts[0].iov_len -= front_offset;
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  const ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL);
  if (sent < 0) return errno == EINTR ? 0 : errno;
  Forget(static_cast<std::size_t>(sent));
  return 0;
}

void Channel::State::Forget(std::size_t bytes) {
  queued_bytes -= bytes;
  front_offset += bytes;
  while (!queue.empty() && front_offset >= queue.front().size()) {
    front_offset -= queue.front().size();
    queue.pop_front();
  }
}

void Channel::State::Fail(std::string reason) {
  if (!open) return;
  if (!pending_failure.empty()) reason = std::exchange(pending_failure, {});
  Shut();
  if (handlers.on_closed) handlers.on_closed(reason);
}

void Channel::State::Shut() {
  if (!open) return;
  open = false;
  uv_poll_stop(poll);
  Release(poll);
  Release(idle);
  // uv_poll has been stopped and forgets the descriptor at once, so closing it now is fine.
  ::close(std::exchange(fd, -1));
  Forget(queued_bytes);
}

Channel::Channel(std::shared_ptr<State> state) : state_(std::move(state)) {}

Channel::~Channel() { Close(); }

absl::StatusOr<std::unique_ptr<Channel>> Channel::Adopt(uv_loop_t* loop, int fd, Handlers handlers,
                                                        Writes writes) {
  auto state = std::make_shared<State>(fd, std::move(handlers), writes);
  if (const absl::Status status = SetNonBlocking(fd); !status.ok()) return status;
  if (const absl::Status status = state->Start(loop); !status.ok()) return status;
  return std::unique_ptr<Channel>(new Channel(std::move(state)));
}

absl::StatusOr<std::unique_ptr<Channel>> Channel::Connect(uv_loop_t* loop, std::string_view path,
                                                          Handlers handlers) {
  const auto fd = ConnectUnixSocket(path);
  if (!fd.ok()) return fd.status();
  return Adopt(loop, *fd, std::move(handlers));
}

void Channel::Send(const proto::Message& message) {
  if (!state_->open || !state_->pending_failure.empty()) return;
  std::vector<uint8_t> bytes = proto::Encode(message);
  if (state_->queued_bytes + bytes.size() > kMaxQueuedBytes) {
    state_->pending_failure = "the other side does not read";
    ::shutdown(state_->fd, SHUT_RDWR);  // wakes the loop, which reports it
    return;
  }
  state_->Queue(std::move(bytes));
}

void Channel::Flush() {
  if (!state_->full) state_->Flush();
}

void Channel::Close() {
  if (!state_->open) return;
  state_->Flush();
  state_->Shut();
}

bool Channel::is_open() const { return state_->open; }

bool Channel::PeerIsGone() const {
  pollfd poll{.fd = state_->fd, .events = POLLRDHUP, .revents = 0};
  return !state_->open ||
         (::poll(&poll, 1, 0) > 0 && (poll.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0);
}

std::size_t Channel::queued_bytes() const { return state_->queued_bytes; }

}  // namespace stellwerk::channel
