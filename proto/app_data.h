#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/request.h"

// What the controller stores in the app_data of a worker's objects, so that a restarted controller
// finds its rooms again. The worker never reads it.
namespace stellwerk::proto {

// With a Router.
struct RoomData {
  std::string name;
  friend bool operator==(const RoomData&, const RoomData&) = default;
};
// With a Transport.
struct ParticipantData {
  std::string identity;
  std::string name;
  std::string secret;
  std::vector<uint8_t>
      negotiated;  // what the m-lines of its last offer became, in the controller's own form
  friend bool operator==(const ParticipantData&, const ParticipantData&) = default;
};
// With a Producer.
struct TrackData {
  std::string track;
  std::string source;  // "camera", "microphone", "screen"
  bool muted = false;
  friend bool operator==(const TrackData&, const TrackData&) = default;
};
using AppDataBody = std::variant<RoomData, ParticipantData, TrackData>;

[[nodiscard]] AppData EncodeAppData(const AppDataBody& body);
[[nodiscard]] absl::StatusOr<AppDataBody> DecodeAppData(std::span<const uint8_t> bytes);

}  // namespace stellwerk::proto
