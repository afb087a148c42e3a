#include "rtc/pacing/pacer.h"

#include <utility>

namespace stellwerk {

Pacer::Pacer() : Pacer(Config{}) {}
Pacer::Pacer(const Config& config) : config_(config) {}

void Pacer::SetTarget(DataRate target, Timestamp /*now*/) { target_ = target; }
bool Pacer::CanSendNow(const OutgoingRtp& /*rtp*/, Timestamp /*now*/) const { return true; }
SentPacketInfo Pacer::OnSent(const OutgoingRtp& rtp, Timestamp /*now*/) {
  return {.size = DataSize::Bytes(static_cast<int64_t>(rtp.wire_size())) + kPacketOverhead,
          .media_class = rtp.media_class};
}
bool Pacer::Enqueue(OutgoingRtp&& /*rtp*/, Timestamp /*now*/) { return false; }
std::optional<Pacer::Packet> Pacer::Next(Timestamp /*now*/) { return std::nullopt; }
void Pacer::StartProbe(const ProbeCluster& /*probe*/, Timestamp /*now*/) {}
DataSize Pacer::PaddingNeeded(Timestamp /*now*/) const { return {}; }
void Pacer::HandleTimeout(Timestamp /*now*/) {}
Timestamp Pacer::NextTimeout() const { return kNever; }
TimeDelta Pacer::QueueDelay() const { return {}; }
std::vector<Ssrc> Pacer::TakeDroppedStreams() { return std::exchange(dropped_streams_, {}); }

}  // namespace stellwerk
