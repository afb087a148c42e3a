#include "bench/floor/pauses.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "bench/floor/sockets.h"

namespace stellwerk::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

struct Watched {
  uint64_t count = 0;
  Clock::duration paused{};
  Clock::duration longest{};
};

Watched Watch(unsigned processor, Clock::duration length) {
  PinTo(static_cast<int>(processor));
  Watched watched;
  const Clock::time_point end = Clock::now() + length;
  for (Clock::time_point before = Clock::now(); before < end;) {
    const Clock::time_point now = Clock::now();
    const Clock::duration gap = now - before;
    before = now;
    if (gap < Pauses::kShortest) continue;
    ++watched.count;
    watched.paused += gap;
    watched.longest = std::max(watched.longest, gap);
  }
  return watched;
}

}  // namespace

Pauses MeasurePauses(double seconds) {
  Pauses pauses = {.processors = std::max(1U, std::thread::hardware_concurrency()),
                   .seconds = seconds};
  const auto length =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::vector<Watched> watched(pauses.processors);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < pauses.processors; ++i) {
    threads.emplace_back([&watched, i, length] { watched[i] = Watch(i, length); });
  }
  for (std::thread& thread : threads) thread.join();
  double paused_ms = 0;
  for (const Watched& one : watched) {
    pauses.count += one.count;
    paused_ms += Milliseconds(one.paused);
    pauses.longest_ms = std::max(pauses.longest_ms, Milliseconds(one.longest));
  }
  pauses.share = paused_ms / (seconds * 1e3 * pauses.processors);
  return pauses;
}

std::string Text(const Pauses& pauses) {
  char text[160];
  std::snprintf(text, sizeof(text),
                "The machine stopped for more than %d ms %llu times in %.1f s on %u processors: "
                "%.2f %% of the time, %.1f ms the longest\n",
                static_cast<int>(Pauses::kShortest.count()),
                static_cast<unsigned long long>(pauses.count), pauses.seconds, pauses.processors,
                pauses.share * 100, pauses.longest_ms);
  return text;
}

std::string Json(const Pauses& pauses) {
  return nlohmann::json({{"processors", pauses.processors},
                         {"seconds", pauses.seconds},
                         {"count", pauses.count},
                         {"share", pauses.share},
                         {"longest_ms", pauses.longest_ms}})
      .dump(1);
}

}  // namespace stellwerk::bench
