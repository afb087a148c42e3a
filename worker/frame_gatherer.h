#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rtc/base/ids.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"

namespace stellwerk {

// What gathering did so far.
struct GatherStats {
  uint64_t frames = 0;         // released, whole or at the end of their time
  uint64_t packets = 0;        // in them
  uint64_t timeouts = 0;       // frames of which the marker had not come in time
  uint64_t padded = 0;         // packets that were made as long as their neighbours
  uint64_t padding_bytes = 0;  // on them
};

// Holds the packets of a video frame to one subscriber back until its last one is there, or for a
// short time: a frame can't be decoded before that anyway, and packets of one size that leave
// together cost a fraction (UDP_SEGMENT). Those that are a few bytes shorter than the others get
// RTP padding (RFC 3550 §5.1), but for the last, which may be shorter. Sans-IO.
class FrameGatherer {
 public:
  struct Packet {
    TransportId transport;
    PacketRef packet;  // plaintext, with room for kMostPadding bytes and what protection adds
  };
  // Packetizers split a frame into parts that differ by a byte or two, and some put a little more
  // into the first. Less than a hundredth of a full packet.
  static constexpr std::size_t kMostPadding = 8;

  // Zero: nothing is held back.
  explicit FrameGatherer(TimeDelta longest) : longest_(longest) {}
  [[nodiscard]] bool enabled() const { return longest_.count() > 0; }

  // Packets of one stream in the order of sending, to be moved out of; `complete`: nothing follows
  // the last one soon, as it ends a frame (none before it does) or as the pacer has the rest. What
  // is to be sent now is appended to `out`.
  void Add(Timestamp now, TransportId transport, Ssrc ssrc, bool complete,
           std::span<PacketRef> packets, std::vector<Packet>& out);
  // What has waited long enough.
  void HandleTimeout(Timestamp now, std::vector<Packet>& out);
  // Drops what is held for a transport that is gone.
  void Forget(TransportId transport);
  [[nodiscard]] Timestamp NextTimeout() const;
  [[nodiscard]] const GatherStats& stats() const { return stats_; }

 private:
  using Key = std::pair<TransportId, Ssrc>;
  struct Frame {
    std::vector<PacketRef> packets;  // empty: nothing is held; its memory is kept
    uint64_t number = 0;             // of the frame that is held, unlike all others
  };
  struct Deadline {
    Timestamp at;
    Key key;
    uint64_t number = 0;
  };

  // Of frames that were released or forgotten since: they wake nobody.
  void DropSettledDeadlines();
  void Release(const Key& key, Frame& frame, std::vector<Packet>& out);
  void Send(TransportId transport, std::span<PacketRef> packets, std::vector<Packet>& out);
  void MakeEquallyLong(std::span<PacketRef> packets);

  const TimeDelta longest_;
  absl::flat_hash_map<Key, Frame> frames_;
  // Ascending, as all wait equally long; those before first_deadline_ are done with. Not a deque,
  // which takes from the heap and gives back all the time.
  std::vector<Deadline> deadlines_;
  std::size_t first_deadline_ = 0;
  std::size_t held_ = 0;  // frames
  uint64_t next_number_ = 1;
  GatherStats stats_;
};

}  // namespace stellwerk
