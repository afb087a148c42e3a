// From one incoming packet to all subscribers' packets in the outbox: parse, take in, select,
// rewrite.
#include <benchmark/benchmark.h>

#include "bench/micro/vp8_room.h"

namespace stellwerk::bench {
namespace {

void BM_FanOut(benchmark::State& state) {
  Vp8Room room(static_cast<int>(state.range(0)));
  RtcOutbox out;
  int64_t forwarded = 0;
  for (auto _ : state) {
    room.Forward(out);
    forwarded += static_cast<int64_t>(out.rtp.size());
    out.Clear();
  }
  if (forwarded == 0) state.SkipWithError("nothing was forwarded");
  state.SetItemsProcessed(forwarded);
  state.counters["ns/forwarded"] =
      benchmark::Counter(static_cast<double>(forwarded) * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_FanOut)->Arg(1)->Arg(10)->Arg(100);

}  // namespace
}  // namespace stellwerk::bench
