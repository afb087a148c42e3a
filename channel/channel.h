#pragma once

#include <uv.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "channel/frame_reader.h"
#include "proto/message.h"

namespace stellwerk::channel {

// One end of the connection between a controller and a worker: whole messages over a Unix stream
// socket on a libuv loop. What is sent in one turn of the loop is written together at its end, for
// each write wakes the other side; what the socket does not take is queued within a bound. The one
// who owns it may destroy it at any time, also from within a callback.
class Channel {
 public:
  enum class Writes : uint8_t {
    kByItself,   // before the loop sleeps
    kWhenAsked,  // by Flush(), for an owner who has something more urgent to do in a turn
  };
  struct Handlers {
    // Every message that arrived and was found good.
    absl::AnyInvocable<void(proto::Message)> on_message;
    // Once, when the channel has ended for another reason than Close(): the peer went away, sent
    // what is not a message, or does not read (the bound of the queue). The channel can only be
    // destroyed then.
    absl::AnyInvocable<void(std::string_view reason)> on_closed;
  };
  // Bytes that may wait for a peer that does not read.
  static constexpr std::size_t kMaxQueuedBytes = 64 * 1024 * 1024;

  // How long one turn of the loop may hand over messages. The rest waits until the loop has come
  // round, so that a flood of requests can't starve media.
  static constexpr std::chrono::microseconds kTurn{500};

  // Takes over a connected stream socket.
  static absl::StatusOr<std::unique_ptr<Channel>> Adopt(uv_loop_t* loop, int fd, Handlers handlers,
                                                        Writes writes = Writes::kByItself);
  // Connects to a listening socket. Unix sockets connect at once or not at all.
  static absl::StatusOr<std::unique_ptr<Channel>> Connect(uv_loop_t* loop, std::string_view path,
                                                          Handlers handlers);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void Send(const proto::Message& message);
  // Writes as much of what was sent as the socket takes; the rest follows when it takes more.
  void Flush();
  // Ends the connection without calling on_closed; what the socket has not taken by now is lost.
  void Close();
  [[nodiscard]] bool is_open() const;
  // Whether the peer has closed its end, though what it said may not have been read yet.
  [[nodiscard]] bool PeerIsGone() const;
  [[nodiscard]] std::size_t queued_bytes() const;

 private:
  struct State;
  explicit Channel(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace stellwerk::channel
