#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/outbox.h"
#include "rtc/base/units.h"
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
  struct Config {
    // Packets of this much time may go out together: fewer wake-ups and fuller sendmmsg batches,
    // more unevenness on the link.
    TimeDelta burst = std::chrono::milliseconds(5);
    // A queue is emptied within about this time, by a higher rate if need be ...
    TimeDelta drain = std::chrono::milliseconds(250);
    // ... of at most this many times the target.
    double max_factor = 1.6;
    // The rate otherwise, times the target: frames come in lumps.
    double factor = 1.2;
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
  void SetTarget(DataRate target, Timestamp now);

  // True if `rtp` may go past the queue. Audio always may.
  [[nodiscard]] bool CanSendNow(const OutgoingRtp& rtp, Timestamp now) const;
  // `rtp` goes out now without having been queued.
  SentPacketInfo OnSent(const OutgoingRtp& rtp, Timestamp now);
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
  [[nodiscard]] DataSize DebtAt(Timestamp now) const;
  [[nodiscard]] bool MaySend(Timestamp now) const;
  void Account(SentPacketInfo& info, Timestamp now);
  void AccountProbe(SentPacketInfo& info, Timestamp now);
  void ForgetOldProbes(Timestamp now);
  void DropExpired(Timestamp now);
  void DropStream(Ssrc ssrc, Timestamp now);
  OutgoingRtp Pop(PacketRing& queue);
  void UpdateRate(Timestamp now);

  Config config_;
  DataRate target_ = DataRate::KilobitsPerSecond(500);
  DataRate rate_;
  // What was sent beyond what the rate allows, as of debt_at_.
  DataSize debt_;
  Timestamp debt_at_;
  std::array<PacketRing, kQueues> queues_;
  std::size_t queued_packets_ = 0;
  DataSize queued_;
  std::vector<Probe> probes_;  // the first is being sent
  uint64_t dropped_ = 0;
  std::vector<Ssrc> dropped_streams_;
};

}  // namespace stellwerk
