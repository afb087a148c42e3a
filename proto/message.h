#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/hello.h"
#include "proto/notification.h"
#include "proto/request.h"
#include "proto/response.h"

namespace stellwerk::proto {

using Message =
    std::variant<ControllerHello, WorkerHello, Refusal, Request, Response, Notification>;

// The largest message, its 4-byte size prefix included. Snapshots and statistics are split well
// below it.
inline constexpr std::size_t kMaxMessageSize = 4 * 1024 * 1024;
// The most app_data that one object may carry.
inline constexpr std::size_t kMaxAppDataSize = 256 * 1024;

// A size-prefixed flatbuffer: 4 bytes little-endian length of what follows, then the buffer.
[[nodiscard]] std::vector<uint8_t> Encode(const Message& message);

// Reads one size-prefixed message, which is exactly `bytes`. Hostile bytes give a status that says
// what is wrong with them: everything is verified before it is read, unknown union members and
// out-of-range enums are refused, and lists and texts are bounded, so that a small message can't
// unfold into a large one.
[[nodiscard]] absl::StatusOr<Message> Decode(std::span<const uint8_t> bytes);

}  // namespace stellwerk::proto
