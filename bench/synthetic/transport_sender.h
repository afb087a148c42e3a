#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "bench/synthetic/publisher_rate.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/outbox.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/compound.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "transport/base/outbox.h"
#include "transport/session/endpoint.h"

namespace stellwerk::synthetic {

// Whose packet it is, and how urgent.
struct RtpOrigin {
  Ssrc ssrc;
  RtpClass media_class = RtpClass::kVideo;
};

// The sending side of a participant's transport: numbers and stamps what is transport-wide, and
// hands it to the endpoint.
class TransportSender {
 public:
  // Both must outlive it.
  TransportSender(TransportId id, Endpoint& endpoint, PacketPool& pool)
      : id_(id), endpoint_(endpoint), pool_(pool) {}

  // From now on packets go out as an estimate of the network allows, and not before.
  void ObeyNetwork() { rate_ = std::make_unique<PublisherRate>(); }
  // Null: all goes at once.
  [[nodiscard]] PublisherRate* rate() { return rate_.get(); }
  [[nodiscard]] const PublisherRate* rate() const { return rate_.get(); }

  // Header, then the two parts of the payload. Transport-wide number and send time are added to the
  // header where `extensions` has them. Returns the bytes of the packet.
  std::size_t SendRtp(RtpHeaderWriter& header, const RtpExtensionIds& extensions,
                      const RtpOrigin& origin, std::span<const uint8_t> first,
                      std::span<const uint8_t> second, Timestamp now, TransportOutbox& out);
  // Packets that waited and may go now.
  void Release(Timestamp now, TransportOutbox& out);
  void SendRtcp(std::span<const RtcpMessage> messages, TransportOutbox& out);

  [[nodiscard]] TransportId id() const { return id_; }

 private:
  std::size_t SendPaced(RtpHeaderWriter& header, const RtpExtensionIds& extensions,
                        const RtpOrigin& origin, std::span<const uint8_t> first,
                        std::span<const uint8_t> second, Timestamp now, TransportOutbox& out);
  void Depart(std::span<OutgoingRtp> packets, Timestamp now, TransportOutbox& out);

  TransportId id_;
  Endpoint& endpoint_;
  PacketPool& pool_;
  uint16_t next_transport_seq_ = 1;
  std::unique_ptr<PublisherRate> rate_;
};

}  // namespace stellwerk::synthetic
