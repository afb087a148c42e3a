#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "transport/base/socket_address.h"
#include "transport/stun/stun_types.h"

namespace stellwerk {

// A parsed STUN message; a view into the datagram, which must outlive it.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |0 0|  STUN Message Type        |         Message Length        |
// |                         Magic Cookie                          |
// |                  Transaction ID (96 bits)                     |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         Type (16 bits)        |    Length without padding     |  attributes,
// |                         Value (variable) ...                  |  each padded to 4
class StunMessage {
 public:
  // The most unknown attributes that are remembered for an UNKNOWN-ATTRIBUTES answer.
  static constexpr std::size_t kMaxUnknown = 4;

  // A FINGERPRINT, if there is one, has been verified; MESSAGE-INTEGRITY has not.
  static Expected<StunMessage, DropReason> Parse(std::span<const uint8_t> datagram);

  [[nodiscard]] StunClass message_class() const { return class_; }
  [[nodiscard]] uint16_t method() const { return method_; }
  [[nodiscard]] const StunTransactionId& transaction_id() const { return transaction_id_; }
  [[nodiscard]] std::size_t size() const { return datagram_.size(); }

  [[nodiscard]] std::optional<std::string_view> username() const { return username_; }
  [[nodiscard]] std::optional<SocketAddress> xor_mapped_address() const { return xor_mapped_; }
  [[nodiscard]] std::optional<uint32_t> priority() const { return priority_; }
  [[nodiscard]] bool use_candidate() const { return use_candidate_; }
  // The tie-breakers of RFC 8445 §7.1.3.
  [[nodiscard]] std::optional<uint64_t> ice_controlling() const { return ice_controlling_; }
  [[nodiscard]] std::optional<uint64_t> ice_controlled() const { return ice_controlled_; }
  // 300..699
  [[nodiscard]] std::optional<uint16_t> error_code() const { return error_code_; }
  [[nodiscard]] bool has_fingerprint() const { return has_fingerprint_; }
  [[nodiscard]] bool has_integrity() const { return integrity_offset_ != 0; }
  // True if the message carries a MESSAGE-INTEGRITY that was made with `key`.
  [[nodiscard]] bool VerifyIntegrity(std::string_view key) const;
  // Comprehension-required attributes that we don't know.
  [[nodiscard]] std::span<const uint16_t> unknown_required() const {
    return std::span(unknown_).first(unknown_count_);
  }

 private:
  bool ReadAttribute(uint16_t type, std::span<const uint8_t> value);
  bool ReadXorMappedAddress(std::span<const uint8_t> value);
  bool ReadErrorCode(std::span<const uint8_t> value);

  std::span<const uint8_t> datagram_;
  StunClass class_ = StunClass::kRequest;
  uint16_t method_ = 0;
  StunTransactionId transaction_id_{};
  std::optional<std::string_view> username_;
  std::optional<SocketAddress> xor_mapped_;
  std::optional<uint32_t> priority_;
  bool use_candidate_ = false;
  std::optional<uint64_t> ice_controlling_;
  std::optional<uint64_t> ice_controlled_;
  std::optional<uint16_t> error_code_;
  bool has_fingerprint_ = false;
  std::size_t integrity_offset_ = 0;  // of the attribute's header; 0 = none
  std::array<uint16_t, kMaxUnknown> unknown_{};
  std::size_t unknown_count_ = 0;
};

}  // namespace stellwerk
