#include "tests/network/link_text.h"

#include <cstdlib>
#include <sstream>

namespace stellwerk {
namespace {

TimeDelta Milliseconds(double ms) { return TimeDelta(static_cast<int64_t>(ms * 1e6)); }
DataRate Kbps(double kbps) { return DataRate::BitsPerSecond(static_cast<int64_t>(kbps * 1000)); }

bool ReadNumber(const std::string& text, double& value) {
  char* end = nullptr;
  value = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' && value >= 0 && value < 1e12;
}

bool ReadTrace(const std::string& text, RateTrace& trace) {
  std::istringstream in(text);
  for (std::string point; std::getline(in, point, ',');) {
    const std::size_t colon = point.find(':');
    double seconds = 0;
    double kbps = 0;
    if (colon == std::string::npos || !ReadNumber(point.substr(0, colon), seconds) ||
        !ReadNumber(point.substr(colon + 1), kbps)) {
      return false;
    }
    trace.points.push_back({Milliseconds(seconds * 1000), Kbps(kbps)});
  }
  return !trace.points.empty();
}

bool Set(LinkConfig& link, const std::string& key, double value) {
  if (key == "rate_kbps") {
    link.capacity = RateTrace::Constant(Kbps(value));
  } else if (key == "delay_ms") {
    link.delay = Milliseconds(value);
  } else if (key == "jitter_ms") {
    link.jitter.amount = Milliseconds(value);
  } else if (key == "jitter_memory_ms") {
    link.jitter.correlation_time = Milliseconds(value);
  } else if (key == "reorder") {
    link.jitter.reorder = value != 0;
  } else if (key == "loss" && value <= 1) {
    link.loss = value;
  } else if (key == "burst_enter" && value <= 1) {
    if (!link.burst_loss) link.burst_loss.emplace();
    link.burst_loss->enter_bad = value;
  } else if (key == "burst_leave" && value <= 1) {
    if (!link.burst_loss) link.burst_loss.emplace();
    link.burst_loss->leave_bad = value;
  } else if (key == "queue_bytes") {
    link.queue.max_size = DataSize::Bytes(static_cast<int64_t>(value));
  } else if (key == "queue_ms") {
    link.queue.max_time = Milliseconds(value);
  } else if (key == "codel") {
    link.queue.kind = value != 0 ? QueueConfig::Kind::kCoDel : QueueConfig::Kind::kTailDrop;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Expected<LinkConfig, std::string> ParseLink(std::string_view text) {
  LinkConfig link;
  std::istringstream in{std::string(text)};
  for (std::string word; in >> word;) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    double number = 0;
    const bool good = key == "trace" ? ReadTrace(value, link.capacity)
                                     : ReadNumber(value, number) && Set(link, key, number);
    if (!good) return Unexpected("not a link's property: " + word);
  }
  return link;
}

}  // namespace stellwerk
