#include "channel/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "channel/unix_socket.h"

namespace stellwerk::channel {
namespace {

constexpr std::size_t kReadSize = 64 * 1024;
// Messages of one turn; the rest waits until the loop comes round, so that a flood of requests
// can't starve media.
constexpr int kReadsPerTurn = 4;

}  // namespace

// Shared with the callbacks in flight, so that the channel may be destroyed by what it calls.
struct Channel::State : std::enable_shared_from_this<Channel::State> {
  State(int socket, Handlers callbacks) : fd(socket), handlers(std::move(callbacks)) {}
  ~State() {
    if (fd >= 0) ::close(fd);
  }

  absl::Status Start(uv_loop_t* loop);
  void OnPoll(int events);
  void OnReadable();
  // The peer is gone: takes what it still said, for that may be why, and ends.
  void Drain(std::string_view reason);
  // False when the channel has ended.
  bool Deliver();
  void Flush();
  void UpdatePoll();
  void Fail(std::string reason);
  void Shut();

  int fd;
  Handlers handlers;
  uv_poll_t* poll = nullptr;  // freed by its own close callback
  bool open = false;
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
  open = true;
  UpdatePoll();
  return absl::OkStatus();
}

void Channel::State::UpdatePoll() {
  if (!open) return;
  const int events = queue.empty() ? UV_READABLE : UV_READABLE | UV_WRITABLE;
  uv_poll_start(poll, events, [](uv_poll_t* handle, int status, int what) {
    const auto self = static_cast<State*>(handle->data)->shared_from_this();
    if (status < 0) {
      self->Drain(uv_strerror(status));
    } else {
      self->OnPoll(what);
    }
  });
}

void Channel::State::OnPoll(int events) {
  if ((events & UV_WRITABLE) != 0) Flush();
  if (open && (events & UV_READABLE) != 0) OnReadable();
}

void Channel::State::OnReadable() {
  std::array<uint8_t, kReadSize> bytes;
  for (int i = 0; i < kReadsPerTurn && open; ++i) {
    const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got < 0) return Fail(std::strerror(errno));
    if (got == 0) {
      return Fail(reader.at_boundary() ? "the other side closed the connection"
                                       : "the other side closed the connection inside a message");
    }
    reader.Append(std::span(bytes).first(static_cast<std::size_t>(got)));
    if (!Deliver()) return;
  }
}

void Channel::State::Drain(std::string_view reason) {
  constexpr int kMaxTurns = 1024;
  queue.clear();
  for (int i = 0; i < kMaxTurns && open; ++i) OnReadable();
  Fail(std::string(reason));
}

bool Channel::State::Deliver() {
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
  }
  return false;
}

void Channel::State::Flush() {
  while (!queue.empty()) {
    const auto rest = std::span<const uint8_t>(queue.front()).subspan(front_offset);
    const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (sent < 0) {
      // The one who sends may not be called back from within; the loop reports it.
      pending_failure = std::strerror(errno);
      queue.clear();
      queued_bytes = 0;
      front_offset = 0;
      ::shutdown(fd, SHUT_RDWR);
      break;
    }
    queued_bytes -= static_cast<std::size_t>(sent);
    front_offset += static_cast<std::size_t>(sent);
    if (front_offset == queue.front().size()) {
      queue.pop_front();
      front_offset = 0;
    }
  }
  UpdatePoll();
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
  uv_close(reinterpret_cast<uv_handle_t*>(std::exchange(poll, nullptr)),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
  // uv_poll has been stopped and forgets the descriptor at once, so closing it now is fine.
  ::close(std::exchange(fd, -1));
  queue.clear();
  queued_bytes = 0;
}

Channel::Channel(std::shared_ptr<State> state) : state_(std::move(state)) {}

Channel::~Channel() { Close(); }

absl::StatusOr<std::unique_ptr<Channel>> Channel::Adopt(uv_loop_t* loop, int fd,
                                                        Handlers handlers) {
  auto state = std::make_shared<State>(fd, std::move(handlers));
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
  state_->queued_bytes += bytes.size();
  state_->queue.push_back(std::move(bytes));
  if (state_->queue.size() == 1) state_->Flush();
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
