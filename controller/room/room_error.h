#pragma once

#include <cstdint>
#include <string>

namespace stellwerk {

// Why a room did not do what a participant asked for. Signalling turns it into an `error`, WHIP
// into a status.
enum class RoomErrorCode : uint8_t {
  kUnauthorized,  // identity in use, and the secret does not match
  kConflict,      // identity in use by another kind of client
  kFull,
  kNotFound,
  kOfferRejected,
  kUnavailable,  // no worker, or draining
};

struct RoomError {
  RoomErrorCode code = RoomErrorCode::kUnavailable;
  std::string text;  // for the client's developer; no name of another person
};

}  // namespace stellwerk
