#include "controller/metrics/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <utility>

namespace stellwerk {
namespace {

prometheus::ClientMetric ToMetric(const MetricsSnapshot::Value& value) {
  prometheus::ClientMetric metric;
  if (value.is_counter) {
    metric.counter.value = value.value;
  } else {
    metric.gauge.value = value.value;
  }
  return metric;
}

prometheus::MetricFamily ToFamily(const std::string& prefix, const MetricsSnapshot::Value& value) {
  prometheus::MetricFamily family;
  family.name = prefix + value.name + (value.is_counter ? "_total" : "");
  family.help = value.help;
  family.type = value.is_counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  return family;
}

}  // namespace

std::string MetricsText(const MetricsSnapshot& snapshot) {
  std::vector<prometheus::MetricFamily> families;
  for (const MetricsSnapshot::Value& value : snapshot.controller) {
    auto& family = families.emplace_back(ToFamily("stellwerk_", value));
    family.metric.push_back(ToMetric(value));
  }
  std::map<std::string, prometheus::MetricFamily> of_workers;
  for (const MetricsSnapshot::Worker& worker : snapshot.workers) {
    for (const MetricsSnapshot::Value& value : worker.values) {
      auto family = ToFamily("stellwerk_worker_", value);
      auto& entry = of_workers.try_emplace(family.name, family).first->second;
      entry.metric.push_back(ToMetric(value));
      entry.metric.back().label.push_back({"worker", std::to_string(worker.index)});
    }
  }
  for (auto& [name, family] : of_workers) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace stellwerk
