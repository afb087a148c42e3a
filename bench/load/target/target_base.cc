#include "bench/load/target/target_base.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "bench/load/target/call_base.h"

namespace stellwerk::load {
namespace {

constexpr uint64_t kTickMilliseconds = 20;
constexpr std::size_t kMaxLine = 200;

}  // namespace

TargetBase::TargetBase(TargetOptions options, synthetic::Swarm& swarm, synthetic::WebClient& web)
    : options_(std::move(options)), swarm_(swarm), web_(web) {
  timer_.data = this;
  uv_timer_init(swarm_.loop(), &timer_);
  uv_timer_start(
      &timer_, [](uv_timer_t* timer) { static_cast<TargetBase*>(timer->data)->Tick(); },
      kTickMilliseconds, kTickMilliseconds);
}

TargetBase::~TargetBase() {
  bool closed = false;
  timer_.data = &closed;
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_),
           [](uv_handle_t* handle) { *static_cast<bool*>(handle->data) = true; });
  while (!closed) uv_run(swarm_.loop(), UV_RUN_NOWAIT);
}

void TargetBase::Tick() {
  const Timestamp now = swarm_.Now();
  OnTick(now);
  // An observer may end calls while they are looked after.
  const std::vector<CallBase*> calls(calls_.begin(), calls_.end());
  for (CallBase* call : calls) {
    if (calls_.contains(call)) call->Poll(now);
  }
}

std::string OneLine(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ';
    if (blank && (out.empty() || out.back() == ' ')) continue;
    if (out.size() == kMaxLine) return out + "...";
    out += blank ? ' ' : c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace stellwerk::load
