#include "bench/load/report/report_json.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "bench/load/report/figure.h"
#include "bench/load/report/value_text.h"

namespace stellwerk::load {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "stellwerk-load report";
constexpr int kVersion = 1;

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json FigureJson(const FigureKind& kind, const Value& value) {
  Json json = {{"value", OrNull(value.value)}, {"unit", UnitName(kind.unit)}};
  if (!value.value) json["reason"] = value.reason;
  return json;
}

Json SampleJson(const TimelineSample& sample) {
  return {{"seconds", sample.seconds},
          {"participants", sample.participants},
          {"send_rate", sample.send_rate},
          {"receive_rate", sample.receive_rate},
          {"received_packets", sample.received_packets},
          {"loss", OrNull(sample.loss)},
          {"transit_p50", OrNull(sample.transit_p50)},
          {"transit_p99", OrNull(sample.transit_p99)},
          {"freezes", sample.freezes},
          {"generator_cpu", sample.generator_cpu},
          {"server_cpu", OrNull(sample.server_cpu)}};
}

Json PointsJson(const std::vector<Curve::Point>& points) {
  Json json = Json::array();
  for (const auto& point : points) json.push_back({point.value, point.share});
  return json;
}

Json CurveJson(const Curve& curve) {
  return {{"key", curve.key}, {"label", curve.label}, {"points", PointsJson(curve.points)}};
}

Json FrameTransitJson(const FrameTransit& transit) {
  return {{"packets", transit.packets},
          {"count", transit.count},
          {"points", PointsJson(transit.points)}};
}

Json ResultJson(const ExpectationResult& result) {
  return {{"text", result.expectation.text}, {"passed", result.passed}, {"found", result.found}};
}

Json StepJson(const RampStep& step) {
  return {{"participants", step.participants},
          {"valid", step.valid},
          {"passed", step.passed},
          {"why", step.why}};
}

// Reads members; the first that is not as it should be is remembered, with its path.
class Reader {
 public:
  [[nodiscard]] const std::string& error() const { return error_; }
  void Fail(const std::string& path, std::string_view why) {
    if (error_.empty()) error_ = path + ": " + std::string(why);
  }

  // Absent members keep what `to` has.
  void Read(const Json& from, const std::string& path, const char* key, std::string& to) {
    if (const Json* const json = Member(from, path, key)) {
      json->is_string() ? void(to = json->get_ref<const std::string&>())
                        : Fail(path + key, "not a string");
    }
  }
  void Read(const Json& from, const std::string& path, const char* key, bool& to) {
    if (const Json* const json = Member(from, path, key)) {
      json->is_boolean() ? void(to = json->get<bool>()) : Fail(path + key, "not true or false");
    }
  }
  // What was no finite number when it was written is null.
  void Read(const Json& from, const std::string& path, const char* key, double& to) {
    const Json* const json = Member(from, path, key);
    if (json != nullptr && !json->is_null()) Number(*json, path + key, to);
  }
  void Read(const Json& from, const std::string& path, const char* key, int& to) {
    double number = to;
    Read(from, path, key, number);
    if (number < 0 || number > 1e9 || number != std::floor(number)) {
      return Fail(path + key, "not a whole number of things");
    }
    to = static_cast<int>(number);
  }
  template <typename T>
  void Read(const Json& from, const std::string& path, const char* key, std::optional<T>& to) {
    const Json* const json = Member(from, path, key);
    if (json == nullptr || json->is_null()) return;
    T value{};
    Read(from, path, key, value);
    to = value;
  }
  void Read(const Json& from, const std::string& path, const char* key,
            std::vector<std::string>& to) {
    Each(from, path, key, [this, &to](const Json& json, const std::string& at) {
      if (!json.is_string()) return Fail(at, "not a string");
      to.push_back(json.get<std::string>());
    });
  }
  void Each(const Json& from, const std::string& path, const char* key,
            const std::function<void(const Json&, const std::string&)>& f) {
    const Json* const json = Member(from, path, key);
    if (json == nullptr) return;
    if (!json->is_array()) return Fail(path + key, "not a list");
    std::size_t index = 0;
    for (const Json& element : *json) {
      f(element, path + key + "[" + std::to_string(index++) + "]");
    }
  }
  void Number(const Json& json, const std::string& path, double& to) {
    if (!json.is_number()) return Fail(path, "not a number");
    to = json.get<double>();
  }
  // Null, and an error, if `json` is no object; null alone if it lacks `key`.
  const Json* Member(const Json& json, const std::string& path, const char* key) {
    if (!json.is_object()) {
      Fail(path.empty() ? "the file" : path.substr(0, path.size() - 1), "not an object");
      return nullptr;
    }
    const auto found = json.find(key);
    return found == json.end() ? nullptr : &*found;
  }

