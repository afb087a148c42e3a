#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stellwerk {

// The numbers of this controller and its workers. No name, no address, no token.
struct MetricsSnapshot {
  struct Value {
    std::string name;  // "websockets_opened"
    bool is_counter = false;
    double value = 0;
    std::string help;
  };
  struct Worker {
    std::size_t index = 0;
    std::vector<Value> values;  // help may be empty
  };
  std::vector<Value> controller;
  std::vector<Worker> workers;
};

// The text that Prometheus reads: stellwerk_rooms,
// stellwerk_worker_packets_received_total{worker="0"}.
std::string MetricsText(const MetricsSnapshot& snapshot);

}  // namespace stellwerk
