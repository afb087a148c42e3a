#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/sequence_number.h"

namespace stellwerk {

// A received RTP packet, read in place. Cheap to copy; the bytes must outlive it.
//
// RFC 3550 §5.1:
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |V=2|P|X|  CC   |M|     PT      |       sequence number         |
//  |                           timestamp                           |
//  |                             SSRC                              |
//  |                       CSRC (0..15 of them)                    |
//  |  extension profile            |  length in 32-bit words       |
//  |                       extension elements                      |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
class RtpPacketView {
 public:
  static constexpr std::size_t kFixedHeaderSize = 12;

  static Expected<RtpPacketView, DropReason> Parse(std::span<const uint8_t> packet);
  // The same for SRTP that is not decrypted: header and extensions are in the clear (RFC 3711
  // §3.1), but not how much padding there is. payload() is then ciphertext, padding and tag.
  static Expected<RtpPacketView, DropReason> ParseProtected(std::span<const uint8_t> packet);

  [[nodiscard]] PayloadType payload_type() const { return PayloadType(packet_[1] & 0x7F); }
  [[nodiscard]] bool marker() const { return (packet_[1] & 0x80) != 0; }
  [[nodiscard]] SeqNum sequence_number() const { return sequence_number_; }
  [[nodiscard]] RtpTimestamp timestamp() const { return timestamp_; }
  [[nodiscard]] Ssrc ssrc() const { return ssrc_; }

  [[nodiscard]] std::size_t csrc_count() const { return packet_[0] & 0x0F; }
  // `index` must be less than csrc_count().
  [[nodiscard]] Ssrc csrc(std::size_t index) const;

  // Everything before the payload: fixed header, CSRCs and extensions.
  [[nodiscard]] std::size_t header_size() const { return header_size_; }
  [[nodiscard]] std::size_t payload_offset() const { return header_size_; }
  // Without padding; empty for a padding-only packet.
  [[nodiscard]] std::span<const uint8_t> payload() const {
    return packet_.subspan(header_size_, packet_.size() - header_size_ - padding_size_);
  }
  // There is padding; true also where, being encrypted, it is not known how much.
  [[nodiscard]] bool has_padding() const { return (packet_[0] & 0x20) != 0; }
  // Includes the byte that says how many there are.
  [[nodiscard]] std::size_t padding_size() const { return padding_size_; }
  [[nodiscard]] std::span<const uint8_t> bytes() const { return packet_; }

  // The data of the extension `id`, in the one- or two-byte form (RFC 8285). A broken element ends
  // the search: what lies before it is still found, as RFC 8285 §4.1.2 wants unknown or unusable
  // extensions to be ignored.
  [[nodiscard]] std::optional<std::span<const uint8_t>> FindExtension(ExtensionId id) const;

  // Calls visit(ExtensionId, std::span<const uint8_t>) for each extension element, in the order of
  // the packet.
  template <typename Visitor>
  void ForEachExtension(Visitor&& visit) const {
    std::size_t cursor = 0;
    while (const auto element = NextExtension(cursor)) visit(element->id, element->data);
  }

 private:
  enum class ExtensionForm : uint8_t { kNone, kOneByte, kTwoByte };
  struct Element {
    ExtensionId id;
    std::span<const uint8_t> data;
  };

  RtpPacketView() = default;
  // The element at or after `cursor`, which moves behind it.
  [[nodiscard]] std::optional<Element> NextExtension(std::size_t& cursor) const;

  std::span<const uint8_t> packet_;
  std::span<const uint8_t> extensions_;  // the elements only
  SeqNum sequence_number_;
  RtpTimestamp timestamp_;
  Ssrc ssrc_;
  uint32_t header_size_ = 0;
  uint8_t padding_size_ = 0;
  ExtensionForm form_ = ExtensionForm::kNone;
};

}  // namespace stellwerk
