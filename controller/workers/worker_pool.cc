#include "controller/workers/worker_pool.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace stellwerk {
namespace {

// The pause before a worker is started again: short at first, since people wait for it, doubling
// while it keeps ending.
constexpr uint64_t kFirstPauseMs = 100;
constexpr uint64_t kLongestPauseMs = 5'000;
// One that lived so long starts with the short pause again.
constexpr uint64_t kHealthyMs = 10'000;
// A client can make a worker refuse again and again; its log lines are spaced by this.
constexpr uint64_t kRefusalLogMs = 1'000;

}  // namespace

// The place of worker i: a port and a control socket, and who sits there now.
struct WorkerPool::Seat {
  WorkerPool* pool = nullptr;
  std::size_t index = 0;
  std::unique_ptr<WorkerProcess> process;
  WorkerId id;
  bool ready = false;
  uint64_t started_ms = 0;
  uint64_t pause_ms = kFirstPauseMs;
  uv_timer_t timer{};
  std::vector<proto::StatsValue> stats;
  std::optional<uint64_t> refusal_logged_ms;
  uint64_t refusals_unlogged = 0;
};

WorkerPool::WorkerPool(uv_loop_t* loop, RuntimeDir dir, Options options, Handlers handlers)
    : loop_(loop),
      dir_(std::move(dir)),
      options_(std::move(options)),
      handlers_(std::move(handlers)) {}

absl::Status WorkerPool::Start(uv_loop_t* loop, RuntimeDir dir, Options options, Handlers handlers,
                               std::unique_ptr<WorkerPool>& pool) {
  dir.EndOrphans();
  pool.reset(new WorkerPool(loop, std::move(dir), std::move(options), std::move(handlers)));
  for (std::size_t i = 0; i < pool->options_.count; ++i) {
    auto* seat = new Seat;
    pool->seats_.emplace_back(seat, [](Seat* closing) {
      closing->pool = nullptr;
      closing->process.reset();
      uv_close(reinterpret_cast<uv_handle_t*>(&closing->timer),
               [](uv_handle_t* handle) { delete static_cast<Seat*>(handle->data); });
    });
    seat->pool = pool.get();
    seat->index = i;
    seat->timer.data = seat;
    uv_timer_init(loop, &seat->timer);
    if (const absl::Status status = pool->Spawn(*seat); !status.ok()) return status;
  }
  return absl::OkStatus();
}

WorkerPool::~WorkerPool() = default;

absl::Status WorkerPool::Spawn(Seat& seat) {
  seat.id = WorkerId(next_id_++);
  seat.ready = false;
  seat.started_ms = uv_now(loop_);
  std::vector<std::string> arguments = options_.arguments;
  const std::size_t port = options_.rtc_port == 0 ? 0 : options_.rtc_port + seat.index;
  arguments.insert(arguments.end(), {"--rtc-port", std::to_string(port)});

  WorkerProcess::Handlers handlers;
  Seat* place = &seat;
  handlers.on_ready = [this, place](const proto::WorkerHello& hello) {
    spdlog::info("worker {} is ready, pid {}", place->index, hello.pid);
    place->ready = true;
    handlers_.on_ready(place->id, hello);
  };
  handlers.on_notification = [this, place](const proto::Notification& notification) {
    handlers_.on_notification(place->id, notification);
  };
  handlers.on_ended = [this, place](std::string_view reason) { OnEnded(*place, reason); };
  auto process = WorkerProcess::Start(loop_, options_.binary, std::move(arguments),
                                      dir_.SocketPath(seat.index), std::move(handlers));
  if (!process.ok()) return process.status();
  seat.process = *std::move(process);
  return absl::OkStatus();
}

