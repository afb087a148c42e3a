#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

// RFC 8832 §5.1, DATA_CHANNEL_OPEN.
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Message Type |  Channel Type |            Priority           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                    Reliability Parameter                      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         Label Length          |       Protocol Length         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// \                     Label, then Protocol                      /
struct DcepOpen {
  DataChannelParameters parameters;
  uint16_t priority = 256;  // RFC 8831 §6.4: "normal"
};

// RFC 8832 §5.2, DATA_CHANNEL_ACK: the message type alone.
struct DcepAck {};

using DcepMessage = std::variant<DcepOpen, DcepAck>;

// kTruncated, kMalformed (unknown channel type), kUnsupported (unknown message type).
Expected<DcepMessage, DropReason> ParseDcep(std::span<const uint8_t> bytes);
// Label and protocol must be at most 65535 bytes each.
std::vector<uint8_t> SerializeDcep(const DcepMessage& message);

}  // namespace stellwerk
