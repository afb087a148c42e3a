#include "controller/server/server.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <thread>
#include <utility>

#include "controller/metrics/metrics.h"
#include "controller/server/local_addresses.h"
#include "controller/server/open_files.h"

namespace stellwerk {
namespace {

// How often workers are asked for their numbers.
constexpr uint64_t kStatsSeconds = 5;

Controller::Options ControllerOptions(const Config& config) {
  Controller::Options options;
  options.rooms.max_rooms = config.limits.rooms;
  options.rooms.max_participants = config.limits.participants_per_room;
  options.rooms.max_audio_slots = config.limits.audio_slots;
  options.rooms.max_video_slots = config.limits.video_slots;
  options.rooms.grace = config.signaling.grace;
  options.rooms.codecs = config.media.audio_codecs;
  options.rooms.codecs.insert(options.rooms.codecs.end(), config.media.video_codecs.begin(),
                              config.media.video_codecs.end());
  options.room_token = config.auth.room_token.Reveal();
  options.whip_token = config.auth.whip_token.Reveal();
  options.allowed_origins = config.http.allowed_origins;
  return options;
}

// A worker counts; these of its numbers go down too.
bool IsGauge(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kGauges = {
      "routers",        "transports",     "producers",       "consumers",   "data_producers",
      "data_consumers", "packet_buffers", "tcp_connections", "video_slots", "video_slots_limited"};
  return name.ends_with("_us") || name.ends_with("_bps") || name.ends_with("_buffer_bytes") ||
         std::find(kGauges.begin(), kGauges.end(), name) != kGauges.end();
}

// libuv's clock is monotonic; rooms only measure how long something lasts.
Timestamp Now(uv_loop_t* loop) { return Timestamp(std::chrono::milliseconds(uv_now(loop))); }

}  // namespace

struct Server::Timer {
  uv_timer_t handle{};
};

Server::Server(uv_loop_t* loop, const Config& config, const Paths& paths, Handlers handlers)
    : loop_(loop),
      config_(config),
      handlers_(std::move(handlers)),
      controller_(ControllerOptions(config), random_),
      files_(paths.web_root),
      timer_(new Timer, [](Timer* timer) {
        uv_close(reinterpret_cast<uv_handle_t*>(&timer->handle),
                 [](uv_handle_t* handle) { delete reinterpret_cast<Timer*>(handle); });
      }) {
  uv_timer_init(loop, &timer_->handle);
  timer_->handle.data = this;
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(uv_loop_t* loop, const Config& config,
                                                      const Paths& paths, Handlers handlers) {
  std::unique_ptr<Server> server(new Server(loop, config, paths, std::move(handlers)));
  if (const absl::Status status = server->StartHttp(); !status.ok()) return status;
  if (const absl::Status status = server->StartWorkers(paths); !status.ok()) return status;
  uv_timer_start(
      &server->timer_->handle,
      [](uv_timer_t* timer) { static_cast<Server*>(timer->data)->OnSecond(); }, 1'000, 1'000);
  return server;
}

absl::Status Server::StartHttp() {
  HttpServer::Options options;
  options.ip = config_.http.listen.ip;
  options.port = config_.http.listen.port;
  const std::size_t open_files = RaiseOpenFileLimit();
  options.max_connections = ConnectionsWithin(open_files, config_.http.max_connections);
  if (options.max_connections < config_.http.max_connections) {
    spdlog::warn(
        "http.max_connections: {} are more than the limit of {} open files allows; it is {} (raise "
        "ulimit -n or LimitNOFILE)",
        config_.http.max_connections, open_files, options.max_connections);
  }
  options.allowed_origins = config_.http.allowed_origins;
  if (config_.tls.enabled()) {
    const bool any = IsUnspecified(options.ip);
    auto identity = config_.tls.self_signed ? MakeSelfSignedIdentity(any ? LocalAddresses(true)
                                                                         : std::vector{options.ip})
                                            : LoadTlsIdentity(config_.tls.cert, config_.tls.key);
    if (!identity.ok()) return identity.status();
    options.tls = *std::move(identity);
  }
  HttpServer::Handlers handlers;
  handlers.on_request = [this](const HttpRequest& request) { return HandleRequest(request); };
  handlers.on_open = [this](WebSocketId id) {
    controller_.OpenConnection(Now(loop_), ConnectionId(id.value()));
  };
  handlers.on_text = [this](WebSocketId id, std::string_view text) {
    ControllerOutput out;
    controller_.HandleText(Now(loop_), ConnectionId(id.value()), text, out);
    Carry(out);
  };
  handlers.on_closed = [this](WebSocketId id) {
    controller_.CloseConnection(Now(loop_), ConnectionId(id.value()));
  };
  auto http = HttpServer::Start(loop_, std::move(options), std::move(handlers));
  if (!http.ok()) return http.status();
  http_ = *std::move(http);
  // The operator can't open http://0.0.0.0.
  if (IsUnspecified(config_.http.listen.ip)) {
    for (const std::string& address : LocalAddresses(config_.http.listen.ip == "::"))
      spdlog::info("open {}", http_->UrlAt(address));
  }
  return absl::OkStatus();
}

absl::Status Server::StartWorkers(const Paths& paths) {
  auto dir = RuntimeDir::Open(config_.workers.runtime_dir, config_.rtc.port);
  if (!dir.ok()) return dir.status();
  WorkerPool::Options options;
  options.count = config_.workers.count != 0
                      ? config_.workers.count
                      : std::max<std::size_t>(1, std::thread::hardware_concurrency());
  options.binary = paths.worker_binary;
  options.rtc_port = config_.rtc.port;
  std::vector<std::string> addresses = config_.rtc.addresses;
  if (addresses.empty()) {
    addresses = DefaultMediaAddresses(config_.http.listen.ip, !config_.rtc.announce.empty());
  }
  for (const std::string& address : addresses)
    options.arguments.insert(options.arguments.end(), {"--rtc-address", address});
  for (const std::string& address : config_.rtc.announce)
    options.arguments.insert(options.arguments.end(), {"--announce", address});
  options.arguments.insert(options.arguments.end(),
                           {"--gather", std::to_string(config_.rtc.gather_us)});
  if (config_.log.addresses) options.arguments.emplace_back("--log-addresses");
  static constexpr const char* kLevels[] = {"debug", "info", "warn", "error"};
  options.arguments.insert(options.arguments.end(),
                           {"--log-level", kLevels[static_cast<std::size_t>(config_.log.level)]});
  worker_count_ = options.count;

  WorkerPool::Handlers handlers;
  handlers.on_ready = [this](WorkerId id, const proto::WorkerHello& hello) {
    ControllerOutput out;
    controller_.AddWorker(id, hello, out);
    Carry(out);
    if (!told_ready_ && workers_->ready_count() == worker_count_) {
      told_ready_ = true;
      handlers_.on_ready();
    }
  };
  handlers.on_lost = [this](WorkerId id) {
    ControllerOutput out;
    controller_.LoseWorker(id, out);
    Carry(out);
  };
  handlers.on_notification = [this](WorkerId id, const proto::Notification& notification) {
    ControllerOutput out;
    controller_.HandleNotification(id, notification, out);
    Carry(out);
  };
  return WorkerPool::Start(loop_, *std::move(dir), std::move(options), std::move(handlers),
                           workers_);
}

Server::~Server() {
  ControllerOutput out;
  controller_.Shutdown(out);
  if (http_ != nullptr) Carry(out);
}

bool Server::ready() const {
  return workers_ != nullptr && workers_->ready_count() > 0 && !controller_.rooms().draining();
}

HttpResponse Server::HandleRequest(const HttpRequest& request) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && request.path == "/healthz") return TextResponse(200, "ok");
  if (reads && request.path == "/readyz") {
    return ready() ? TextResponse(200, "ready") : TextResponse(503, "not ready");
  }
  if (reads && request.path == "/metrics") return Metrics();
  if (!WhipService::Owns(request.path)) return files_.Serve(request);
  ControllerOutput out;
  HttpResponse response = controller_.HandleWhip(Now(loop_), request, out);
  Carry(out);
  return response;
}

