// What the server does for a fixed input, for callgrind to count (bench/micro/instructions.sh), or
// alone, for a profiler: then it prints CPU time.
//   bench_instructions [subscribers] [frames] [microseconds of gathering] [kB]
// The last is what others touch in the cache between two frames, as the kernel does.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "bench/micro/webinar.h"
#include "rtc/base/check.h"

namespace stellwerk::bench {

// Known to callgrind by its name.
[[gnu::noinline]] void ServeMeasured(Webinar& webinar) {
  webinar.Serve();
  asm volatile("");  // no tail call
}

namespace {

double CpuNanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// Until the estimates have grown far beyond what is sent.
constexpr int kWarmUp = 300;

// Takes the cache for itself.
void Touch(std::vector<uint8_t>& memory) {
  for (std::size_t i = 0; i < memory.size(); i += 64)
    memory[i] = static_cast<uint8_t>(memory[i] + 1);
}

void Measure(const Webinar::Config& config, int frames, std::size_t touched) {
  std::vector<uint8_t> others(touched);
  Webinar webinar(config);
  for (int i = 0; i < kWarmUp; ++i) {
    webinar.Prepare();
    webinar.Serve();
    webinar.Collect();
  }
  const uint64_t forwarded = webinar.forwarded();
  const uint64_t retransmitted = webinar.retransmitted();
  const uint64_t reports = webinar.reports();
  double spent = 0;
  for (int i = 0; i < frames; ++i) {
    webinar.Prepare();
    Touch(others);
    const double before = CpuNanoseconds();
    ServeMeasured(webinar);
    spent += CpuNanoseconds() - before;
    webinar.Collect();
  }
  const auto packets = webinar.forwarded() - forwarded;
  STELLWERK_CHECK(packets > 0);
  std::printf("forwarded %llu\nretransmitted %llu\nreports %llu\nns_per_packet %.0f\n",
              static_cast<unsigned long long>(packets),
              static_cast<unsigned long long>(webinar.retransmitted() - retransmitted),
              static_cast<unsigned long long>(webinar.reports() - reports),
              spent / static_cast<double>(packets));
}

}  // namespace
}  // namespace stellwerk::bench

int main(int argc, char** argv) {
  const auto number = [&](int index, int otherwise) {
    return argc > index ? std::atoi(argv[index]) : otherwise;
  };
  stellwerk::bench::Webinar::Config config;
  config.subscribers = number(1, 199);
  config.gather = std::chrono::microseconds(number(3, 1000));
  stellwerk::bench::Measure(config, number(2, 100), static_cast<std::size_t>(number(4, 0)) * 1024);
}
