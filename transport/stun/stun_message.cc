#include "transport/stun/stun_message.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "rtc/base/byte_reader.h"
#include "transport/stun/stun_integrity.h"

namespace stellwerk {
namespace {

constexpr std::size_t kAttributeHeaderSize = 4;
constexpr std::size_t kIntegritySize = 20;
// RFC 8489 §5: the class's two bits lie at 0x0010 and 0x0100 of the message type.
constexpr StunClass ClassOf(uint16_t type) {
  return static_cast<StunClass>((type >> 4 & 0x1) | (type >> 7 & 0x2));
}
constexpr uint16_t MethodOf(uint16_t type) {
  return static_cast<uint16_t>((type & 0x000F) | (type >> 1 & 0x0070) | (type >> 2 & 0x0F80));
}
constexpr std::size_t Padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

std::string_view AsText(std::span<const uint8_t> bytes) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

}  // namespace

Expected<StunMessage, DropReason> StunMessage::Parse(std::span<const uint8_t> datagram) {
  if (datagram.size() < kStunHeaderSize) return Unexpected(DropReason::kTruncated);
  if (datagram.size() > kStunMaxSize) return Unexpected(DropReason::kTooLarge);
  StunMessage message;
  message.datagram_ = datagram;
  ByteReader reader(datagram);
  const uint16_t type = reader.ReadU16();
  const std::size_t length = reader.ReadU16();
  const uint32_t cookie = reader.ReadU32();
  const auto id = reader.ReadBytes(message.transaction_id_.size());
  std::copy(id.begin(), id.end(), message.transaction_id_.begin());
  // RFC 8489 §6.3: the first two bits are zero, the cookie is right, the length is sensible.
  if ((type & 0xC000) != 0 || cookie != kStunMagicCookie || length % 4 != 0) {
    return Unexpected(DropReason::kMalformed);
  }
  if (length != reader.remaining()) {
    return Unexpected(length > reader.remaining() ? DropReason::kTruncated
                                                  : DropReason::kMalformed);
  }
  message.class_ = ClassOf(type);
  message.method_ = MethodOf(type);

  while (reader.remaining() > 0) {
    // RFC 8489 §14.7: FINGERPRINT is the last attribute.
    if (message.has_fingerprint_) return Unexpected(DropReason::kMalformed);
    const std::size_t offset = reader.offset();
    const uint16_t attribute = reader.ReadU16();
    const std::size_t size = reader.ReadU16();
    const auto value = reader.ReadBytes(size);
    reader.Skip(Padded(size) - size);
    if (!reader.ok()) return Unexpected(DropReason::kTruncated);
    if (attribute == static_cast<uint16_t>(StunAttribute::kFingerprint)) {
      if (size != 4) return Unexpected(DropReason::kMalformed);
      if (ByteReader(value).ReadU32() != StunFingerprint(datagram.first(offset))) {
        return Unexpected(DropReason::kStunBadFingerprint);
      }
      message.has_fingerprint_ = true;
    } else if (message.has_integrity()) {
      // RFC 8489 §14.5: what follows MESSAGE-INTEGRITY is not protected by it, and ignored.
      continue;
    } else if (attribute == static_cast<uint16_t>(StunAttribute::kMessageIntegrity)) {
      if (size != kIntegritySize) return Unexpected(DropReason::kMalformed);
      message.integrity_offset_ = offset;
    } else if (!message.ReadAttribute(attribute, value)) {
      return Unexpected(DropReason::kMalformed);
    }
  }
  return message;
}

bool StunMessage::ReadAttribute(uint16_t type, std::span<const uint8_t> value) {
  ByteReader reader(value);
  // RFC 8489 §14: of a repeated attribute only the first counts.
  switch (static_cast<StunAttribute>(type)) {
    case StunAttribute::kUsername:
      if (!username_) username_ = AsText(value);
      // §14.3: less than 509 bytes of user name.
      return value.size() < 509;
    case StunAttribute::kPriority:
      if (!priority_) priority_ = reader.ReadU32();
      break;
    case StunAttribute::kUseCandidate:
      use_candidate_ = true;
      break;
    case StunAttribute::kIceControlling:
      if (!ice_controlling_) ice_controlling_ = reader.ReadU64();
      break;
    case StunAttribute::kIceControlled:
      if (!ice_controlled_) ice_controlled_ = reader.ReadU64();
      break;
    case StunAttribute::kXorMappedAddress:
      return xor_mapped_.has_value() || ReadXorMappedAddress(value);
    case StunAttribute::kErrorCode:
      return error_code_.has_value() || ReadErrorCode(value);
    case StunAttribute::kMappedAddress:
    case StunAttribute::kUnknownAttributes:
    case StunAttribute::kRealm:
    case StunAttribute::kNonce:
    case StunAttribute::kMessageIntegritySha256:
      break;  // known, of no use to ICE with short-term credentials
    default:
      // RFC 8489 §14: types below 0x8000 must be understood.
      if (type < 0x8000 && unknown_count_ < kMaxUnknown) unknown_[unknown_count_++] = type;
      break;
  }
  return reader.ok();
}

// RFC 8489 §14.2: the port is XORed with the cookie's upper half, the address with the cookie and
// the transaction id.
bool StunMessage::ReadXorMappedAddress(std::span<const uint8_t> value) {
  ByteReader reader(value);
  reader.Skip(1);
  const uint8_t family = reader.ReadU8();
  SocketAddress address;
  address.port = static_cast<uint16_t>(reader.ReadU16() ^ (kStunMagicCookie >> 16));
  std::array<uint8_t, 16> mask{};
  const auto header = datagram_.subspan(4, mask.size());
  std::copy(header.begin(), header.end(), mask.begin());
  if (family == 1) {
    std::array<uint8_t, 4> ip{};
    for (std::size_t i = 0; i < ip.size(); ++i) ip[i] = reader.ReadU8() ^ mask[i];
    address.ip = IpAddress::V4(ip);
  } else if (family == 2) {
    std::array<uint8_t, 16> ip{};
    for (std::size_t i = 0; i < ip.size(); ++i) ip[i] = reader.ReadU8() ^ mask[i];
    address.ip = IpAddress::V6(ip);
  } else {
    return false;
  }
  if (!reader.ok()) return false;
  xor_mapped_ = address;
  return true;
}

// RFC 8489 §14.8: three bits of hundreds, then 0..99.
bool StunMessage::ReadErrorCode(std::span<const uint8_t> value) {
  ByteReader reader(value);
  reader.Skip(2);
  const uint8_t hundreds = reader.ReadU8() & 0x07;
  const uint8_t number = reader.ReadU8();
  if (!reader.ok() || hundreds < 3 || hundreds > 6 || number > 99) return false;
  error_code_ = static_cast<uint16_t>(hundreds * 100 + number);
  return true;
}

bool StunMessage::VerifyIntegrity(std::string_view key) const {
  if (!has_integrity()) return false;
  // RFC 8489 §14.5: the length field as if MESSAGE-INTEGRITY were the last attribute.
  std::array<uint8_t, kStunMaxSize> copy;
  std::copy_n(datagram_.begin(), integrity_offset_, copy.begin());
  const std::size_t length =
      integrity_offset_ - kStunHeaderSize + kAttributeHeaderSize + kIntegritySize;
  copy[2] = static_cast<uint8_t>(length >> 8);
  copy[3] = static_cast<uint8_t>(length);
  const auto expected = StunHmacSha1(std::span(copy).first(integrity_offset_), key);
  const auto actual = datagram_.subspan(integrity_offset_ + kAttributeHeaderSize, kIntegritySize);
  return CRYPTO_memcmp(expected.data(), actual.data(), expected.size()) == 0;
}

}  // namespace stellwerk
