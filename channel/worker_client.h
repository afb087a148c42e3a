#pragma once

#include <uv.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "channel/channel.h"
#include "proto/message.h"

namespace stellwerk::channel {

// The controller's end: says hello, sends requests and gives each response to the one who asked.
// Handlers may destroy the client.
class WorkerClient {
 public:
  struct Handlers {
    // The worker has accepted us. Requests sent before are not lost: they follow the hello.
    absl::AnyInvocable<void(const proto::WorkerHello&)> on_hello;
    absl::AnyInvocable<void(proto::Notification)> on_notification;
    // Once, when the connection is over, with the reason: the worker died, refused us (text of
    // proto::Refusal), or sent nonsense. Requests that are not answered yet never will be; their
    // callbacks are dropped.
    absl::AnyInvocable<void(std::string_view reason)> on_closed;
  };
  // Called with each response; several times for Snapshot, GetStats and GetTransportStats, until a
  // chunk that is the last, or an Error.
  using OnResponse = absl::AnyInvocable<void(proto::ResponseBody)>;

  static absl::StatusOr<std::unique_ptr<WorkerClient>> Connect(uv_loop_t* loop,
                                                               std::string_view path,
                                                               Handlers handlers);
  ~WorkerClient();

  // Returns the request's id. Without `on_response` an error is only logged.
  uint64_t Send(proto::RequestBody body, OnResponse on_response = nullptr);
  [[nodiscard]] bool is_open() const;
  [[nodiscard]] std::size_t unanswered() const;

 private:
  struct State;
  explicit WorkerClient(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace stellwerk::channel
