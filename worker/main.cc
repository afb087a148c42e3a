// stellwerk-worker: forwards the media of many rooms, told what to do over a Unix socket.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <uv.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "rtc/base/redacted.h"
#include "worker/heap.h"
#include "worker/priority.h"
#include "worker/worker.h"
#include "worker/worker_options.h"

namespace stellwerk {
namespace {

constexpr int kExitBadFlags = 2;

struct Flags {
  WorkerOptions options;
  bool log_addresses = false;
  std::string log_level = "info";
};

// The exit status, or -1 to go on.
int ParseFlags(int argc, char** argv, Flags& flags) {
  CLI::App app("Stellwerk media worker. It is usually started by the stellwerk controller.",
               "stellwerk-worker");
  std::vector<std::string> addresses{"127.0.0.1"};
  std::vector<std::string> announce;
  int64_t orphan_seconds = flags.options.orphan_timeout / std::chrono::seconds(1);
  int64_t gather_microseconds = flags.options.gather / std::chrono::microseconds(1);
  app.add_option("--control", flags.options.control_path,
                 "Unix socket to listen on for the controller")
      ->required();
  app.add_option("--rtc-address", addresses, "Local address for media, UDP and TCP; repeatable")
      ->capture_default_str();
  app.add_option("--rtc-port", flags.options.rtc_port,
                 "Port for media, UDP and TCP; 0 = the kernel's choice")
      ->capture_default_str();
  app.add_option("--announce", announce,
                 "ADDR[:PORT] to tell clients instead of the local addresses; repeatable");
  app.add_option("--gather", gather_microseconds,
                 "Microseconds for which a video frame's packets wait for each other; 0 = not")
      ->check(CLI::Range(int64_t{0}, int64_t{20'000}))
      ->capture_default_str();
  app.add_option("--orphan-timeout", orphan_seconds, "Seconds to live without a controller")
      ->check(CLI::Range(int64_t{1}, int64_t{86'400}))
      ->capture_default_str();
  app.add_flag("--log-addresses", flags.log_addresses,
               "Write network addresses to the log (for debugging)");
  app.add_option("--log-level", flags.log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EXIT_SUCCESS : kExitBadFlags;
  }
  flags.options.gather = std::chrono::microseconds(gather_microseconds);
  flags.options.orphan_timeout = std::chrono::seconds(orphan_seconds);
  for (const std::string& text : addresses) {
    const auto ip = IpAddress::Parse(text);
    if (!ip) {
      std::fprintf(stderr, "--rtc-address: %s is not an IP address\n", text.c_str());
      return kExitBadFlags;
    }
    flags.options.rtc_addresses.push_back(*ip);
  }
  for (const std::string& text : announce) {
    const auto announced = ParseAnnouncedAddress(text);
    if (!announced.ok()) {
      std::fprintf(stderr, "--announce: %s\n", std::string(announced.status().message()).c_str());
      return kExitBadFlags;
    }
    flags.options.announce.push_back(*announced);
  }
  return -1;
}

// SIGTERM and SIGINT end the loop in order; a second one ends the process at once.
class StopSignals {
 public:
  explicit StopSignals(uv_loop_t* loop) {
    for (std::size_t i = 0; i < handles_.size(); ++i) {
      uv_signal_init(loop, &handles_[i]);
      handles_[i].data = this;
      uv_signal_start(
          &handles_[i],
          [](uv_signal_t* handle, int signal) {
            static_cast<StopSignals*>(handle->data)->OnSignal(handle, signal);
          },
          kSignals[i]);
    }
  }
  void Close() {
    for (uv_signal_t& handle : handles_) uv_close(reinterpret_cast<uv_handle_t*>(&handle), nullptr);
  }

 private:
  void OnSignal(uv_signal_t* handle, int signal) {
    if (stopping_) std::_Exit(128 + signal);
    stopping_ = true;
    spdlog::info("signal {}: ending", signal);
    uv_stop(handle->loop);
  }

  static constexpr std::array<int, 2> kSignals = {SIGTERM, SIGINT};
  std::array<uv_signal_t, 2> handles_;
  bool stopping_ = false;
};

int Run(const Flags& flags) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("worker"));
  spdlog::set_level(spdlog::level::from_str(flags.log_level));
  g_show_redacted = flags.log_addresses;
  ConfigureHeap();
  spdlog::debug("goes before other processes: {}", GoBeforeOthers());
  // The one who reads our log may go; we must not go with it.
  std::signal(SIGPIPE, SIG_IGN);

  uv_loop_t loop;
  uv_loop_init(&loop);
  int status = EXIT_FAILURE;
  {
    auto worker = Worker::Start(&loop, flags.options, [&loop] { uv_stop(&loop); });
    if (worker.ok()) {
      StopSignals signals(&loop);
      // For those who start a worker: it takes controllers now, and these are its ports.
      std::printf("ready %s", flags.options.control_path.c_str());
      for (const SocketAddress& address : (*worker)->udp_addresses())
        std::printf(" %s", address.ToText().c_str());
      std::printf("\n");
      std::fflush(stdout);
      uv_run(&loop, UV_RUN_DEFAULT);
      (*worker)->Shutdown();
      signals.Close();
      worker->reset();
      uv_run(&loop, UV_RUN_DEFAULT);
      status = EXIT_SUCCESS;
    } else {
      spdlog::error("{}", std::string(worker.status().message()));
      uv_run(&loop, UV_RUN_DEFAULT);
    }
  }
  uv_loop_close(&loop);
  return status;
}

}  // namespace
}  // namespace stellwerk

int main(int argc, char** argv) {
  stellwerk::Flags flags;
  if (const int status = stellwerk::ParseFlags(argc, argv, flags); status >= 0) return status;
  return stellwerk::Run(flags);
}
