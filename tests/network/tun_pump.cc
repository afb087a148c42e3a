#include "tests/network/tun_pump.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "tests/network/link_text.h"

namespace stellwerk {
namespace {

// Of one device in a row, lest the other one waits.
constexpr int kMaxReads = 64;

std::string StatsOf(const char* name, const Link& link) {
  const LinkCounters& counters = link.counters();
  char text[256];
  std::snprintf(text, sizeof text,
                "\"%s\":{\"sent\":%llu,\"delivered\":%llu,\"bytes\":%lld,\"lost\":%llu,"
                "\"queue_full\":%llu,\"aqm_dropped\":%llu}",
                name, static_cast<unsigned long long>(counters.sent),
                static_cast<unsigned long long>(counters.delivered),
                static_cast<long long>(counters.delivered_size.bytes()),
                static_cast<unsigned long long>(counters.lost),
                static_cast<unsigned long long>(counters.queue_full),
                static_cast<unsigned long long>(counters.aqm_dropped));
  return text;
}

}  // namespace

Timestamp TunPump::Now() { return Timestamp(std::chrono::steady_clock::now().time_since_epoch()); }

TunPump::TunPump(int near_fd, int far_fd, LinkConfig up, LinkConfig down, uint64_t seed)
    : up_{far_fd, near_fd, {std::move(up), seed, Now()}},
      down_{near_fd, far_fd, {std::move(down), ~seed, Now()}},
      buffer_(65'536) {}

void TunPump::Run() {
  for (Direction* direction : {&up_, &down_}) {
    Receive(*direction);
    Deliver(*direction);
  }
}

void TunPump::Receive(Direction& direction) {
  for (int i = 0; i < kMaxReads; ++i) {
    const ssize_t size = read(direction.from, buffer_.data(), buffer_.size());
    if (size <= 0) return;
    direction.link.Send(Now(), DataSize::Bytes(size),
                        std::vector<uint8_t>(buffer_.data(), buffer_.data() + size));
  }
}

void TunPump::Deliver(Direction& direction) {
  while (auto arrival = direction.link.Pop(Now())) {
    // A device that is full or down loses it, as a network would.
    [[maybe_unused]] const ssize_t written =
        write(direction.to, arrival->payload.data(), arrival->payload.size());
  }
}

int64_t TunPump::TimeToWait() const {
  const Timestamp next = std::min(up_.link.NextTimeout(), down_.link.NextTimeout());
  if (next == kNever) return -1;
  return std::max<int64_t>((next - Now()).count(), 0);
}

std::string TunPump::Execute(std::string_view line) {
  if (line == "stats") {
    return "{" + StatsOf("up", up_.link.link()) + "," + StatsOf("down", down_.link.link()) + "}";
  }
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string_view name = line.substr(0, space);
  if (name != "up" && name != "down") return "error: neither up, down nor stats";
  auto config = ParseLink(line.substr(space));
  if (!config) return "error: " + config.error();
  (name == "up" ? up_ : down_).link.Reconfigure(*std::move(config), Now());
  return "ok";
}

}  // namespace stellwerk
