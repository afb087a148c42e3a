#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "proto/request.h"
#include "proto/snapshot.h"
#include "proto/stats.h"

namespace stellwerk::proto {

struct Ok {
  friend bool operator==(const Ok&, const Ok&) = default;
};

enum class ErrorCode : uint8_t {
  kInvalidArgument,     // contradicts itself or what exists
  kNotFound,            // no such object
  kAlreadyExists,       // the id, SSRC or ufrag is taken
  kFailedPrecondition,  // e.g. a transport that is closed
  kUnsupported,
  kInternal,
};
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string text;  // names the thing, the value and the bound; no address, no person
  friend bool operator==(const Error&, const Error&) = default;
};

// A name as the metrics show it, e.g. "packets_received"; a counter, unless it ends in a unit such
// as "_us" or "_bps".
struct StatsValue {
  std::string name;
  uint64_t value = 0;
  friend bool operator==(const StatsValue&, const StatsValue&) = default;
};
struct ObjectStats {
  ObjectId object;
  std::vector<StatsValue> values;
  friend bool operator==(const ObjectStats&, const ObjectStats&) = default;
};
struct StatsChunk {
  std::vector<StatsValue> worker;  // of the worker as a whole; in the first chunk
  std::vector<ObjectStats> objects;
  bool last = true;
  friend bool operator==(const StatsChunk&, const StatsChunk&) = default;
};

using ResponseBody = std::variant<Ok, Error, StatsChunk, SnapshotChunk, TransportStatsChunk>;

struct Response {
  uint64_t id = 0;  // of the request
  ResponseBody body;
  friend bool operator==(const Response&, const Response&) = default;
};

}  // namespace stellwerk::proto
