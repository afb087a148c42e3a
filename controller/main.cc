// stellwerk: the room controller. It starts the media workers and serves page, signalling, WHIP and
// metrics.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <uv.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "controller/config/command_line.h"
#include "controller/server/server.h"
#include "controller/workers/media_first.h"
#include "rtc/base/redacted.h"

namespace stellwerk {
namespace {

std::filesystem::path OwnFolder() {
  std::array<char, 4096> path{};
  std::size_t size = path.size();
  return uv_exepath(path.data(), &size) == 0 ? std::filesystem::path(path.data()).parent_path()
                                             : ".";
}

Server::Paths FindPaths(const Config& config) {
  const std::filesystem::path folder = OwnFolder();
  Server::Paths paths;
  paths.worker_binary = config.workers.binary.empty() ? (folder / "stellwerk-worker").string()
                                                      : config.workers.binary;
  paths.web_root = config.http.web_root;
  if (!paths.web_root.empty()) return paths;
  // Installed, in build/PRESET/bin of the source tree, or built elsewhere.
  for (const std::filesystem::path& candidate :
       {folder / "../share/stellwerk/web", folder / "../../../controller/web/dist",
        std::filesystem::path(STELLWERK_WEB_DIST)}) {
    std::error_code error;
    if (!std::filesystem::exists(candidate / "index.html", error)) continue;
    paths.web_root = std::filesystem::canonical(candidate, error).string();
    return paths;
  }
  spdlog::warn("no browser client was found: build controller/web, or give --web-root");
  return paths;
}

void SetUpLog(const Config& config) {
  auto logger = spdlog::stderr_color_mt("stellwerk");
  static constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                          spdlog::level::warn, spdlog::level::err};
  logger->set_level(kLevels[static_cast<std::size_t>(config.log.level)]);
  spdlog::set_default_logger(std::move(logger));
  g_show_redacted = config.log.addresses;
}

// SIGTERM and SIGINT drain, a second one ends at once.
class Signals {
 public:
  Signals(uv_loop_t* loop, Server& server) : server_(server) {
    for (std::size_t i = 0; i < handles_.size(); ++i) {
      uv_signal_init(loop, &handles_[i]);
      handles_[i].data = this;
      uv_signal_start(
          &handles_[i],
          [](uv_signal_t* handle, int) {
            static_cast<Signals*>(handle->data)->OnSignal(handle->loop);
          },
          kSignals[i]);
    }
  }
  void Close() {
    for (uv_signal_t& handle : handles_) uv_close(reinterpret_cast<uv_handle_t*>(&handle), nullptr);
  }

 private:
  void OnSignal(uv_loop_t* loop) {
    if (++count_ == 1) return server_.Drain();
    uv_stop(loop);
  }

  static constexpr std::array<int, 2> kSignals = {SIGTERM, SIGINT};
  Server& server_;
  std::array<uv_signal_t, 2> handles_{};
  int count_ = 0;
};

int Run(const Config& config) {
  SetUpLog(config);
  // The one who reads our output may go; we stay.
  std::signal(SIGPIPE, SIG_IGN);
  LetMediaRunFirst();
  umask(077);
  uv_loop_t loop;
  uv_loop_init(&loop);
  std::unique_ptr<Server> server;
  Server::Handlers handlers;
  handlers.on_ready = [&] {
    std::printf("ready %s\n", server->url().c_str());
    std::fflush(stdout);
  };
  handlers.on_drained = [&] { uv_stop(&loop); };
  auto started = Server::Start(&loop, config, FindPaths(config), std::move(handlers));
  int status = EXIT_SUCCESS;
  if (started.ok()) {
    server = *std::move(started);
    Signals signals(&loop, *server);
    uv_run(&loop, UV_RUN_DEFAULT);
    server.reset();
    signals.Close();
    uv_run(&loop, UV_RUN_DEFAULT);  // until every handle is closed and the workers have ended
  } else {
    std::fprintf(stderr, "%s\n", std::string(started.status().message()).c_str());
    const bool mistake = started.status().code() == absl::StatusCode::kInvalidArgument;
    started = absl::CancelledError();
    uv_run(&loop, UV_RUN_DEFAULT);
    status = mistake ? 2 : EXIT_FAILURE;
  }
  uv_loop_close(&loop);
  return status;
}

}  // namespace
}  // namespace stellwerk

int main(int argc, char** argv) {
  const auto config = stellwerk::ReadConfig(std::vector<std::string>(argv + 1, argv + argc),
                                            stellwerk::CurrentEnvironment());
  if (const auto* exit = std::get_if<stellwerk::ExitNow>(&config)) {
    std::fputs(exit->text.c_str(), exit->status == 0 ? stdout : stderr);
    return exit->status;
  }
  return stellwerk::Run(std::get<stellwerk::Config>(config));
}
