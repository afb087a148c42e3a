// Two publishers (simulcast and single), one subscriber with one slot, loss, reordering and repair
// on both ways, and a slot that is pointed, limited and paused at random. The subscriber's side is
// checked as a decoder would see it.
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <set>

#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr ConsumerId kSlot{1};

struct Frame {
  uint32_t timestamp = 0;
  uint16_t picture_id = 0;
  uint8_t tl0 = 0;
  VideoTag tag;
  int64_t first = 0;  // extended output number
  int64_t next =
      0;  // where the next frame begins if nothing is missing: behind this one and fillers
};

// What the slot's receiver collected, by extended sequence number.
class Receiver {
 public:
  // Returns the numbers that are missing before this one.
  std::vector<SeqNum> OnMedia(const RtpPacketView& view) {
    return Store(unwrapper_.Unwrap(view.sequence_number()), view.timestamp().value(),
                 view.payload(), view.marker());
  }
  void OnRtx(const RtpPacketView& view) {
    const auto rtx = *RtxPayload::Parse(view.payload());
    Store(unwrapper_.Peek(rtx.original_sequence_number), view.timestamp().value(),
          rtx.original_payload, view.marker());
  }

  struct Packet {
    uint32_t timestamp;
    bool marker;
    Bytes payload;
  };
  [[nodiscard]] const std::map<int64_t, Packet>& packets() const { return packets_; }
  [[nodiscard]] std::vector<SeqNum> Missing(int64_t window) const {
    std::vector<SeqNum> missing;
    if (packets_.empty()) return missing;
    const int64_t last = packets_.rbegin()->first;
    for (int64_t n = std::max(packets_.begin()->first, last - window); n < last; ++n) {
      if (!packets_.contains(n)) missing.push_back(ToSeqNum(ExtendedSeqNum(n)));
    }
    return missing;
  }

 private:
  std::vector<SeqNum> Store(int64_t number, uint32_t timestamp, std::span<const uint8_t> payload,
                            bool marker) {
    std::vector<SeqNum> missing;
    if (!packets_.empty()) {
      for (int64_t n = packets_.rbegin()->first + 1; n < number; ++n) {
        missing.push_back(ToSeqNum(ExtendedSeqNum(n)));
      }
    }
    const Packet packet{timestamp, marker, Bytes(payload.begin(), payload.end())};
    const auto [place, is_new] = packets_.emplace(number, packet);
    // The same number must never mean two things.
    EXPECT_EQ(place->second.timestamp, timestamp) << number;
    EXPECT_EQ(place->second.payload, packet.payload) << number;
    return missing;
  }

  Unwrapper<SeqNum> unwrapper_;
  std::map<int64_t, Packet> packets_;
};

class ForwardingSoakTest : public RoomFixture, public ::testing::WithParamInterface<uint64_t> {
 protected:
  struct Stream {
    Vp8Sender sender;
    TransportId transport;
    bool wants_keyframe = false;
    bool on = true;
    uint32_t frame = 0;
  };

  void SetUp() override {
    const char* given = std::getenv("STELLWERK_SEED");
    seed_ = given != nullptr ? std::strtoull(given, nullptr, 10) : GetParam();
    std::cout << "STELLWERK_SEED=" << seed_ << "\n";
    dice_ = SeededRandom(seed_);
    RoomFixture::SetUp();
    AddTransport(TransportId(3));
    AddProducer(ProducerId(7), VideoProducer("0", 3), kPublisher);
    AddProducer(ProducerId(8), VideoProducer("0", 1), TransportId(3));
    for (int i = 0; i < 3; ++i) {
      streams_.push_back({.sender = Sender(ProducerId(7), "0", i, true), .transport = kPublisher});
    }
    streams_.push_back({.sender = Sender(ProducerId(8), "0"), .transport = TransportId(3)});
    AddSlot(kSlot, VideoSlot(), ProducerId(7));
  }

  uint32_t Roll(uint32_t sides) { return dice_.NextU32() % sides; }
  void At(TimeDelta delay, std::function<void()> action) {
    events_.emplace(now_ + delay, std::move(action));
  }
  // One way through a network: lost, or late by 5..25 ms, so that packets overtake each other.
  void Transfer(std::function<void()> arrive) {
    if (lossy_ && Roll(100) < 4) return;
    At(milliseconds(5 + (lossy_ ? Roll(20) : 0)), std::move(arrive));
  }

  void SendFrame(Stream& stream) {
    if (!stream.on) return;
    const uint32_t timestamp = static_cast<uint32_t>(ToMilliseconds(now_ - start_) * 90);
    const bool keyframe = stream.wants_keyframe || stream.frame == 0;
    stream.wants_keyframe = false;
    const uint8_t temporal = keyframe || stream.frame % 2 == 0 ? 0 : 1;
    ++stream.frame;
    auto packets =
        stream.sender.Frame(timestamp, keyframe, temporal, static_cast<uint8_t>(1 + Roll(4)));
    if (Roll(4) == 0) packets.push_back(stream.sender.PaddingOnly(timestamp));
    for (Bytes& packet : packets) Upstream(stream, std::move(packet));
  }
  void Upstream(const Stream& stream, Bytes packet) {
    Transfer(
        [this, from = stream.transport, packet = std::move(packet)] { Deliver(packet, from); });
  }

