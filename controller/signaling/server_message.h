#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "controller/room/room.h"
#include "controller/room/room_error.h"
#include "controller/room/room_outbox.h"

// What the server says, as JSON text; README.md describes each message.
namespace stellwerk {

struct SlotLimits {
  std::size_t audio = 0;
  std::size_t video = 0;
};

std::string WelcomeText(const Redacted& room, const Joined& joined, SlotLimits limits);
std::string AnswerText(int64_t id, std::string_view sdp);
std::string OkText(int64_t id);
std::string ErrorText(std::optional<int64_t> id, std::string_view code, std::string_view message);
std::string EventText(const RoomEvent& event);
// The `code` of an error message.
std::string_view CodeOf(RoomErrorCode code);

}  // namespace stellwerk
