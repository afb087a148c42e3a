#pragma once

#include <uv.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include "channel/worker_client.h"
#include "proto/message.h"

namespace stellwerk {

// One stellwerk-worker that we started, and the channel to it. It runs in a session of its own:
// Ctrl-C in a terminal reaches the controller only, which then drains.
class WorkerProcess {
 public:
  struct Handlers {
    absl::AnyInvocable<void(const proto::WorkerHello&)> on_ready;
    absl::AnyInvocable<void(proto::Notification)> on_notification;
    // Once: the process ended, or does not talk (then it is killed). The reason is for the log.
    absl::AnyInvocable<void(std::string_view reason)> on_ended;
  };

  // `arguments` without the program's name and --control.
  static absl::StatusOr<std::unique_ptr<WorkerProcess>> Start(uv_loop_t* loop,
                                                              const std::string& binary,
                                                              std::vector<std::string> arguments,
                                                              const std::string& control_path,
                                                              Handlers handlers);
  // Without any callback; the process gets SIGTERM.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // Only after on_ready.
  void Send(proto::RequestBody request, channel::WorkerClient::OnResponse on_response);
  [[nodiscard]] int pid() const;

 private:
  struct State;
  explicit WorkerProcess(State* state) : state_(state) {}
  State* state_;
};

}  // namespace stellwerk