  void HandleUpstreamRtcp(Stream& stream, std::span<const RtcpMessage> messages) {
    for (const RtcpMessage& message : messages) {
      if (const auto* pli = std::get_if<Pli>(&message); pli && pli->media == stream.sender.ssrc()) {
        Transfer([&stream] { stream.wants_keyframe = true; });
      }
      if (const auto* nack = std::get_if<Nack>(&message);
          nack && nack->media == stream.sender.ssrc()) {
        nack->ForEachLost([&](SeqNum lost) {
          auto packet = stream.sender.Retransmit(lost);
          ASSERT_TRUE(packet) << "asked for what was never sent";
          Upstream(stream, std::move(*packet));
        });
      }
    }
  }

  void Drain() {
    for (const OutgoingRtcp& rtcp : out_.rtcp) {
      if (rtcp.transport == kSubscriber) continue;
      const auto compound = ParseRtcp(rtcp.bytes);
      ASSERT_TRUE(compound);
      for (Stream& stream : streams_) {
        if (stream.transport == rtcp.transport) HandleUpstreamRtcp(stream, compound->messages);
      }
    }
    out_.rtcp.clear();
    for (Received& received : TakeRtp()) {
      if (forwarded_++ == 0) first_seq_ = received.seq();
      Transfer([this, received = std::move(received)] {
        const auto view = received.view();
        if (view.ssrc() == kSlotRtxSsrc) return receiver_.OnRtx(view);
        SendNack(receiver_.OnMedia(view));
      });
    }
    out_.events.clear();
  }
  void SendNack(const std::vector<SeqNum>& missing) {
    if (missing.empty() || missing.size() > 300) return;
    Transfer([this, missing] {
      DeliverRtcp<Nack>(kSubscriber,
                        [&](Nack& nack) { nack = Nack::For(Ssrc(1), kSlotSsrc, missing); });
    });
  }

  void Disturb() {
    switch (Roll(5)) {
      case 0:
        Point(kSlot, Roll(2) == 0 ? ProducerId(7) : ProducerId(8));
        break;
      case 1:
        ASSERT_TRUE(
            router_
                .SetConsumerDemand(kSlot,
                                   {.max_spatial = SpatialLayer(static_cast<uint8_t>(Roll(3))),
                                    .max_temporal = TemporalLayer(static_cast<uint8_t>(Roll(2)))},
                                   now_, out_)
                .ok());
        break;
      case 2: {
        Stream& stream = streams_[1 + Roll(2)];
        stream.on = !stream.on;
        break;
      }
      case 3:
        paused_ = !paused_;
        ASSERT_TRUE(router_.SetConsumerPaused(kSlot, paused_, now_, out_).ok());
        break;
      default:
        DeliverRtcp<Pli>(kSubscriber, [](Pli& pli) { pli.media = kSlotSsrc; });
    }
  }

  void RunUntil(Timestamp end) {
    while (true) {
      const Timestamp event = events_.empty() ? kNever : events_.begin()->first;
      const Timestamp next = std::min(event, router_.NextTimeout());
      if (next > end) break;
      now_ = std::max(now_, next);
      if (event <= now_) {
        auto action = std::move(events_.begin()->second);
        events_.erase(events_.begin());
        action();
      } else {
        router_.HandleTimeout(now_, out_);
      }
      Drain();
      if (HasFatalFailure()) return;
    }
    now_ = end;
  }

  // The frames of the output, in the order of their numbers; only whole ones.
  std::vector<Frame> Frames() {
    std::vector<Frame> frames;
    const auto& packets = receiver_.packets();
    for (auto it = packets.begin(); it != packets.end(); ++it) {
      if (it->second.payload.empty()) continue;
      const VideoTag tag = Received::TagOf(it->second.payload);
      if (tag.index != 0) continue;
      bool whole = true;
      for (int64_t i = 1; i < tag.count; ++i) {
        const auto next = packets.find(it->first + i);
        whole = whole && next != packets.end() && !next->second.payload.empty();
        if (!whole) break;
        // Numbers of one frame lie side by side, unless a switch cuts it off: then a keyframe
        // follows.
        const VideoTag found = Received::TagOf(next->second.payload);
        if (found.keyframe && found.index == 0) {
          whole = false;
          break;
        }
        VideoTag expected = tag;
        expected.index = static_cast<uint8_t>(i);
        EXPECT_EQ(found, expected);
        EXPECT_EQ(next->second.timestamp, it->second.timestamp);
      }
      if (!whole) continue;
      int64_t next_number = it->first + tag.count;
      for (auto next = packets.find(next_number);
           next != packets.end() && next->second.payload.empty();
           next = packets.find(next_number)) {
        ++next_number;
      }
      const auto vp8 = Vp8Descriptor::Parse(it->second.payload)->descriptor;
      frames.push_back({.timestamp = it->second.timestamp,
                        .picture_id = *vp8.picture_id,
                        .tl0 = *vp8.tl0_picture_index,
                        .tag = tag,
                        .first = it->first,
                        .next = next_number});
    }
    return frames;
  }

