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
  uint16_t frame_number = 0;  // of the Dependency Descriptor
  friend bool operator==(const FrameNumbers&, const FrameNumbers&) = default;
};

// Keeps a slot's frame numbers continuous over sources, layers and frames dropped on purpose, and
// chooses which temporal layers of a VP8 stream pass. Works with streams that carry no such
// numbers: then nothing is rewritten and nothing can be dropped.
class FrameRewriter {
 public:
  // The output numbers begin at these.
  explicit FrameRewriter(const FrameNumbers& first);

  void SetMaxTemporalLayer(TemporalLayer layer) { wanted_temporal_ = layer.value(); }
  // The highest that passes at present.
  [[nodiscard]] TemporalLayer temporal_layer() const { return TemporalLayer(current_temporal_); }
  // `first` is the first packet of the first frame of a run.
  void StartRun(const SourcePacket& first);
  // nullopt: the frame is of a temporal layer that is not wanted.
  std::optional<FrameNumbers> OnPacket(const SourcePacket& packet);

  // Writes the payload descriptor with `numbers` in it. Returns how many bytes of the payload it
  // stands for; 0 if there is nothing to rewrite and the whole payload is shared.
  static std::size_t WriteDescriptor(const SourcePacket& packet, const FrameNumbers& numbers,
                                     ByteWriter& out);
  // The Dependency Descriptor in `data` with its frame number replaced. AV1 RTP specification
  // §A.8.2: the 16 bits after the first byte.
  static void PatchFrameNumber(std::span<uint8_t> data, const FrameNumbers& numbers);

 private:
  void StartPictures(uint16_t picture_id);
  // Unwraps a picture id of 7 or 15 bits.
  [[nodiscard]] int64_t Unwrap(uint16_t picture_id, int bits) const;
  [[nodiscard]] bool Passes(const Vp8Descriptor& descriptor);

  NumberMap pictures_;
  bool has_pictures_ = false;   // in this run
  int64_t newest_picture_ = 0;  // of the source
  uint8_t tl0_offset_ = 0;
  uint8_t newest_tl0_;  // of the output
  uint16_t frame_offset_ = 0;
  uint16_t newest_frame_;  // of the output
  uint8_t wanted_temporal_ = 0xFF;
  uint8_t current_temporal_ = 0xFF;
};

}  // namespace stellwerk
