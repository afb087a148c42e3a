#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/byte_writer.h"
#include "rtc/base/ids.h"
#include "rtc/consumer/number_map.h"
#include "rtc/producer/source_packet.h"

namespace stellwerk {

// The frame numbers that one forwarded packet carries instead of its own. Kept per packet, so that
// a retransmission says the same.
struct FrameNumbers {
  uint16_t picture_id = 0;  // 15 bits, VP8 and VP9
  uint8_t tl0_picture_index = 0;
  uint8_t active_target_count = 0;  // 0: nothing is said of active targets
  uint16_t frame_number = 0;        // of the Dependency Descriptor
  uint32_t active_targets = 0;
  friend bool operator==(const FrameNumbers&, const FrameNumbers&) = default;
};

// Keeps a slot's frame numbers continuous over sources, layers and frames dropped on purpose. Works
// with streams that carry no such numbers: then nothing is rewritten.
//
// VP8 picture ids leave no hole where frames are dropped: receivers wait for what seems to be
// missing. Those of VP9, and frame numbers of the Dependency Descriptor, are only shifted: frames
// name what they refer to by the distance (RFC 9628 §4.2: P_DIFF, or the place in the picture
// group; AV1 RTP specification §A.8.2: fdiff).
class FrameRewriter {
 public:
  // The output numbers begin at these. `by_dependency_descriptor`: the receiver takes frame numbers
  // from there, so that a payload which comes with one is left alone.
  FrameRewriter(const FrameNumbers& first, bool by_dependency_descriptor);

  // `first` is the first packet of the first frame of a run.
  void StartRun(const SourcePacket& first);
  // Before what comes of the packet: if `base_only`, frames that are missing before it need no
  // number, unless one of the base layer is among them, which TL0PICIDX tells.
  void NoteMissing(const SourcePacket& packet, bool base_only);
  // A packet will come soon: has what it needs fetched from memory.
  void Prefetch() const { pictures_.PrefetchNext(); }
  // The packet passes. nullopt: its frame was dropped before, or is from before the run.
  std::optional<FrameNumbers> OnPacket(const SourcePacket& packet);
  // The packet's frame is dropped on purpose. If a VP8 picture id was kept for it, that stays open:
  // receivers don't wait for it any longer than until the next frame of the base layer.
  void Drop(const SourcePacket& packet);

  // Whether the payload descriptor of `packet` is to be rewritten.
  [[nodiscard]] bool RewritesPayload(const SourcePacket& packet) const {
    return !(by_dependency_descriptor_ && packet.dependency_descriptor);
  }
  // Writes the payload descriptor with `numbers` in it. Returns how many bytes of the payload it
  // stands for; 0 if there is nothing to rewrite and the whole payload is shared.
  static std::size_t WriteDescriptor(const SourcePacket& packet, const FrameNumbers& numbers,
                                     ByteWriter& out);

 private:
  void StartPictures(uint16_t picture_id);
  // Unwraps a picture id of 7 or 15 bits.
  [[nodiscard]] int64_t Unwrap(uint16_t picture_id, int bits) const;

  bool by_dependency_descriptor_;
  NumberMap pictures_;          // VP8
  bool has_pictures_ = false;   // in this run
  int64_t newest_picture_ = 0;  // of the source
  uint8_t newest_source_tl0_ = 0;
  uint16_t vp9_offset_ = 0;
  uint16_t newest_vp9_;  // of the output
  uint8_t tl0_offset_ = 0;
  uint8_t newest_tl0_;  // of the output
  uint16_t frame_offset_ = 0;
  uint16_t newest_frame_;  // of the output
};

}  // namespace stellwerk
