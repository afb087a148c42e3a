#include "transport/sctp/sctp_packet_check.h"

#include <algorithm>
#include <cstddef>

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

// RFC 9260 §3.2 and, from 0x40 on, RFC 8260, RFC 6525, RFC 3758.
enum ChunkType : uint8_t {
  kData = 0,
  kInit = 1,
  kInitAck = 2,
  kSack = 3,
  kHeartbeat = 4,
  kHeartbeatAck = 5,
  kAbort = 6,
  kShutdown = 7,
  kShutdownAck = 8,
  kError = 9,
  kCookieEcho = 10,
  kCookieAck = 11,
  kShutdownComplete = 14,
  kReconfig = 130,
  kPad = 132,
  kForwardTsn = 192,
};

constexpr std::size_t kCommonHeaderSize = 12;
constexpr std::size_t kHeaderSize = 4;  // of a chunk, a parameter, an error cause

// Where the parameters or error causes of a chunk begin; nullopt: it has none.
std::optional<std::size_t> FixedSizeOf(uint8_t type) {
  switch (type) {
    case kInit:
    case kInitAck:
      return 16;
    case kHeartbeat:
    case kHeartbeatAck:
    case kAbort:
    case kError:
    case kReconfig:
      return 0;
    default:
      return std::nullopt;
  }
}

// The least that a chunk's value must hold.
std::optional<std::size_t> LeastSizeOf(uint8_t type) {
  switch (type) {
    case kData:
      return 13;  // RFC 9260 §3.3.1: at least one byte of user data
    case kInit:
    case kInitAck:
      return 16;
    case kSack:
      return 12;
    case kShutdown:
    case kForwardTsn:
    case kReconfig:
    case kHeartbeat:
    case kHeartbeatAck:
      return 4;
    case kAbort:
    case kError:
    case kShutdownAck:
    case kCookieEcho:
    case kCookieAck:
    case kShutdownComplete:
    case kPad:
      return 0;
    default:
      return std::nullopt;
  }
}

std::size_t Padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

// RFC 9260 §3.2.1: type, length with the header, value, padding that the last one may lack.
bool AreParametersWellFormed(std::span<const uint8_t> bytes) {
  ByteReader reader(bytes);
  while (reader.remaining() > 0) {
    reader.Skip(2);
    const std::size_t size = reader.ReadU16();
    if (!reader.ok() || size < kHeaderSize) return false;
    reader.Skip(size - kHeaderSize);
    reader.Skip(std::min(Padded(size) - size, reader.remaining()));
    if (!reader.ok()) return false;
  }
  return true;
}

// RFC 9260 §3.3.4: the gap blocks and duplicates that a SACK announces.
bool IsSackWellFormed(std::span<const uint8_t> value) {
  ByteReader reader(value);
  reader.Skip(8);
  const std::size_t gaps = reader.ReadU16();
  const std::size_t duplicates = reader.ReadU16();
  return reader.ok() && reader.remaining() == 4 * (gaps + duplicates);
}

}  // namespace

std::optional<DropReason> CheckSctpPacket(std::span<const uint8_t> packet, bool is_up) {
  if (packet.size() < kCommonHeaderSize + kHeaderSize) return DropReason::kTruncated;
  if (packet.size() % 4 != 0) return DropReason::kMalformed;
  ByteReader reader(packet.subspan(kCommonHeaderSize));
  bool is_first = true;
  while (reader.remaining() > 0) {
    const uint8_t type = reader.ReadU8();
    reader.Skip(1);
    const std::size_t size = reader.ReadU16();
    if (!reader.ok() || size < kHeaderSize) return DropReason::kMalformed;
    const auto value = reader.ReadBytes(size - kHeaderSize);
    reader.Skip(Padded(size) - size);
    if (!reader.ok()) return DropReason::kTruncated;
    const auto least = LeastSizeOf(type);
    if (!least) return DropReason::kUnsupported;
    if (value.size() < *least) return DropReason::kMalformed;
    if (type == kSack && !IsSackWellFormed(value)) return DropReason::kMalformed;
    const auto fixed = FixedSizeOf(type);
    if (fixed && !AreParametersWellFormed(value.subspan(*fixed))) return DropReason::kMalformed;
    if (type == kInit || type == kInitAck || type == kShutdownComplete) {
      // RFC 9260 §6.10: never bundled with anything.
      if (!is_first || reader.remaining() > 0) return DropReason::kMalformed;
      // A second INIT would restart the association, which nothing in WebRTC does within one DTLS
      // session.
      if (type == kInit && is_up) return DropReason::kUnsupported;
    }
    is_first = false;
  }
  return std::nullopt;
}

}  // namespace stellwerk
