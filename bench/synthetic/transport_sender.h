#pragma once

#include <cstdint>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/compound.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "transport/base/outbox.h"
#include "transport/session/endpoint.h"

namespace stellwerk::synthetic {

// The sending side of a participant's transport: numbers and stamps what is transport-wide, and
// hands it to the endpoint.
class TransportSender {
 public:
  // Both must outlive it.
  TransportSender(TransportId id, Endpoint& endpoint, PacketPool& pool)
      : id_(id), endpoint_(endpoint), pool_(pool) {}

  // Header, then the two parts of the payload. Transport-wide number and send time are added to the
  // header where `extensions` has them. Returns the bytes of the packet.
  std::size_t SendRtp(RtpHeaderWriter& header, const RtpExtensionIds& extensions,
                      std::span<const uint8_t> first, std::span<const uint8_t> second,
                      Timestamp now, TransportOutbox& out);
  void SendRtcp(std::span<const RtcpMessage> messages, TransportOutbox& out);

  [[nodiscard]] TransportId id() const { return id_; }

 private:
  TransportId id_;
  Endpoint& endpoint_;
  PacketPool& pool_;
  uint16_t next_transport_seq_ = 1;
};

}  // namespace stellwerk::synthetic
