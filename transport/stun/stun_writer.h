#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "rtc/base/byte_writer.h"
#include "transport/base/socket_address.h"
#include "transport/stun/stun_types.h"

namespace stellwerk {

// Builds one STUN message into a buffer. What does not fit makes Finish return 0.
class StunWriter {
 public:
  StunWriter(std::span<uint8_t> buffer, StunClass message_class, uint16_t method,
             const StunTransactionId& id);

  void AddUsername(std::string_view username);
  void AddPriority(uint32_t priority);
  void AddUseCandidate();
  void AddIceControlling(uint64_t tie_breaker);
  void AddIceControlled(uint64_t tie_breaker);
  void AddXorMappedAddress(const SocketAddress& address);
  // Without a reason phrase: it is for people, and none is there to read it.
  void AddErrorCode(uint16_t code);
  void AddUnknownAttributes(std::span<const uint16_t> types);

  // Nothing but AddFingerprint may follow.
  void AddMessageIntegrity(std::string_view key);
  void AddFingerprint();
  // The message's size, 0 if it did not fit.
  [[nodiscard]] std::size_t Finish() const { return writer_.ok() ? writer_.size() : 0; }

 private:
  void BeginAttribute(StunAttribute type, std::size_t size);
  void SetLength(std::size_t size_of_all);

  std::span<uint8_t> buffer_;
  StunTransactionId id_;
  ByteWriter writer_;
};

}  // namespace stellwerk
