#include "bench/synthetic/impairment.h"

#include "transport/demux/packet_kind.h"

namespace stellwerk::synthetic {

bool ImpairedLink::Passes(double loss, std::span<const uint8_t> datagram) {
  if (loss <= 0) return true;
  if (impairment_.media_only) {
    const PacketKind kind = ClassifyPacket(datagram);
    if (kind != PacketKind::kRtp && kind != PacketKind::kRtcp) return true;
  }
  const bool lost = static_cast<double>(random_.NextU32()) < loss * 4294967296.0;
  if (lost) ++lost_;
  return !lost;
}

}  // namespace stellwerk::synthetic
