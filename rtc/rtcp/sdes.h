#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rtc/base/byte_writer.h"
#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/rtcp/rtcp_packet_view.h"

namespace stellwerk {

// RFC 3550 §12.2, RFC 8843 §15.1, RFC 8852 §3: the ones that we use; the others are carried as they
// are.
enum class SdesType : uint8_t { kCname = 1, kRid = 12, kRepairedRid = 13, kMid = 15 };

struct SdesItem {
  SdesType type{};
  std::string text;  // at most 255 bytes
  friend bool operator==(const SdesItem&, const SdesItem&) = default;
};

struct SdesChunk {
  Ssrc source;
  std::vector<SdesItem> items;
  // The text of the first item of `type`, empty if there is none.
  [[nodiscard]] std::string_view Find(SdesType type) const;
  friend bool operator==(const SdesChunk&, const SdesChunk&) = default;
};

// RFC 3550 §6.5 (PT=202): each chunk is an SSRC and items (type, length, text), ended by a zero
// byte and padded to 32 bits.
struct Sdes {
  std::vector<SdesChunk> chunks;  // at most 31

  // The usual one: a single source and its CNAME.
  static Sdes ForCname(Ssrc source, std::string_view cname);
  static Expected<Sdes, DropReason> Parse(const RtcpPacketView& packet);
  void SerializeTo(ByteWriter& out) const;
  friend bool operator==(const Sdes&, const Sdes&) = default;
};

}  // namespace stellwerk
