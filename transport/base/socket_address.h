#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace stellwerk {

// An IPv4 or IPv6 address. IPv4-mapped IPv6 addresses are turned into IPv4, so one host has one
// value.
class IpAddress {
 public:
  IpAddress() = default;  // 0.0.0.0
  static IpAddress V4(std::array<uint8_t, 4> bytes);
  static IpAddress V6(std::array<uint8_t, 16> bytes);
  // Text form without brackets or zone; nullopt if it is not an address.
  static std::optional<IpAddress> Parse(std::string_view text);

  [[nodiscard]] bool is_v6() const { return is_v6_; }
  // 4 bytes are valid for IPv4, 16 for IPv6, in network order.
  [[nodiscard]] const std::array<uint8_t, 16>& bytes() const { return bytes_; }
  [[nodiscard]] bool is_unspecified() const { return bytes_ == std::array<uint8_t, 16>{}; }
  // For the wire and for candidates, never for a log: logs get an IpAddress by operator<<, which
  // redacts.
  [[nodiscard]] std::string ToText() const;
  // By words: addresses are compared for every packet.
  friend bool operator==(const IpAddress& a, const IpAddress& b) {
    return a.words() == b.words() && a.is_v6_ == b.is_v6_;
  }
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
  // "[redacted]" unless --log-addresses.
  friend std::ostream& operator<<(std::ostream& out, const IpAddress& address);
  template <typename H>
  friend H AbslHashValue(H h, const IpAddress& address) {
    const Words words = address.words();
    return H::combine(std::move(h), words.high, words.low, address.is_v6_);
  }

 private:
  struct Words {
    uint64_t high = 0;
    uint64_t low = 0;
    friend bool operator==(const Words&, const Words&) = default;
  };
  [[nodiscard]] Words words() const { return std::bit_cast<Words>(bytes_); }

  std::array<uint8_t, 16> bytes_{};
  bool is_v6_ = false;
};

struct SocketAddress {
  IpAddress ip;
  uint16_t port = 0;
  // "192.0.2.1:9", "[2001:db8::1]:9"; for the wire, never for a log.
  [[nodiscard]] std::string ToText() const;
  // The same form as ToText; nullopt if it is not an address and port.
  static std::optional<SocketAddress> Parse(std::string_view text);
  // The port first: it is what differs most often.
  friend bool operator==(const SocketAddress& a, const SocketAddress& b) {
    return a.port == b.port && a.ip == b.ip;
  }
  friend auto operator<=>(const SocketAddress&, const SocketAddress&) = default;
  friend std::ostream& operator<<(std::ostream& out, const SocketAddress& address);
  template <typename H>
  friend H AbslHashValue(H h, const SocketAddress& address) {
    return H::combine(std::move(h), address.ip, address.port);
  }
};

}  // namespace stellwerk
