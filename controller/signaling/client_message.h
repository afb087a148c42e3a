#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "controller/room/room.h"
#include "rtc/base/expected.h"
#include "rtc/base/redacted.h"

// What a client may say; README.md describes each message.
namespace stellwerk {

inline constexpr int kSignalingVersion = 1;
inline constexpr std::size_t kMaxSignalingMessage = 256 * 1024;

struct HelloMessage {
  int64_t version = 0;
  Redacted room;
  Redacted identity;
  Redacted name;
  Redacted token;
  Redacted secret;
  bool end_to_end_encrypted = false;
};
struct OfferMessage {
  int64_t id = 0;
  std::string sdp;
};
struct TracksMessage {
  int64_t id = 0;
  std::vector<std::pair<Mid, TrackSettings>> tracks;
};
struct ViewMessage {
  int64_t id = 0;
  std::vector<Room::ViewChange> slots;
};
struct StatsMessage {
  int64_t id = 0;
};
struct PingMessage {
  int64_t id = 0;
};
struct LeaveMessage {};

using ClientMessage = std::variant<HelloMessage, OfferMessage, TracksMessage, ViewMessage,
                                   StatsMessage, PingMessage, LeaveMessage>;

// What is wrong with a message, and the request id if it could be read.
struct BadMessage {
  std::optional<int64_t> id;
  std::string text;
};

// Hostile text gives an error.
Expected<ClientMessage, BadMessage> ParseClientMessage(std::string_view text);

// Room names and identities: 1 to 64 bytes of UTF-8 without '/' and control characters.
bool IsGoodName(std::string_view name);

}  // namespace stellwerk