HttpResponse Server::Metrics() const {
  const HttpServer::Counters& http = http_->counters();
  const RoomDirectory& rooms = controller_.rooms();
  MetricsSnapshot snapshot;
  const auto number = [](auto value) { return static_cast<double>(value); };
  snapshot.controller = {
      {"rooms", false, number(rooms.room_count()), "Rooms with somebody in them"},
      {"participants", false, number(rooms.participant_count()), "Participants of all rooms"},
      {"signaling_connections", false, number(controller_.connection_count()), "Open WebSockets"},
      {"http_connections", false, number(http.connections), "Open TCP connections"},
      {"draining", false, rooms.draining() ? 1.0 : 0.0, "1: nobody new is taken"},
      {"workers_ready", false, number(workers_->ready_count()), "Workers that take media"},
      {"worker_restarts", true, number(workers_->restarts()),
       "Workers that ended and were started again"},
      {"worker_requests_failed", true, number(workers_->failed_requests()),
       "Requests that a worker refused"},
      {"http_requests", true, number(http.requests), "HTTP requests"},
      {"websockets_opened", true, number(http.web_sockets), "WebSockets opened"},
      {"connections_refused", true, number(http.refused_connections),
       "Connections above the limit"},
      {"origins_refused", true, number(http.refused_origins), "WebSockets of other sites' pages"},
      {"oversized_messages", true, number(http.oversized), "Messages and bodies above the limit"},
      {"slow_readers_closed", true, number(http.slow_readers),
       "WebSockets closed because they did not read"},
  };
  for (const WorkerPool::WorkerStats& worker : workers_->stats()) {
    auto& entry = snapshot.workers.emplace_back();
    entry.index = worker.index;
    for (const proto::StatsValue& value : worker.values) {
      entry.values.push_back({value.name, !IsGauge(value.name), number(value.value), ""});
    }
  }
  return {200, "text/plain; version=0.0.4; charset=utf-8", {}, MetricsText(snapshot)};
}