 private:
  std::string error_;
};

void ReadValues(Reader& reader, const Json& json, Report& report) {
  const Json* const values = reader.Member(json, "", "values");
  if (values == nullptr) return reader.Fail("values", "missing");
  if (!values->is_object()) return reader.Fail("values", "not an object");
  for (const FigureKind& kind : FigureKinds()) {
    const auto found = values->find(std::string(kind.key));
    if (found == values->end()) continue;
    const std::string path = "values." + std::string(kind.key) + ".";
    Value value;
    reader.Read(*found, path, "value", value.value);
    reader.Read(*found, path, "reason", value.reason);
    if (!value.value && value.reason.empty()) value.reason = "not measured";
    report.values.insert_or_assign(std::string(kind.key), std::move(value));
  }
}

void ReadSamples(Reader& reader, const Json& json, Report& report) {
  reader.Each(json, "", "timeline", [&](const Json& element, const std::string& at) {
    const std::string path = at + ".";
    TimelineSample& sample = report.timeline.emplace_back();
    reader.Read(element, path, "seconds", sample.seconds);
    reader.Read(element, path, "participants", sample.participants);
    reader.Read(element, path, "send_rate", sample.send_rate);
    reader.Read(element, path, "receive_rate", sample.receive_rate);
    reader.Read(element, path, "received_packets", sample.received_packets);
    reader.Read(element, path, "loss", sample.loss);
    reader.Read(element, path, "transit_p50", sample.transit_p50);
    reader.Read(element, path, "transit_p99", sample.transit_p99);
    reader.Read(element, path, "freezes", sample.freezes);
    reader.Read(element, path, "generator_cpu", sample.generator_cpu);
    reader.Read(element, path, "server_cpu", sample.server_cpu);
  });
}

void ReadPoints(Reader& reader, const Json& json, const std::string& at,
                std::vector<Curve::Point>& points) {
  reader.Each(json, at + ".", "points", [&](const Json& pair, const std::string& where) {
    if (!pair.is_array() || pair.size() != 2) return reader.Fail(where, "not a pair");
    auto& point = points.emplace_back();
    reader.Number(pair[0], where, point.value);
    reader.Number(pair[1], where, point.share);
  });
}

void ReadCurves(Reader& reader, const Json& json, Report& report) {
  reader.Each(json, "", "curves", [&](const Json& element, const std::string& at) {
    Curve& curve = report.curves.emplace_back();
    reader.Read(element, at + ".", "key", curve.key);
    reader.Read(element, at + ".", "label", curve.label);
    ReadPoints(reader, element, at, curve.points);
  });
}

void ReadTransit(Reader& reader, const Json& json, Report& report) {
  reader.Each(json, "", "transit_by_packets", [&](const Json& element, const std::string& at) {
    FrameTransit& transit = report.transit_by_packets.emplace_back();
    reader.Read(element, at + ".", "packets", transit.packets);
    reader.Read(element, at + ".", "count", transit.count);
    ReadPoints(reader, element, at, transit.points);
  });
}

void ReadVerdicts(Reader& reader, const Json& json, Report& report) {
  reader.Read(json, "", "invalid", report.invalid);
  reader.Read(json, "", "problems", report.problems);
  reader.Each(json, "", "expectations", [&](const Json& element, const std::string& at) {
    ExpectationResult result;
    reader.Read(element, at + ".", "text", result.expectation.text);
    reader.Read(element, at + ".", "passed", result.passed);
    reader.Read(element, at + ".", "found", result.found);
    const auto parsed = ParseExpectations(result.expectation.text);
    if (!parsed.ok() || parsed->size() != 1) return reader.Fail(at + ".text", "no expectation");
    result.expectation = parsed->front();
    report.expectations.push_back(std::move(result));
  });
  reader.Each(json, "", "ramp", [&](const Json& element, const std::string& at) {
    RampStep& step = report.ramp.emplace_back();
    reader.Read(element, at + ".", "participants", step.participants);
    reader.Read(element, at + ".", "valid", step.valid);
    reader.Read(element, at + ".", "passed", step.passed);
    reader.Read(element, at + ".", "why", step.why);
  });
  reader.Read(json, "", "ramp_limit", report.ramp_limit);
}

template <typename T>
Json ListJson(const std::vector<T>& list, Json (*one)(const T&)) {
  Json json = Json::array();
  for (const T& element : list) json.push_back(one(element));
  return json;
}

}  // namespace

