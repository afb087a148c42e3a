#pragma once

#include <cmath>
#include <string>

#include "bench/load/report/report.h"

namespace stellwerk::load {

// A report as a run of a minute leaves it, with something in every field; the server's pid was not
// given.
inline Report ExampleReport() {
  Report report;
  report.title = "20 rooms x 10 people";
  report.target = "stellwerk ws://127.0.0.1:8080/signal";
  report.software = "stellwerk 0.5.0";
  report.scenario = "conference_20x10";
  report.scenario_yaml = "name: conference_20x10\nrooms: 20\npublishers: 10\n";
  report.started = "2024-05-01T12:00:00Z";
  report.duration = 64.5;
  report.participants = 200;

  synthetic::Distribution join;
  synthetic::Distribution transit;
  for (int i = 1; i <= 200; ++i) join.Add(std::chrono::milliseconds(100 + i));
  for (int i = 1; i <= 5000; ++i) {
    transit.Add(TimeDelta(static_cast<int64_t>(80'000 * std::exp(4.0 * i / 5000))));
  }
  report.SetPercentiles("join", join, "nobody joined");
  report.SetPercentiles("transit", transit, "nothing was received");
  report.SetPercentiles("switch", {}, "the layout never changed");
  report.AddCurve("join", "join", join);
  report.AddCurve("transit", "one-way transit", transit);
  report.AddTransit(4, transit);
  report.AddTransit(5, {});
  const double steps[][3] = {{20, 31, 40}, {5, 9, 14}, {30, 48, 77}, {12, 30, 51}, {130, 170, 199}};
  const char* names[] = {"signalling", "ice", "dtls", "first_packet", "first_frame"};
  for (int i = 0; i < 5; ++i) {
    report.Set(std::string(names[i]) + "_p50", steps[i][0]);
    report.Set(std::string(names[i]) + "_p95", steps[i][1]);
    report.Set(std::string(names[i]) + "_p99", steps[i][2]);
  }
  report.Set("join_failed", 0);
  report.Set("sent_packets", 1'204'551);
  report.Set("loss", 0.00041);
  report.Set("receive_rate", 241e6);
  report.Set("freezes", 3);
  report.Set("layer_height_p50", 360);
  report.Set("generator_cpu", 0.62);
  report.Set("participants", 200);
  for (const char* key :
       {"server_cpu", "server_cpu_per_million_packets", "server_memory_per_participant"}) {
    report.SetNotAvailable(key, "the server's pid was not given (--server-pid)");
  }
  for (int i = 1; i <= 64; ++i) {
    const double x = i / 64.0;
    report.timeline.push_back({.seconds = static_cast<double>(i),
                               .participants = std::min(200.0, i * 20.0),
                               .send_rate = 60e6 * std::min(1.0, i / 10.0),
                               .receive_rate = 240e6 * std::min(1.0, i / 10.0),
                               .received_packets = 30e3 * std::min(1.0, i / 10.0),
                               .loss = i == 1 ? std::nullopt : std::optional(0.001 * x),
                               .transit_p50 = 0.5,
                               .transit_p99 = 1.5 + std::sin(i),
                               .freezes = i % 20 == 0 ? 1.0 : 0.0,
                               .generator_cpu = 0.6,
                               .server_cpu = {}});
  }
  report.problems = {"room-3/p-7: slot 2: picture id went back from 12 to 11"};
  const auto parsed = ParseExpectations("join_p95<300ms,loss<0.01%,server_cpu<1.5");
  report.expectations = Evaluate(*parsed, report);
  return report;
}

}  // namespace stellwerk::load
