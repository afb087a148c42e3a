#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include "channel/worker_client.h"
#include "controller/room/worker_id.h"
#include "controller/workers/runtime_dir.h"
#include "controller/workers/worker_process.h"
#include "proto/message.h"

namespace stellwerk {

// The workers of this controller: started, watched, and started again when they end. Each start is
// a new WorkerId.
class WorkerPool {
 public:
  struct Options {
    std::size_t count = 1;
    std::string binary;
    std::vector<std::string> arguments;  // of each worker, without its port and control socket
    uint16_t rtc_port = 0;
  };
  struct Handlers {
    absl::AnyInvocable<void(WorkerId, const proto::WorkerHello&)> on_ready;
    absl::AnyInvocable<void(WorkerId)> on_lost;  // after on_ready
    absl::AnyInvocable<void(WorkerId, const proto::Notification&)> on_notification;
  };
  struct WorkerStats {
    std::size_t index = 0;
    std::vector<proto::StatsValue> values;
  };

  // The error is that the program can't be started at all; a worker that ends is started again with
  // a growing pause.
  static absl::Status Start(uv_loop_t* loop, RuntimeDir dir, Options options, Handlers handlers,
                            std::unique_ptr<WorkerPool>& pool);
  // The workers end.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Ignored if that worker is gone: its rooms have heard of it. A request that the worker could not
  // decode is not sent, and counts as refused.
  void Send(WorkerId id, proto::RequestBody request);
  using OnResponse = channel::WorkerClient::OnResponse;
  // The same, and the response is wanted: an Error at once if the worker is gone, none at all if it
  // goes before it has answered.
  void Ask(WorkerId id, proto::RequestBody request, OnResponse on_response);
  // Asks every worker for its numbers; stats() has them when they came.
  void RequestStats();

  [[nodiscard]] std::vector<WorkerStats> stats() const;
  [[nodiscard]] std::size_t ready_count() const;
  [[nodiscard]] uint64_t restarts() const { return restarts_; }
  [[nodiscard]] uint64_t failed_requests() const { return failed_requests_; }

 private:
  struct Seat;
  WorkerPool(uv_loop_t* loop, RuntimeDir dir, Options options, Handlers handlers);
  absl::Status Spawn(Seat& seat);
  void OnEnded(Seat& seat, std::string_view reason);
  Seat* Find(WorkerId id) const;
  void SendTo(Seat& seat, proto::RequestBody request, OnResponse on_response);
  void CountRefusal(Seat& seat, std::string_view reason);

  uv_loop_t* loop_;
  RuntimeDir dir_;
  Options options_;
  Handlers handlers_;
  std::vector<std::unique_ptr<Seat, void (*)(Seat*)>> seats_;
  uint32_t next_id_ = 1;
  uint64_t restarts_ = 0;
  uint64_t failed_requests_ = 0;
};

}  // namespace stellwerk
