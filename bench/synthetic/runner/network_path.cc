#include "bench/synthetic/runner/network_path.h"

#include <algorithm>
#include <utility>

namespace stellwerk::synthetic {
namespace {

// IPv4 and UDP: a link's capacity is taken by them, too.
constexpr std::size_t kHeaders = 28;

DataSize SizeOnWire(const PacketRef& packet) {
  return DataSize::Bytes(static_cast<int64_t>(packet.size() + kHeaders));
}

uint64_t LostIn(const Link& link) {
  const LinkCounters& counters = link.counters();
  return counters.policed + counters.queue_full + counters.aqm_dropped + counters.lost;
}

}  // namespace

void NetworkPath::SetLinks(const LinkConfig& up, const LinkConfig& down, Timestamp now) {
  if (!links_) {
    links_ = std::make_unique<Links>(up, down, seed_, now);
    return;
  }
  links_->down_at = std::max(links_->down_at, now);
  links_->up.Reconfigure(up, now);
  links_->down.Reconfigure(down, links_->down_at);
}

void NetworkPath::Clear() {
  lost_ = lost() - impaired_.lost();
  links_.reset();
  impaired_.Set({});
}

bool NetworkPath::Up(OutgoingDatagram& datagram, Timestamp now) {
  if (!impaired_.Sends(datagram.packet.bytes())) return false;
  if (!links_) return true;
  const DataSize size = SizeOnWire(datagram.packet);
  links_->up.Send(now, size, std::move(datagram));
  return false;
}

bool NetworkPath::Down(ReceivedDatagram& datagram, Timestamp now) {
  if (!impaired_.Receives(datagram.packet.bytes())) return false;
  if (!links_) return true;
  // As soon as the kernel had it, however late we read it.
  links_->down_at = std::max(links_->down_at, std::min(datagram.arrival, now));
  const DataSize size = SizeOnWire(datagram.packet);
  links_->down.Send(links_->down_at, size, std::move(datagram));
  return false;
}

std::optional<OutgoingDatagram> NetworkPath::PopUp(Timestamp now) {
  if (!links_) return std::nullopt;
  auto arrival = links_->up.Pop(now);
  if (!arrival) return std::nullopt;
  return std::move(arrival->payload);
}

std::optional<ReceivedDatagram> NetworkPath::PopDown(Timestamp now) {
  if (!links_) return std::nullopt;
  links_->down_at = std::max(links_->down_at, now);
  auto arrival = links_->down.Pop(links_->down_at);
  if (!arrival) return std::nullopt;
  arrival->payload.arrival = arrival->delivery.arrived;
  return std::move(arrival->payload);
}

Timestamp NetworkPath::NextTimeout() const {
  return links_ ? std::min(links_->up.NextTimeout(), links_->down.NextTimeout()) : kNever;
}

uint64_t NetworkPath::lost() const {
  uint64_t lost = lost_ + impaired_.lost();
  if (links_) lost += LostIn(links_->up.link()) + LostIn(links_->down.link());
  return lost;
}

}  // namespace stellwerk::synthetic