void WorkerPool::OnEnded(Seat& seat, std::string_view reason) {
  if (uv_now(loop_) - seat.started_ms >= kHealthyMs) seat.pause_ms = kFirstPauseMs;
  spdlog::error("worker {} {}; another is started in {} ms", seat.index, reason, seat.pause_ms);
  ++restarts_;
  seat.stats.clear();
  const bool was_ready = std::exchange(seat.ready, false);
  uv_timer_start(
      &seat.timer,
      [](uv_timer_t* timer) {
        auto* place = static_cast<Seat*>(timer->data);
        place->process.reset();
        const absl::Status status = place->pool->Spawn(*place);
        if (!status.ok()) place->pool->OnEnded(*place, std::string(status.message()));
      },
      seat.pause_ms, 0);
  seat.pause_ms = std::min(seat.pause_ms * 2, kLongestPauseMs);
  if (was_ready) handlers_.on_lost(seat.id);
}

WorkerPool::Seat* WorkerPool::Find(WorkerId id) const {
  const auto it = std::find_if(seats_.begin(), seats_.end(),
                               [&](const auto& seat) { return seat->id == id && seat->ready; });
  return it == seats_.end() ? nullptr : it->get();
}

void WorkerPool::Send(WorkerId id, proto::RequestBody request) {
  if (Seat* seat = Find(id)) SendTo(*seat, std::move(request), nullptr);
}

void WorkerPool::Ask(WorkerId id, proto::RequestBody request, OnResponse on_response) {
  Seat* seat = Find(id);
  if (seat == nullptr) {
    return on_response(proto::Error{proto::ErrorCode::kInternal, "the worker is gone"});
  }
  SendTo(*seat, std::move(request), std::move(on_response));
}

void WorkerPool::SendTo(Seat& seat, proto::RequestBody request, OnResponse on_response) {
  // A worker hangs up on bytes that it can't decode, and with it go all of its rooms; so a request
  // out of the wire's bounds must not reach it.
  proto::Request checked{0, std::move(request)};
  const auto decoded = proto::Decode(proto::Encode(checked));
  if (!decoded.ok()) {
    const std::string reason(decoded.status().message());
    CountRefusal(seat, reason);
    if (on_response) on_response(proto::Error{proto::ErrorCode::kInvalidArgument, reason});
    return;
  }
  seat.process->Send(std::move(checked.body),
                     [this, place = &seat,
                      on_response = std::move(on_response)](proto::ResponseBody response) mutable {
                       if (const auto* error = std::get_if<proto::Error>(&response))
                         CountRefusal(*place, error->text);
                       if (on_response) on_response(std::move(response));
                     });
}

void WorkerPool::CountRefusal(Seat& seat, std::string_view reason) {
  ++failed_requests_;
  const uint64_t now_ms = uv_now(loop_);
  if (seat.refusal_logged_ms && now_ms - *seat.refusal_logged_ms < kRefusalLogMs) {
    ++seat.refusals_unlogged;
    return;
  }
  seat.refusal_logged_ms = now_ms;
  spdlog::warn("worker {} refused a request: {} ({} more since the last such line)", seat.index,
               reason, std::exchange(seat.refusals_unlogged, 0));
}

void WorkerPool::RequestStats() {
  for (const auto& seat : seats_) {
    if (!seat->ready) continue;
    seat->process->Send(proto::GetStats{.objects = false},
                        [place = seat.get()](proto::ResponseBody response) {
                          auto* chunk = std::get_if<proto::StatsChunk>(&response);
                          if (chunk != nullptr && !chunk->worker.empty())
                            place->stats = std::move(chunk->worker);
                        });
  }
}

std::vector<WorkerPool::WorkerStats> WorkerPool::stats() const {
  std::vector<WorkerStats> all;
  for (const auto& seat : seats_) {
    if (seat->ready) all.push_back({seat->index, seat->stats});
  }
  return all;
}

std::size_t WorkerPool::ready_count() const {
  return static_cast<std::size_t>(
      std::count_if(seats_.begin(), seats_.end(), [](const auto& seat) { return seat->ready; }));
}

}  // namespace stellwerk
