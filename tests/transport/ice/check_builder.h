#pragma once

#include <optional>
#include <string>
#include <vector>

#include "transport/base/outbox.h"
#include "transport/stun/stun_message.h"
#include "transport/stun/stun_writer.h"

// What a peer would send, byte for byte.
namespace stellwerk {

struct CheckOptions {
  std::string username = "ours:peer";
  std::optional<std::string> password = "a password of 22 chars";
  uint32_t priority = 100;
  bool use_candidate = false;
  bool claims_controlled = false;
  std::optional<uint16_t> unknown_attribute = {};
  bool fingerprint = true;
  uint8_t transaction = 1;
};

inline std::vector<uint8_t> BuildCheck(const CheckOptions& options) {
  std::vector<uint8_t> bytes(512);
  StunWriter writer(bytes, StunClass::kRequest, kStunBinding,
                    StunTransactionId{options.transaction});
  if (!options.username.empty()) writer.AddUsername(options.username);
  writer.AddPriority(options.priority);
  if (options.claims_controlled) {
    writer.AddIceControlled(42);
  } else {
    writer.AddIceControlling(42);
  }
  if (options.unknown_attribute) {
    // An empty attribute whose type is then changed.
    const std::size_t at = writer.Finish();
    writer.AddUseCandidate();
    bytes[at] = static_cast<uint8_t>(*options.unknown_attribute >> 8);
    bytes[at + 1] = static_cast<uint8_t>(*options.unknown_attribute);
  }
  if (options.use_candidate) writer.AddUseCandidate();
  if (options.password) writer.AddMessageIntegrity(*options.password);
  if (options.fingerprint) writer.AddFingerprint();
  bytes.resize(writer.Finish());
  return bytes;
}

inline Tuple TupleFrom(std::string_view remote, IpProtocol protocol = IpProtocol::kUdp) {
  return {.protocol = protocol,
          .local = *SocketAddress::Parse("192.0.2.1:10000"),
          .remote = *SocketAddress::Parse(remote)};
}

}  // namespace stellwerk
