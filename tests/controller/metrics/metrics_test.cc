#include "controller/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, AreTextForPrometheus) {
  MetricsSnapshot snapshot;
  snapshot.controller = {{"rooms", false, 3, "Rooms"}, {"http_requests", true, 7, "Requests"}};
  snapshot.workers = {{0, {{"packets_received", true, 10, ""}}},
                      {1, {{"packets_received", true, 20, ""}}}};
  const std::string text = MetricsText(snapshot);
  EXPECT_THAT(text, HasSubstr("# TYPE stellwerk_rooms gauge\nstellwerk_rooms 3"));
  EXPECT_THAT(
      text,
      HasSubstr("# TYPE stellwerk_http_requests_total counter\nstellwerk_http_requests_total 7"));
  EXPECT_THAT(text, HasSubstr("stellwerk_worker_packets_received_total{worker=\"0\"} 10"));
  EXPECT_THAT(text, HasSubstr("stellwerk_worker_packets_received_total{worker=\"1\"} 20"));
  // One family, one TYPE line.
  const std::string type = "# TYPE stellwerk_worker_packets_received_total";
  EXPECT_EQ(text.find(type), text.rfind(type));
}

}  // namespace
}  // namespace stellwerk
