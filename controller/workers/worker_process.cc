#include "controller/workers/worker_process.h"

#include <array>
#include <csignal>
#include <utility>

#include "controller/workers/media_first.h"

namespace stellwerk {
namespace {

// From start to hello. A worker that hangs longer is replaced.
constexpr uint64_t kStartMs = 15'000;
// From SIGTERM to SIGKILL.
constexpr uint64_t kStopMs = 3'000;

}  // namespace

// Lives until libuv has closed its three handles, which may be after the WorkerProcess.
struct WorkerProcess::State {
  uv_process_t process{};
  uv_pipe_t output{};
  uv_timer_t start_timer{};
  int open_handles = 0;
  bool running = false;
  bool ended = false;
  bool abandoned = false;  // the WorkerProcess is gone
  uv_loop_t* loop = nullptr;
  std::string control_path;
  Handlers handlers;
  std::unique_ptr<channel::WorkerClient> client;
  std::string line;
  std::array<char, 512> read_buffer{};

  void ReadOutput(ssize_t size);
  void Connect();
  void End(std::string_view reason);
  void CloseHandles();
};

absl::StatusOr<std::unique_ptr<WorkerProcess>> WorkerProcess::Start(
    uv_loop_t* loop, const std::string& binary, std::vector<std::string> arguments,
    const std::string& control_path, Handlers handlers) {
  auto* state = new State;
  state->loop = loop;
  state->control_path = control_path;
  state->handlers = std::move(handlers);
  state->process.data = state->output.data = state->start_timer.data = state;
  uv_pipe_init(loop, &state->output, 0);
  uv_timer_init(loop, &state->start_timer);

  arguments.insert(arguments.begin(), {binary, "--control", control_path});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::array<uv_stdio_container_t, 3> stdio{};
  stdio[0].flags = UV_IGNORE;
  stdio[1].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
  stdio[1].data.stream = reinterpret_cast<uv_stream_t*>(&state->output);
  stdio[2].flags = UV_INHERIT_FD;
  stdio[2].data.fd = 2;
  uv_process_options_t options{};
  options.file = binary.c_str();
  options.args = argv.data();
  options.stdio = stdio.data();
  options.stdio_count = static_cast<int>(stdio.size());
  options.flags = UV_PROCESS_DETACHED;
  options.exit_cb = [](uv_process_t* process, int64_t status, int signal) {
    auto* self = static_cast<State*>(process->data);
    self->running = false;
    self->End(signal != 0 ? "ended by signal " + std::to_string(signal)
                          : "ended with status " + std::to_string(status));
    self->CloseHandles();
  };
  state->open_handles = 3;
  const int error = [&] {
    const StartsMedia usual;
    return uv_spawn(loop, &state->process, &options);
  }();
  std::unique_ptr<WorkerProcess> process(new WorkerProcess(state));
  if (error != 0) {
    state->ended = true;
    state->CloseHandles();
    return absl::UnavailableError("can't start " + binary + ": " + uv_strerror(error));
  }
  state->running = true;
  uv_timer_start(
      &state->start_timer,
      [](uv_timer_t* timer) { static_cast<State*>(timer->data)->End("does not start"); }, kStartMs,
      0);
  uv_read_start(
      reinterpret_cast<uv_stream_t*>(&state->output),
      [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
        auto* self = static_cast<State*>(handle->data);
        *buffer =
            uv_buf_init(self->read_buffer.data(), static_cast<unsigned>(self->read_buffer.size()));
      },
      [](uv_stream_t* stream, ssize_t size, const uv_buf_t*) {
        static_cast<State*>(stream->data)->ReadOutput(size);
      });
  return process;
}

void WorkerProcess::State::ReadOutput(ssize_t size) {
  if (size < 0) {
    uv_read_stop(reinterpret_cast<uv_stream_t*>(&output));
    return;
  }
  // Its first line is "ready PATH ..."; what it may print later is nobody's.
  if (client != nullptr || ended || line.size() > 4096) return;
  line.append(read_buffer.data(), static_cast<std::size_t>(size));
  if (line.find('\n') == std::string::npos) return;
  if (line.starts_with("ready ")) return Connect();
  End("does not say ready");
}

void WorkerProcess::State::Connect() {
  channel::WorkerClient::Handlers client_handlers;
  client_handlers.on_hello = [this](const proto::WorkerHello& hello) {
    uv_timer_stop(&start_timer);
    handlers.on_ready(hello);
  };
  client_handlers.on_notification = [this](proto::Notification notification) {
    handlers.on_notification(std::move(notification));
  };
  client_handlers.on_closed = [this](std::string_view reason) { End(reason); };
  auto connected = channel::WorkerClient::Connect(loop, control_path, std::move(client_handlers));
  if (!connected.ok()) return End(std::string(connected.status().message()));
  client = *std::move(connected);
}

// Whatever went wrong first ends it; a process that is still there is no use any more.
void WorkerProcess::State::End(std::string_view reason) {
  if (std::exchange(ended, true)) return;
  uv_timer_stop(&start_timer);
  if (running) uv_process_kill(&process, SIGKILL);
  if (abandoned) return;
  const std::string text(reason);  // the client that is destroyed next may own it
  client.reset();
  handlers.on_ended(text);
}

void WorkerProcess::State::CloseHandles() {
  for (uv_handle_t* handle :
       {reinterpret_cast<uv_handle_t*>(&process), reinterpret_cast<uv_handle_t*>(&output),
        reinterpret_cast<uv_handle_t*>(&start_timer)}) {
    uv_close(handle, [](uv_handle_t* closed) {
      auto* self = static_cast<State*>(closed->data);
      if (--self->open_handles == 0 && self->abandoned) delete self;
    });
  }
}

WorkerProcess::~WorkerProcess() {
  State* state = state_;
  state->abandoned = true;
  state->client.reset();
  uv_timer_stop(&state->start_timer);
  if (state->open_handles == 0) {
    delete state;
    return;
  }
  if (!state->running || state->ended) return;
  uv_process_kill(&state->process, SIGTERM);
  // Our own end waits for it, so it must not take forever.
  uv_timer_start(
      &state->start_timer,
      [](uv_timer_t* timer) {
        uv_process_kill(&static_cast<State*>(timer->data)->process, SIGKILL);
      },
      kStopMs, 0);
}

void WorkerProcess::Send(proto::RequestBody request,
                         channel::WorkerClient::OnResponse on_response) {
  if (state_->client != nullptr) state_->client->Send(std::move(request), std::move(on_response));
}

int WorkerProcess::pid() const { return state_->process.pid; }

}  // namespace stellwerk
