#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"

namespace stellwerk {

// RFC 3550 §12.1, RFC 4585 §6.1, RFC 3611 §2.
enum class RtcpType : uint8_t {
  kSenderReport = 200,
  kReceiverReport = 201,
  kSdes = 202,
  kBye = 203,
  kApp = 204,
  kTransportLayerFeedback = 205,   // RTPFB
  kPayloadSpecificFeedback = 206,  // PSFB
  kExtendedReport = 207,
};

// One packet of a compound, read in place.
//
// RFC 3550 §6.4.1:
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |V=2|P| RC/FMT  |      PT       |  length in 32-bit words - 1   |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
struct RtcpPacketView {
  static constexpr std::size_t kHeaderSize = 4;

  RtcpType type{};                // may be a value that the enum does not name
  uint8_t count = 0;              // reports, sources, or the feedback message type; 5 bits
  std::span<const uint8_t> body;  // after the header, without padding
};

// Walks over the packets of a compound or reduced-size (RFC 5506) RTCP datagram.
//
//   RtcpReader reader(datagram);
//   while (auto packet = reader.Next()) { ... }
//   if (reader.error()) ...
class RtcpReader {
 public:
  explicit RtcpReader(std::span<const uint8_t> datagram) : rest_(datagram) {}
  // nullopt at the end, or at the first packet whose header or length is wrong.
  std::optional<RtcpPacketView> Next();
  [[nodiscard]] std::optional<DropReason> error() const { return error_; }

 private:
  std::span<const uint8_t> rest_;
  std::optional<DropReason> error_;
};

// Writes a header whose length field is filled in by the destructor, from what was written in
// between; the body must come out as whole 32-bit words.
class RtcpHeaderScope {
 public:
  RtcpHeaderScope(ByteWriter& out, RtcpType type, std::size_t count);
  ~RtcpHeaderScope();
  RtcpHeaderScope(const RtcpHeaderScope&) = delete;
  RtcpHeaderScope& operator=(const RtcpHeaderScope&) = delete;

 private:
  ByteWriter& out_;
  std::size_t start_;
};

}  // namespace stellwerk
