#pragma once

#include <openssl/ssl.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/media_parameters.h"

namespace stellwerk {

// RFC 5246 §7.2.
struct DtlsAlert {
  static constexpr uint8_t kFatal = 2;
  static constexpr uint8_t kCloseNotify = 0;
  uint8_t level = 0;
  uint8_t description = 0;
};

// What is left of a DTLS 1.2 connection once OpenSSL's state of it is gone: the keys of its records
// (RFC 5246 §6.3), to read the peer's alerts by and to take leave. A hundred bytes instead of sixty
// thousand.
class AlertRecords {
 public:
  // Of a connection whose handshake is through. Null if its cipher is none that we take.
  static std::unique_ptr<AlertRecords> Of(const SSL* connection, DtlsRole role);
  ~AlertRecords();
  AlertRecords(const AlertRecords&) = delete;
  AlertRecords& operator=(const AlertRecords&) = delete;

  // The first alert in a datagram that the peer's key authenticates; nullopt: there is none. The
  // same one may be read again: after those that matter nothing is read any more.
  [[nodiscard]] std::optional<DtlsAlert> Read(std::span<const uint8_t> datagram) const;
  // A record with our close_notify, once. Empty if OpenSSL fails.
  std::vector<uint8_t> CloseNotify();

 private:
  struct Direction {
    std::array<uint8_t, 32> key{};
    std::array<uint8_t, 12> iv{};
  };
  AlertRecords() = default;
  // ChaCha20-Poly1305 makes its nonces of the whole IV and the record's number (RFC 7905 §2), GCM
  // of four bytes and what the record carries (RFC 5288 §3).
  [[nodiscard]] bool nonce_is_implicit() const { return explicit_nonce_size_ == 0; }
  [[nodiscard]] std::array<uint8_t, 12> NonceOf(const Direction& direction,
                                                std::span<const uint8_t> number,
                                                std::span<const uint8_t> explicit_nonce) const;

  int cipher_ = 0;  // OpenSSL's NID
  std::size_t explicit_nonce_size_ = 8;
  Direction ours_;
  Direction peers_;
};

}  // namespace stellwerk