std::string WriteJson(const Report& report) {
  Json json = {{"format", kFormat},
               {"version", kVersion},
               {"verdict", !report.valid()   ? "invalid"
                           : report.passed() ? "passed"
                                             : "failed"},
               {"title", report.title},
               {"target", report.target},
               {"software", report.software},
               {"scenario", report.scenario},
               {"started", report.started},
               {"duration", report.duration},
               {"participants", report.participants},
               {"interrupted", report.interrupted}};
  for (const FigureKind& kind : FigureKinds()) {
    json["values"][std::string(kind.key)] = FigureJson(kind, report.Get(kind.key));
  }
  json["invalid"] = report.invalid;
  json["problems"] = report.problems;
  json["expectations"] = ListJson(report.expectations, ResultJson);
  json["ramp"] = ListJson(report.ramp, StepJson);
  json["ramp_limit"] = report.ramp_limit ? Json(*report.ramp_limit) : Json();
  json["timeline"] = ListJson(report.timeline, SampleJson);
  json["curves"] = ListJson(report.curves, CurveJson);
  json["transit_by_packets"] = ListJson(report.transit_by_packets, FrameTransitJson);
  json["scenario_yaml"] = report.scenario_yaml;
  // What a server called itself may be no UTF-8.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

absl::StatusOr<Report> ReadJson(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return absl::InvalidArgumentError("not JSON");
  Reader reader;
  std::string format;
  int version = 0;
  reader.Read(json, "", "format", format);
  reader.Read(json, "", "version", version);
  if (format != kFormat) return absl::InvalidArgumentError("not a report of stellwerk-load");
  if (version < 1 || version > kVersion) {
    return absl::InvalidArgumentError("a report of version " + std::to_string(version) +
                                      "; known is up to " + std::to_string(kVersion));
  }
  Report report;
  reader.Read(json, "", "title", report.title);
  reader.Read(json, "", "target", report.target);
  reader.Read(json, "", "software", report.software);
  reader.Read(json, "", "scenario", report.scenario);
  reader.Read(json, "", "scenario_yaml", report.scenario_yaml);
  reader.Read(json, "", "started", report.started);
  reader.Read(json, "", "duration", report.duration);
  reader.Read(json, "", "participants", report.participants);
  reader.Read(json, "", "interrupted", report.interrupted);
  ReadValues(reader, json, report);
  ReadSamples(reader, json, report);
  ReadCurves(reader, json, report);
  ReadTransit(reader, json, report);
  ReadVerdicts(reader, json, report);
  if (!reader.error().empty()) return absl::InvalidArgumentError(reader.error());
  return report;
}

}  // namespace stellwerk::load
