#include "worker/frame_gatherer.h"

#include <algorithm>
#include <iterator>

namespace stellwerk {
namespace {

constexpr uint8_t kPaddingBit = 0x20;  // RFC 3550 §5.1, of the first byte

bool MayBePadded(const PacketRef& packet) { return (packet.bytes()[0] & kPaddingBit) == 0; }

}  // namespace

void FrameGatherer::Add(Timestamp now, TransportId transport, Ssrc ssrc, bool complete,
                        std::span<PacketRef> packets, std::vector<Packet>& out) {
  if (complete && held_ == 0) return Send(transport, packets, out);  // nearly always
  const Key key(transport, ssrc);
  Frame& frame = frames_[key];
  if (frame.packets.empty()) {
    if (complete) return Send(transport, packets, out);
    ++held_;
    frame.number = next_number_++;
    deadlines_.push_back({.at = now + longest_, .key = key, .number = frame.number});
  }
  std::move(packets.begin(), packets.end(), std::back_inserter(frame.packets));
  if (complete) Release(key, frame, out);
}

void FrameGatherer::HandleTimeout(Timestamp now, std::vector<Packet>& out) {
  while (NextTimeout() <= now) {
    const Key key = deadlines_[first_deadline_].key;
    ++stats_.timeouts;
    Release(key, frames_.at(key), out);  // its deadline is the first, and goes
  }
}

void FrameGatherer::Forget(TransportId transport) {
  absl::erase_if(frames_, [&](const auto& entry) {
    if (entry.first.first != transport) return false;
    if (!entry.second.packets.empty()) --held_;
    return true;
  });
  DropSettledDeadlines();
}

void FrameGatherer::DropSettledDeadlines() {
  const auto is_held = [this](const Deadline& deadline) {
    const auto frame = frames_.find(deadline.key);
    return frame != frames_.end() && frame->second.number == deadline.number;
  };
  while (first_deadline_ < deadlines_.size() && !is_held(deadlines_[first_deadline_])) {
    ++first_deadline_;
  }
  if (first_deadline_ > deadlines_.size() / 2) {
    deadlines_.erase(deadlines_.begin(),
                     deadlines_.begin() + static_cast<std::ptrdiff_t>(first_deadline_));
    first_deadline_ = 0;
  }
}

Timestamp FrameGatherer::NextTimeout() const {
  return first_deadline_ < deadlines_.size() ? deadlines_[first_deadline_].at : kNever;
}

void FrameGatherer::Release(const Key& key, Frame& frame, std::vector<Packet>& out) {
  Send(key.first, frame.packets, out);
  frame.packets.clear();
  frame.number = 0;
  --held_;
  DropSettledDeadlines();
}

void FrameGatherer::Send(TransportId transport, std::span<PacketRef> packets,
                         std::vector<Packet>& out) {
  MakeEquallyLong(packets);
  ++stats_.frames;
  stats_.packets += packets.size();
  for (PacketRef& packet : packets) out.push_back({transport, std::move(packet)});
}

void FrameGatherer::MakeEquallyLong(std::span<PacketRef> packets) {
  std::size_t longest = 0;
  for (const PacketRef& packet : packets) longest = std::max(longest, packet.size());
  for (std::size_t i = 0; i + 1 < packets.size(); ++i) {
    PacketRef& packet = packets[i];
    const std::size_t missing = longest - packet.size();
    if (missing == 0 || missing > kMostPadding || !MayBePadded(packet)) continue;
    const std::size_t size = packet.size();
    const auto bytes = packet.mutable_buffer();
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(size), missing - 1, uint8_t{0});
    bytes[longest - 1] = static_cast<uint8_t>(missing);
    bytes[0] |= kPaddingBit;
    packet.set_size(longest);
    ++stats_.padded;
    stats_.padding_bytes += missing;
  }
}

}  // namespace stellwerk
