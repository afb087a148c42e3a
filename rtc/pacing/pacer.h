#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/outbox.h"
#include "rtc/base/prefetch.h"
#include "rtc/base/units.h"
#include "rtc/bwe/bandwidth_estimate.h"
#include "rtc/bwe/probe_cluster.h"
#include "rtc/bwe/sent_packet.h"
#include "rtc/pacing/packet_ring.h"

namespace stellwerk {

// Spreads what one transport sends, so that a keyframe does not arrive at the subscriber's link as
// one lump, and sends probes. Every packet takes one of two ways:
//
//   if (pacer.CanSendNow(rtp, now)) { info = pacer.OnSent(rtp, now); number it, send it }
//   else pacer.Enqueue(std::move(rtp), now);
//
// At its deadline take what may go, `while (auto packet = pacer.Next(now)) number it, send it`, and
// then make PaddingNeeded() bytes of padding and hand these to OnSent() as well; again until both
// have nothing.
class Pacer {
 public:
  struct Pace {
    // Packets of this much time may go out together: fewer wake-ups and fuller sendmmsg batches,
    // more unevenness on the link.
    TimeDelta burst{};
    // The rate, times the target: frames come in lumps.
    double factor = 1;
    // The same for a queue that would take too long.
    double max_factor = 1;
  };
  struct Config {
    // A queue is emptied within about this time, by a higher rate if need be.
    TimeDelta drain = std::chrono::milliseconds(250);
    // By how much room there is on the link.
    Pace unknown = {.burst = std::chrono::milliseconds(5), .factor = 1.2, .max_factor = 1.6};
    Pace draining = {.burst = std::chrono::milliseconds(5), .factor = 1, .max_factor = 1};
    Pace scarce = {.burst = std::chrono::milliseconds(5), .factor = 1.2, .max_factor = 1.6};
    Pace some = {.burst = std::chrono::milliseconds(5), .factor = 1.8, .max_factor = 2.4};
    Pace ample = {.burst = std::chrono::milliseconds(40), .factor = 2.5, .max_factor = 4};
    // Video that has waited longer than this is dropped, and with it all that waits of its stream:
    // without it the rest could not be decoded. A stream that overfills the queue fares the same.
    TimeDelta max_wait = std::chrono::milliseconds(1000);
    DataSize max_queue = DataSize::Bytes(2'000'000);
  };
  struct Packet {
    OutgoingRtp rtp;
    SentPacketInfo info;
    TimeDelta waited{};
  };

  Pacer();
  explicit Pacer(const Config& config);

  // What the link should be sent at most on average: the estimate's target.
  void SetTarget(DataRate target, LinkRoom room, Timestamp now);

  // True if `rtp` may go past the queue. Audio always may.
  [[nodiscard]] bool CanSendNow(const OutgoingRtp& rtp, Timestamp now) const {
    if (rtp.media_class == RtpClass::kAudio) return true;
    return MaySend(now) && (queued_packets_ == 0 || !MustQueue(rtp.media_class));
  }
  // `rtp` goes out now without having been queued.
  SentPacketInfo OnSent(const OutgoingRtp& rtp, Timestamp now) {
    SentPacketInfo info{.size = WireSize(rtp), .media_class = rtp.media_class};
    Account(info, now);
    return info;
  }
  // CanSendNow() and OnSent() will be called soon: has what they need fetched from memory.
  void Prefetch() const { stellwerk::Prefetch(this, offsetof(Pacer, config_)); }
  // False if the packet was dropped: the queue is full.
  bool Enqueue(OutgoingRtp&& rtp, Timestamp now);
  // The next packet that may go out now, accounted for as sent.
  [[nodiscard]] std::optional<Packet> Next(Timestamp now);

  // Begins a probe as soon as those before it are done. Media counts for it, too.
  void StartProbe(const ProbeCluster& probe, Timestamp now);
  // How much padding a probe lacks now; zero while media waits. If none can be made nothing
  // happens: it asks again after a few milliseconds, and gives the probe up in the end.
  [[nodiscard]] DataSize PaddingNeeded(Timestamp now);

