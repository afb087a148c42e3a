#include "transport/ice/check_response.h"

#include <algorithm>

#include "transport/stun/stun_writer.h"

namespace stellwerk {

PacketRef MakeCheckSuccess(PacketPool& pool, const StunMessage& request, const SocketAddress& from,
                           std::string_view password) {
  PacketRef packet = pool.Allocate(128);
  StunWriter writer(packet.mutable_buffer(), StunClass::kSuccess, request.method(),
                    request.transaction_id());
  writer.AddXorMappedAddress(from);
  writer.AddMessageIntegrity(password);
  writer.AddFingerprint();
  packet.set_size(writer.Finish());
  return packet;
}

PacketRef MakeCheckError(PacketPool& pool, const StunMessage& request, uint16_t code,
                         std::string_view password) {
  PacketRef packet = pool.Allocate(128);
  // The writer gets no more room than the request had; whatever does not fit is not sent.
  const std::size_t room = std::min(packet.capacity(), request.size());
  StunWriter writer(packet.mutable_buffer().first(room), StunClass::kError, request.method(),
                    request.transaction_id());
  writer.AddErrorCode(code);
  if (code == kStunUnknownAttribute) writer.AddUnknownAttributes(request.unknown_required());
  if (!password.empty()) writer.AddMessageIntegrity(password);
  // RFC 8489 §7.3: who did not use FINGERPRINT need not get one, and it may have had no room for
  // ours.
  if (request.has_fingerprint()) writer.AddFingerprint();
  if (writer.Finish() == 0) return {};
  packet.set_size(writer.Finish());
  return packet;
}

}  // namespace stellwerk
