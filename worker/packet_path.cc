#include "worker/packet_path.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>
#include <variant>

#include "rtc/base/check.h"
#include "rtc/base/deadline_grid.h"
#include "rtc/rtp/header_extensions/abs_send_time.h"

namespace stellwerk {
namespace {

// Written, protected and sent together: with their buffers a few hundred kB.
constexpr std::size_t kPacketsAtOnce = 128;

template <std::size_t N>
void Patch(std::span<uint8_t> packet, std::size_t offset, const std::array<uint8_t, N>& bytes) {
  STELLWERK_CHECK(offset + N <= packet.size());
  std::copy(bytes.begin(), bytes.end(), packet.begin() + static_cast<std::ptrdiff_t>(offset));
}

// How many of the first ones have the same sender and are of one kind.
std::size_t RunLength(std::span<const ReceivedMedia> media) {
  const auto end = std::find_if(media.begin(), media.end(), [&](const ReceivedMedia& other) {
    return other.transport != media[0].transport || other.is_rtcp != media[0].is_rtcp;
  });
  return static_cast<std::size_t>(end - media.begin());
}

// How many of the first ones are of one stream, up to the end of a frame.
std::size_t RunLength(std::span<const OutgoingRtp> rtp) {
  std::size_t length = 0;
  do {
    ++length;
  } while (!rtp[length - 1].marker && length < rtp.size() && rtp[length].ssrc == rtp[0].ssrc &&
           rtp[length].transport == rtp[0].transport &&
           rtp[length].media_class == rtp[0].media_class);
  return length;
}

}  // namespace

PacketPath::PacketPath(PacketPool& pool, Random& random, Endpoint& endpoint, TimeDelta gather)
    : pool_(pool), random_(random), endpoint_(endpoint), gatherer_(gather) {}

PacketPath::~PacketPath() = default;

void PacketPath::HandleBatch(Timestamp now, std::span<ReceivedDatagram> batch) {
  for (ReceivedDatagram& datagram : batch) {
    endpoint_.HandleDatagram(now, datagram.arrival, datagram.tuple, std::move(datagram.packet),
                             transport_out_);
  }
}

void PacketPath::HandleTupleClosed(Timestamp now, const Tuple& tuple) {
  endpoint_.OnTupleClosed(tuple, now, transport_out_);
}

void PacketPath::HandleTimeout(Timestamp now) {
  endpoint_.HandleTimeout(now, transport_out_);
  if (const auto due = router_deadlines_.PopDue(now)) {
    Router& router = *routers_.at(*due);
    router.HandleTimeout(now, rtc_out_);
    TouchRouter(router);
  }
  gatherer_.HandleTimeout(now, gathered_);
}

Timestamp PacketPath::NextTimeout() const {
  return std::min({endpoint_.NextTimeout(), router_deadlines_.Next(), gatherer_.NextTimeout()});
}

bool PacketPath::AdvanceSome(Timestamp now) {
  // Events first: a transport that has just got its keys may send what its first packet causes.
  for (TransportEvent& event : transport_out_.events) HandleTransportEvent(now, event);
  transport_out_.events.clear();
  for (std::span<ReceivedMedia> media = transport_out_.media; !media.empty();) {
    const auto run = media.first(RunLength(media));
    Route(now, run);
    media = media.subspan(run.size());
  }
  transport_out_.media.clear();
  // Sending makes datagrams only; so this comes to an end.
  const std::size_t end = std::min(rtc_out_.rtp.size(), next_rtp_ + kPacketsAtOnce);
  while (next_rtp_ < end) {
    const auto rest = std::span<const OutgoingRtp>(rtc_out_.rtp).subspan(next_rtp_);
    const std::size_t length = RunLength(rest);
    // The next runs are most likely as long as this one, and to others.
    if (rest.size() > 3 * length) endpoint_.Prefetch(rest[3 * length].transport);
    if (rest.size() > 2 * length) endpoint_.PrefetchKeys(rest[2 * length].transport);
    Send(now, rest.first(length));
    next_rtp_ += length;
  }
  SendGathered();  // what has waited long enough
  endpoint_.Flush(transport_out_);
  if (next_rtp_ < rtc_out_.rtp.size()) return true;
  next_rtp_ = 0;
  rtc_out_.rtp.clear();
  for (const OutgoingRtcp& rtcp : rtc_out_.rtcp)
    endpoint_.SendRtcp(rtcp.transport, rtcp.bytes, transport_out_);
  rtc_out_.rtcp.clear();
  std::move(rtc_out_.events.begin(), rtc_out_.events.end(), std::back_inserter(rtc_events_));
  rtc_out_.events.clear();
  return false;
}

void PacketPath::Route(Timestamp now, std::span<ReceivedMedia> media) {
  const TransportId transport = media.front().transport;
  const auto leg = legs_.find(transport);
  if (leg == legs_.end()) {
    for (std::size_t i = 0; i < media.size(); ++i) rtc_out_.drops.Count(DropReason::kUnknownStream);
    return;
  }
  Router& router = *leg->second.router;
  if (media.front().is_rtcp) {
    for (const ReceivedMedia& rtcp : media) {
      router.HandleRtcp(now, transport, rtcp.packet.bytes(), rtc_out_);
    }
  } else {
    for (ReceivedMedia& rtp : media) {
      received_.push_back({.arrival = rtp.arrival, .packet = std::move(rtp.packet)});
    }
    router.HandleRtp(now, transport, received_, rtc_out_);
    received_.clear();
  }
  TouchRouter(router);
}

void PacketPath::Send(Timestamp now, std::span<const OutgoingRtp> run) {
  written_.clear();
  for (const OutgoingRtp& rtp : run) {
    // What came in is bounded by kMaxDatagram; all the same, no packet may bring down the worker.
    if (rtp.wire_size() + kRoomBehind > PacketPool::kSizeClasses.back()) {
      rtc_out_.drops.Count(DropReason::kTooLarge);
    } else {
      written_.push_back(Write(now, rtp));
    }
  }
  const OutgoingRtp& last = run.back();
  if (gatherer_.enabled() && last.media_class == RtpClass::kVideo) {
    // What comes out of the pacer is not followed by the rest of its frame: that waits for its
    // turn.
    const bool paced = last.arrival == Timestamp{};
    gatherer_.Add(now, last.transport, last.ssrc, last.marker || paced, written_, gathered_);
    return SendGathered();  // protected while it is in the cache
  }
  for (PacketRef& packet : written_) {
    endpoint_.SendRtp(last.transport, std::move(packet), transport_out_);
  }
}

PacketRef PacketPath::Write(Timestamp now, const OutgoingRtp& rtp) {
  PacketRef packet = pool_.Allocate(rtp.wire_size() + kRoomBehind);
  const auto payload = rtp.payload();
  uint8_t* to = packet.mutable_buffer().data();
  // Most prefixes are short, and a copy of fixed size takes a few instructions. What is too much is
  // written over.
  constexpr std::size_t kShort = 64;
  static_assert(kShort <= PacketPool::kSizeClasses.front() && kShort <= OutgoingRtp::kMaxPrefix);
  std::copy_n(rtp.prefix.begin(), kShort, to);
  if (rtp.prefix_size > kShort) std::copy_n(rtp.prefix.begin(), rtp.prefix_size, to);
  to = std::copy(payload.begin(), payload.end(), to + rtp.prefix_size);
  if (rtp.padding > 0) {
    // RFC 3550 §5.1: the last byte counts the padding, itself included.
    *std::fill_n(to, rtp.padding - 1, uint8_t{0}) = rtp.padding;
  }
  packet.set_size(rtp.wire_size());
  packet.set_arrival(rtp.arrival);
  if (rtp.abs_send_time_offset != OutgoingRtp::kNoOffset) {
    Patch(packet.mutable_bytes(), rtp.abs_send_time_offset, AbsSendTime::From(now).Serialize());
  }
  return packet;
}

void PacketPath::SendGathered() {
  for (FrameGatherer::Packet& gathered : gathered_) {
    endpoint_.SendRtp(gathered.transport, std::move(gathered.packet), transport_out_);
  }
  gathered_.clear();
}

void PacketPath::HandleTransportEvent(Timestamp now, TransportEvent& event) {
  if (const auto* changed = std::get_if<TransportStateChanged>(&event)) {
    if (Router* router = RouterOf(changed->transport)) {
      // A transport that is silent for a few seconds may only have lost its way: media goes on
      // until RFC 7675 says stop.
      const bool writable = changed->state == TransportState::kConnected ||
                            changed->state == TransportState::kDisconnected;
      router->OnTransportWritable(changed->transport, writable, now, rtc_out_);
      TouchRouter(*router);
    }
  }
  transport_events_.push_back(std::move(event));
}

absl::Status PacketPath::AddRouter(RouterId id) {
  const auto [it, added] = routers_.try_emplace(id);
  if (!added) return absl::AlreadyExistsError("router " + std::to_string(id.value()) + " exists");
  it->second = std::make_unique<Router>(id, random_);
  TouchRouter(*it->second);
  return absl::OkStatus();
}

void PacketPath::RemoveRouter(RouterId id) {
  const auto found = routers_.find(id);
  if (found == routers_.end()) return;
  STELLWERK_CHECK(found->second->empty());
  router_deadlines_.Remove(id);
  routers_.erase(found);
}

absl::Status PacketPath::AddTransport(RouterId router_id, TransportId id, Timestamp now) {
  Router* router = FindRouter(router_id);
  if (router == nullptr)
    return absl::NotFoundError("no router " + std::to_string(router_id.value()));
  if (const absl::Status status = router->AddTransport(id, now); !status.ok()) return status;
  legs_[id] = Leg{.router = router};
  TouchRouter(*router);
  return absl::OkStatus();
}

void PacketPath::RemoveTransport(TransportId id, Timestamp now) {
  Router* router = RouterOf(id);
  if (router == nullptr) return;
  router->RemoveTransport(id, now, rtc_out_);
  TouchRouter(*router);
  STELLWERK_CHECK(next_rtp_ == 0);
  std::erase_if(rtc_out_.rtp, [&](const OutgoingRtp& rtp) {
    if (rtp.transport != id) return false;
    rtc_out_.drops.Count(DropReason::kClosed);
    return true;
  });
  gatherer_.Forget(id);
  legs_.erase(id);
}

Router* PacketPath::FindRouter(RouterId id) {
  const auto found = routers_.find(id);
  return found == routers_.end() ? nullptr : found->second.get();
}

Router* PacketPath::RouterOf(TransportId id) {
  const auto found = legs_.find(id);
  return found == legs_.end() ? nullptr : found->second.router;
}

void PacketPath::TouchRouter(const Router& router) {
  router_deadlines_.Set(router.id(), OnDeadlineGrid(router.NextTimeout(), kTurnGrid));
}

}  // namespace stellwerk
