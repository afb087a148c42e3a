#pragma once

#include <uv.h>

#include <cstddef>
#include <memory>
#include <string>

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include "controller/auth/secure_random.h"
#include "controller/config/config.h"
#include "controller/http/http_server.h"
#include "controller/http/static_files.h"
#include "controller/server/controller.h"
#include "controller/workers/worker_pool.h"

namespace stellwerk {

// The controller with its sockets, processes and clock, on one libuv loop.
class Server {
 public:
  struct Paths {
    std::string worker_binary;
    std::string web_root;
  };
  struct Handlers {
    // All workers are there: calls can be taken.
    absl::AnyInvocable<void()> on_ready;
    // A drain is over; the Server can be destroyed.
    absl::AnyInvocable<void()> on_drained;
  };
  static absl::StatusOr<std::unique_ptr<Server>> Start(uv_loop_t* loop, const Config& config,
                                                       const Paths& paths, Handlers handlers);
  // Says goodbye to everybody still there and ends the workers; the loop has to run on until it is
  // empty.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Takes nobody new, and is drained when nobody is left, or after the configured time.
  void Drain();
  [[nodiscard]] std::string url() const { return http_->url(); }

 private:
  struct Timer;
  Server(uv_loop_t* loop, const Config& config, const Paths& paths, Handlers handlers);
  absl::Status StartHttp();
  absl::Status StartWorkers(const Paths& paths);
  HttpResponse HandleRequest(const HttpRequest& request);
  HttpResponse Metrics() const;
  void Carry(ControllerOutput& out);
  void OnSecond();
  void EndDrainIfOver();
  [[nodiscard]] bool ready() const;

  uv_loop_t* loop_;
  Config config_;
  Handlers handlers_;
  SecureRandom random_;
  Controller controller_;
  StaticFiles files_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<Timer, void (*)(Timer*)> timer_;
  std::size_t worker_count_ = 0;
  bool told_ready_ = false;
  bool draining_ = false;
  bool drained_ = false;
  Timestamp drain_deadline_;
  uint64_t seconds_ = 0;
};

}  // namespace stellwerk
