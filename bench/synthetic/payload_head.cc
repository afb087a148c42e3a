#include "bench/synthetic/payload_head.h"

#include <algorithm>
#include <array>

#include "bench/synthetic/vp9_payload_descriptor.h"
#include "rtc/base/check.h"
#include "rtc/codec/vp8_descriptor.h"

namespace stellwerk::synthetic {
namespace {

void WriteVp8(const PayloadHeadContext& context, ByteWriter& out) {
  const PatternFrame& frame = *context.frame;
  Vp8Descriptor descriptor;
  descriptor.start_of_partition = context.first();
  descriptor.non_reference = !frame.referenced;
  if (!context.bare) {
    descriptor.picture_id = context.picture_id;
    descriptor.tl0_picture_index = context.tl0_picture_index;
    descriptor.temporal_layer = TemporalLayer(frame.temporal);
    descriptor.layer_sync = frame.temporal > 0 && frame.only_from_base;
  }
  descriptor.SerializeTo(out);
}

void WriteVp8Header(const PayloadHeadContext& context, ByteWriter& out) {
  // RFC 6386 §9.1: 19 bits for the size of the first partition.
  const auto partition = static_cast<uint32_t>(std::min<std::size_t>(context.frame_size, 0x7FFFF));
  if (context.keyframe) {
    WriteVp8KeyframeHeader(out, context.resolution, partition);
  } else {
    WriteVp8DeltaFrameHeader(out, partition);
  }
}

// VP9 bitstream specification §6.2: frame_marker 2, profile 0, show_existing_frame 0, frame_type,
// show_frame 1, error_resilient_mode 0; then the sync code of a keyframe.
void WriteVp9Header(const PayloadHeadContext& context, ByteWriter& out) {
  const bool intra = context.keyframe && context.frame->references.empty();
  out.WriteU8(intra ? 0x82 : 0x86);
  constexpr std::array<uint8_t, 3> kSyncCode = {0x49, 0x83, 0x42};
  if (intra) {
    out.WriteBytes(kSyncCode);
  } else {
    out.WriteZeros(kSyncCode.size());
  }
}

// RFC 6184: a keyframe begins with a STAP-A of parameter sets; everything else is fragmented.
void WriteH264(const PayloadHeadContext& context, ByteWriter& out) {
  constexpr uint8_t kStapA = 24, kFuA = 28, kSlice = 1, kIdr = 5, kSei = 6, kReference = 0x60;
  const uint8_t importance = context.frame->referenced ? kReference : 0;
  if (context.keyframe && context.first()) {
    // Baseline, level 3.1; the rest is for decoders.
    constexpr std::array<uint8_t, 10> kSps = {0x67, 0x42, 0xC0, 0x1F, 0x8C,
                                              0x8D, 0x40, 0x50, 0x1E, 0x90};
    constexpr std::array<uint8_t, 4> kPps = {0x68, 0xCE, 0x3C, 0x80};
    out.WriteU8(kReference | kStapA);
    out.WriteU16(kSps.size());
    out.WriteBytes(kSps);
    out.WriteU16(kPps.size());
    out.WriteBytes(kPps);
    // What else is in this packet is a SEI.
    out.WriteU16(static_cast<uint16_t>(context.body + 1));
    out.WriteU8(kSei);
    return;
  }
  out.WriteU8(importance | kFuA);
  // A keyframe's slice begins in its second packet.
  const bool start = context.packet == (context.keyframe ? 1U : 0U);
  out.WriteU8(static_cast<uint8_t>((start ? 0x80 : 0) | (context.last ? 0x40 : 0) |
                                   (context.keyframe ? kIdr : kSlice)));
  // first_mb_in_slice = 0, then other bits of a slice header.
  if (start) out.WriteU8(0x88);
}

// AV1 RTP payload specification §4.4: |Z|Y| W |N|-|-|-|, then OBU elements.
void WriteAv1(const PayloadHeadContext& context, ByteWriter& out) {
  constexpr uint8_t kSequenceHeader = 1 << 3, kFrame = 6 << 3, kHasExtension = 0x04;
  // Each layer that refers to nothing begins with a sequence header, for it may be decoded alone.
  const bool sequence = context.keyframe && context.first() && context.frame->references.empty();
  const bool new_sequence = sequence && context.frame->spatial == 0;
  out.WriteU8(static_cast<uint8_t>((context.first() ? 0 : 0x80) | (context.last ? 0 : 0x40) |
                                   (sequence ? 0x20 : 0x10) | (new_sequence ? 0x08 : 0)));
  if (sequence) {
    constexpr std::array<uint8_t, 9> kObu = {0x00, 0x00, 0x00, 0x24, 0xCF, 0x7F, 0x0D, 0xBF, 0xFF};
    out.WriteU8(kObu.size() + 1);
    out.WriteU8(kSequenceHeader);
    out.WriteBytes(kObu);
  }
  if (!context.first()) return;
  out.WriteU8(kFrame | kHasExtension);
  out.WriteU8(static_cast<uint8_t>(context.frame->temporal << 5 | context.frame->spatial << 3));
}

std::size_t HeadSize(Codec codec, const PayloadHeadContext& context) {
  std::array<uint8_t, kMaxPayloadHead> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  ByteWriter writer(bytes);
  WritePayloadHead(codec, context, writer);
  return writer.size();
}

}  // namespace

std::size_t WritePayloadHead(Codec codec, const PayloadHeadContext& context, ByteWriter& out) {
  std::size_t descriptor = 0;
  switch (codec) {
    case Codec::kVp8:
      WriteVp8(context, out);
      descriptor = out.size();
      if (context.first()) WriteVp8Header(context, out);
      break;
    case Codec::kVp9:
      WriteVp9PayloadDescriptor(context, out);
      descriptor = out.size();
      if (context.first()) WriteVp9Header(context, out);
      break;
    case Codec::kH264:
      WriteH264(context, out);
      break;
    case Codec::kAv1:
      WriteAv1(context, out);
      break;
    default:
      STELLWERK_CHECK(false);
  }
  STELLWERK_CHECK(out.ok());
  return descriptor;
}

std::size_t PlainHeadSize(Codec codec, PayloadHeadContext context) {
  // No keyframe of H264 has its slice begin there.
  context.packet = 2;
  context.last = false;
  return HeadSize(codec, context);
}

std::vector<std::size_t> PayloadSizes(Codec codec, PayloadHeadContext context, std::size_t packets,
                                      std::size_t more_in_first) {
  const auto head = [&](std::size_t packet) {
    context.packet = packet;
    context.last = packet + 1 == packets;
    return HeadSize(codec, context);
  };
  std::vector<std::size_t> sizes;
  if (codec == Codec::kH264 && context.keyframe) {
    sizes.push_back(head(0) + context.body);
    more_in_first = 0;
  }
  // Beyond the encoded frame every packet has the payload format's own header: all that a packet
  // in the middle has.
  const std::size_t equal = packets - sizes.size();
  const std::size_t total =
      context.frame_size + more_in_first + equal * PlainHeadSize(codec, context);
  for (std::size_t i = 0; i < equal; ++i) {
    std::size_t size = total / equal + (i >= equal - total % equal ? 1 : 0);
    if (i == 0) size -= std::min(size, more_in_first);
    sizes.push_back(std::max(size, head(sizes.size()) + context.body));
  }
  return sizes;
}

}  // namespace stellwerk::synthetic
