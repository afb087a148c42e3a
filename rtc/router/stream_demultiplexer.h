#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rtc/base/ids.h"
#include "rtc/producer/producer.h"
#include "rtc/rtp/rtp_packet_view.h"

namespace stellwerk {

// Finds the producer and encoding of each RTP packet of one transport (RFC 8843 §9.2, RFC 8852): by
// its SSRC if that is known, else by MID and (repaired) RID, else by a payload type that only one
// producer uses.
class StreamDemultiplexer {
 public:
  struct Route {
    Producer* producer = nullptr;
    uint8_t encoding = 0;
  };

  // False, and nothing changed, if its MID or one of its SSRCs is taken. The producer must be
  // removed before it dies.
  [[nodiscard]] bool Add(Producer& producer);
  void Remove(const Producer& producer);

  // nullopt: nobody negotiated this stream. What it learns it remembers, and tells the producer
  // (Producer::LearnSsrc).
  std::optional<Route> Resolve(const RtpPacketView& view);
  // The stream or RTX stream of `ssrc`, if it is known.
  [[nodiscard]] std::optional<Route> Find(Ssrc ssrc) const;

  [[nodiscard]] const std::vector<Producer*>& producers() const { return producers_; }

 private:
  std::optional<Route> Learn(const RtpPacketView& view);
  [[nodiscard]] Producer* FindByMid(const RtpPacketView& view, bool& has_mid) const;
  [[nodiscard]] Producer* FindByPayloadType(PayloadType payload_type) const;

  std::vector<Producer*> producers_;
  absl::flat_hash_map<Ssrc, Route> routes_;
};

}  // namespace stellwerk