void Server::Carry(ControllerOutput& out) {
  for (auto& [worker, request, query] : out.requests) {
    if (workers_ == nullptr) continue;
    if (query == StatsQueryId()) {
      workers_->Send(worker, std::move(request));
      continue;
    }
    workers_->Ask(worker, std::move(request), [this, query = query](proto::ResponseBody response) {
      ControllerOutput answered;
      controller_.HandleStats(query, std::move(response), answered);
      Carry(answered);
    });
  }
  for (auto& [connection, text] : out.texts)
    http_->Send(WebSocketId(connection.value()), std::move(text));
  for (const ConnectionId id : out.closing) http_->Close(WebSocketId(id.value()), 1000, "");
}

void Server::OnSecond() {
  ControllerOutput out;
  controller_.HandleTimeout(Now(loop_), out);
  Carry(out);
  if (++seconds_ % kStatsSeconds == 1) workers_->RequestStats();
  EndDrainIfOver();
}

void Server::Drain() {
  if (std::exchange(draining_, true)) return;
  spdlog::info("draining: {} participants in {} rooms are left; a second signal ends it at once",
               controller_.rooms().participant_count(), controller_.rooms().room_count());
  controller_.Drain();
  drain_deadline_ = Now(loop_) + config_.drain_timeout;
  EndDrainIfOver();
}

void Server::EndDrainIfOver() {
  if (!draining_ || drained_) return;
  if (controller_.rooms().participant_count() != 0 && Now(loop_) < drain_deadline_) return;
  drained_ = true;
  handlers_.on_drained();
}

}  // namespace stellwerk