  uint64_t seed_ = 0;
  SeededRandom dice_{0};
  std::vector<Stream> streams_;
  std::multimap<Timestamp, std::function<void()>> events_;
  Receiver receiver_;
  Timestamp start_ = now_;
  bool lossy_ = true;
  bool paused_ = false;
  uint64_t forwarded_ = 0;
  uint16_t first_seq_ = 0;
};

TEST_P(ForwardingSoakTest, TheReceiverSeesOneContinuousStream) {
  const TimeDelta total = seconds(40);
  for (TimeDelta t{}; t < total; t += milliseconds(33)) {
    for (Stream& stream : streams_) At(t, [this, &stream] { SendFrame(stream); });
    if (t < total - seconds(6) && Roll(25) == 0) At(t, [this] { Disturb(); });
    if (Roll(3) == 0) At(t, [this] { SendNack(receiver_.Missing(200)); });
  }
  // At the end all is well: no loss, no disturbance.
  At(total - seconds(6), [this] {
    lossy_ = false;
    paused_ = false;
    ASSERT_TRUE(router_.SetConsumerPaused(kSlot, false, now_, out_).ok());
    for (Stream& stream : streams_) stream.on = true;
  });
  RunUntil(start_ + total - seconds(6));
  events_.erase(events_.lower_bound(start_ + total), events_.end());
  RunUntil(start_ + total);
  ASSERT_GT(forwarded_, 200U);

  const auto& packets = receiver_.packets();
  const auto frames = Frames();
  ASSERT_GT(frames.size(), 100U);
  Unwrapper<RtpTimestamp> timestamps;
  int64_t last_timestamp = -1;
  std::size_t adjacent = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    SCOPED_TRACE(testing::Message()
                 << "output " << frames[i].first << ", producer " << frames[i].tag.producer
                 << " encoding " << int{frames[i].tag.encoding} << " frame "
                 << frames[i].tag.frame);
    const int64_t timestamp = timestamps.Unwrap(RtpTimestamp(frames[i].timestamp));
    ASSERT_GT(timestamp, last_timestamp);
    // Timestamps keep to the clock: never ahead of the time that has passed.
    if (last_timestamp >= 0) {
      ASSERT_LT(timestamp - last_timestamp, 90'000 * 40);
    }
    last_timestamp = timestamp;
    if (i == 0) {
      // Of a first packet that was lost on its way nobody knows.
      const bool has_first = ToSeqNum(ExtendedSeqNum(packets.begin()->first)) == SeqNum(first_seq_);
      ASSERT_TRUE(frames[i].tag.keyframe || !has_first);
      continue;
    }
    const Frame& before = frames[i - 1];
    const bool same_source = before.tag.producer == frames[i].tag.producer &&
                             before.tag.encoding == frames[i].tag.encoding;
    if (same_source) {
      ASSERT_GT(frames[i].tag.frame, before.tag.frame);
    }
    if (frames[i].first != before.next) continue;
    // Nothing is missing between the two.
    // An empty packet may stand for a frame that the publisher's network lost.
    const bool filled = before.next != before.first + before.tag.count;
    const auto ids = static_cast<uint16_t>((frames[i].picture_id - before.picture_id) & 0x7FFF);
    if (filled && ids > 1 && ids < 100) continue;
    ++adjacent;
    ASSERT_EQ(frames[i].picture_id, (before.picture_id + 1) & 0x7FFF);
    ASSERT_EQ(frames[i].tl0,
              static_cast<uint8_t>(before.tl0 + (frames[i].tag.temporal == 0 ? 1 : 0)));
    const bool continues = same_source && frames[i].tag.frame <= before.tag.frame + 2;
    if (!continues) {
      ASSERT_TRUE(frames[i].tag.keyframe);
    }
  }
  // Holes are repaired, but for packets that were on their way when a run ended.
  const auto numbers =
      static_cast<std::size_t>(packets.rbegin()->first - packets.begin()->first + 1);
  EXPECT_LE((numbers - packets.size()) * 100, numbers);
  EXPECT_GT(adjacent * 100, frames.size() * 95);

  // In the quiet end nothing is missing at all, and the slot is where it should be.
  EXPECT_TRUE(receiver_.Missing(100).empty());
  const auto stats = router_.GetConsumerStats(kSlot, now_);
  ASSERT_TRUE(stats->layer);
  EXPECT_EQ(stats->layer->encoding, stats->target->encoding);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ForwardingSoakTest, ::testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace stellwerk
