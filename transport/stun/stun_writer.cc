#include "transport/stun/stun_writer.h"

#include <algorithm>
#include <array>

#include "transport/stun/stun_integrity.h"

namespace stellwerk {

StunWriter::StunWriter(std::span<uint8_t> buffer, StunClass message_class, uint16_t method,
                       const StunTransactionId& id)
    : buffer_(buffer), id_(id), writer_(buffer) {
  const auto c = static_cast<unsigned>(message_class);
  // RFC 8489 §5: M11..M7 C1 M6..M4 C0 M3..M0.
  writer_.WriteU16(static_cast<uint16_t>((method & 0x000F) | (method & 0x0070) << 1 |
                                         (method & 0x0F80) << 2 | (c & 1) << 4 | (c & 2) << 7));
  writer_.WriteU16(0);
  writer_.WriteU32(kStunMagicCookie);
  writer_.WriteBytes(id);
}

void StunWriter::BeginAttribute(StunAttribute type, std::size_t size) {
  writer_.WriteU16(static_cast<uint16_t>(type));
  writer_.WriteU16(static_cast<uint16_t>(size));
  SetLength(writer_.size() + ((size + 3) & ~std::size_t{3}));
}

void StunWriter::SetLength(std::size_t size_of_all) {
  writer_.PatchU16(2, static_cast<uint16_t>(size_of_all - kStunHeaderSize));
}

void StunWriter::AddUsername(std::string_view username) {
  BeginAttribute(StunAttribute::kUsername, username.size());
  writer_.WriteText(username);
  writer_.WriteZeros((4 - username.size() % 4) % 4);
}

void StunWriter::AddPriority(uint32_t priority) {
  BeginAttribute(StunAttribute::kPriority, 4);
  writer_.WriteU32(priority);
}

void StunWriter::AddUseCandidate() { BeginAttribute(StunAttribute::kUseCandidate, 0); }

void StunWriter::AddIceControlling(uint64_t tie_breaker) {
  BeginAttribute(StunAttribute::kIceControlling, 8);
  writer_.WriteU64(tie_breaker);
}

void StunWriter::AddIceControlled(uint64_t tie_breaker) {
  BeginAttribute(StunAttribute::kIceControlled, 8);
  writer_.WriteU64(tie_breaker);
}

void StunWriter::AddXorMappedAddress(const SocketAddress& address) {
  const std::size_t ip_size = address.ip.is_v6() ? 16 : 4;
  BeginAttribute(StunAttribute::kXorMappedAddress, 4 + ip_size);
  writer_.WriteU8(0);
  writer_.WriteU8(address.ip.is_v6() ? 2 : 1);
  writer_.WriteU16(static_cast<uint16_t>(address.port ^ (kStunMagicCookie >> 16)));
  std::array<uint8_t, 16> mask{0x21, 0x12, 0xA4, 0x42};
  std::copy(id_.begin(), id_.end(), mask.begin() + 4);
  for (std::size_t i = 0; i < ip_size; ++i) writer_.WriteU8(address.ip.bytes()[i] ^ mask[i]);
}

void StunWriter::AddErrorCode(uint16_t code) {
  BeginAttribute(StunAttribute::kErrorCode, 4);
  writer_.WriteU16(0);
  writer_.WriteU8(static_cast<uint8_t>(code / 100));
  writer_.WriteU8(static_cast<uint8_t>(code % 100));
}

void StunWriter::AddUnknownAttributes(std::span<const uint16_t> types) {
  BeginAttribute(StunAttribute::kUnknownAttributes, 2 * types.size());
  for (const uint16_t type : types) writer_.WriteU16(type);
  if (types.size() % 2 != 0) writer_.WriteZeros(2);
}

void StunWriter::AddMessageIntegrity(std::string_view key) {
  const std::size_t covered = writer_.size();
  BeginAttribute(StunAttribute::kMessageIntegrity, 20);
  if (writer_.ok()) writer_.WriteBytes(StunHmacSha1(buffer_.first(covered), key));
}

void StunWriter::AddFingerprint() {
  const std::size_t covered = writer_.size();
  BeginAttribute(StunAttribute::kFingerprint, 4);
  if (writer_.ok()) writer_.WriteU32(StunFingerprint(buffer_.first(covered)));
}

}  // namespace stellwerk