  // When Next() or PaddingNeeded() will have something.
  [[nodiscard]] Timestamp NextTimeout() const;

  [[nodiscard]] bool empty() const { return queued_packets_ == 0; }
  [[nodiscard]] DataSize queued() const { return queued_; }
  // Of that, repairs: they go before new pictures.
  [[nodiscard]] DataSize queued_repairs() const { return queues_[kRetransmissions].size(); }
  // What a packet that is enqueued now would wait.
  [[nodiscard]] TimeDelta QueueDelay() const;
  [[nodiscard]] DataRate rate() const { return rate_; }
  // Packets dropped so far.
  [[nodiscard]] uint64_t dropped() const { return dropped_; }
  // The streams of which something was dropped since the last call: they want a keyframe.
  [[nodiscard]] std::vector<Ssrc> TakeDroppedStreams();

 private:
  // A probe that is being sent, or waits for its turn.
  struct Probe {
    ProbeCluster cluster;
    Timestamp asked_at;
    std::optional<Timestamp> started_at;
    Timestamp next_at;  // when its next packet is due
    DataSize sent;
    uint32_t packets = 0;
  };
  enum Queue : uint8_t { kRetransmissions, kVideo, kPadding, kQueues };
  static constexpr std::size_t kMaxProbes = 4;

  static Queue QueueOf(RtpClass media_class);
  [[nodiscard]] const Pace& PaceFor(LinkRoom room) const;
  static DataSize WireSize(const OutgoingRtp& rtp) {
    return DataSize::Bytes(static_cast<int64_t>(rtp.wire_size())) + kPacketOverhead;
  }
  // How long `size` takes at the rate.
  [[nodiscard]] TimeDelta TimeFor(DataSize size) const {
    return TimeDelta(size.bytes() * time_per_byte_ >> kFraction);
  }
  [[nodiscard]] bool MaySend(Timestamp now) const {
    return paid_at_ <= now + pace_.burst || (!probes_.empty() && now >= probes_.front().next_at);
  }
  // Something of the same kind, or of a more urgent one, waits.
  [[nodiscard]] bool MustQueue(RtpClass media_class) const;
  void Account(SentPacketInfo& info, Timestamp now) {
    const TimeDelta cost = TimeFor(info.size);
    paid_at_ = std::min(std::max(paid_at_, now) + cost, now + kMaxDebt + cost);
    if (!probes_.empty()) AccountProbe(info, now);
  }
  void AccountProbe(SentPacketInfo& info, Timestamp now);
  void ForgetOldProbes(Timestamp now);
  void DropExpired(Timestamp now);
  void DropStream(Ssrc ssrc, Timestamp now);
  OutgoingRtp Pop(PacketRing& queue);
  // After the queue or the target have changed.
  void UpdateRate(Timestamp now) {
    // Most of the time little waits, or nothing.
    if (queued_ > drained_in_time_ || rate_ != usual_rate_) ChooseRate(now);
  }
  void ChooseRate(Timestamp now);

  // However much audio and probes went past the queue, media is held up for that long at most.
  static constexpr TimeDelta kMaxDebt = std::chrono::milliseconds(250);
  static constexpr int kFraction = 16;

  // What a packet needs that need not wait comes first.
  // When the rate will have made up for all that was sent.
  Timestamp paid_at_;
  int64_t time_per_byte_ = 0;  // ns << kFraction
  Pace pace_;
  std::size_t queued_packets_ = 0;
  DataSize queued_;
  std::vector<Probe> probes_;  // the first is being sent

  Config config_;
  LinkRoom room_ = LinkRoom::kUnknown;
  DataRate target_;
  DataRate usual_rate_;       // what the target allows ...
  DataRate most_;             // ... and what it allows at most, if much waits
  DataSize drained_in_time_;  // a queue that is gone soon enough at the usual rate
  DataRate rate_;
  std::array<PacketRing, kQueues> queues_;
  Timestamp next_expiry_;  // nothing that waits expires before
  uint64_t dropped_ = 0;
  std::vector<Ssrc> dropped_streams_;
};

}  // namespace stellwerk
