#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rtc/base/byte_reader.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/sequence_number.h"
#include "rtc/codec/vp8_descriptor.h"
#include "rtc/rtp/header_extensions/audio_level.h"
#include "rtc/rtp/header_extensions/stream_identifiers.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "rtc/rtp/rtx.h"

// A publisher's RTP, byte for byte, whose payload says where it comes from. For tests of the room.
namespace stellwerk {

inline constexpr ExtensionId kMidId{1};
inline constexpr ExtensionId kRidId{2};
inline constexpr ExtensionId kRepairedRidId{3};
inline constexpr ExtensionId kTransportCcId{4};
inline constexpr ExtensionId kAudioLevelId{5};
inline constexpr PayloadType kVp8Pt{96};
inline constexpr PayloadType kVp8RtxPt{97};
inline constexpr PayloadType kOpusPt{111};

// What the payload of each synthetic video packet begins with, after descriptor and frame header.
struct VideoTag {
  uint32_t producer = 0;
  uint8_t encoding = 0;
  uint32_t frame = 0;
  uint8_t index = 0;
  uint8_t count = 0;
  bool keyframe = false;
  uint8_t temporal = 0;
  friend bool operator==(const VideoTag&, const VideoTag&) = default;
};

using Bytes = std::vector<uint8_t>;

inline RtpExtensionIds TestExtensions() {
  RtpExtensionIds ids;
  ids.Set(RtpExtension::kMid, kMidId);
  ids.Set(RtpExtension::kRid, kRidId);
  ids.Set(RtpExtension::kRepairedRid, kRepairedRidId);
  ids.Set(RtpExtension::kTransportCc, kTransportCcId);
  ids.Set(RtpExtension::kAudioLevel, kAudioLevelId);
  return ids;
}

inline CodecParameters TestVp8(PayloadType pt = kVp8Pt, PayloadType rtx = kVp8RtxPt) {
  CodecParameters codec;
  codec.codec = Codec::kVp8;
  codec.payload_type = pt;
  codec.rtx_payload_type = rtx;
  codec.nack = codec.pli = codec.fir = codec.transport_cc = true;
  return codec;
}

inline CodecParameters TestOpus(PayloadType pt = kOpusPt) {
  CodecParameters codec;
  codec.codec = Codec::kOpus;
  codec.payload_type = pt;
  codec.clock_rate = 48'000;
  codec.channels = 2;
  return codec;
}

inline ProducerParameters VideoProducer(const std::string& mid, int encodings) {
  ProducerParameters parameters;
  parameters.kind = MediaKind::kVideo;
  parameters.mid = *Mid::From(mid);
  parameters.codecs = {TestVp8()};
  parameters.extensions = TestExtensions();
  for (int i = 0; i < encodings; ++i) {
    EncodingParameters encoding;
    if (encodings > 1) encoding.rid = *Rid::From(std::string(1, static_cast<char>('a' + i)));
    parameters.encodings.push_back(encoding);
  }
  return parameters;
}

inline ProducerParameters AudioProducer(const std::string& mid) {
  ProducerParameters parameters;
  parameters.kind = MediaKind::kAudio;
  parameters.mid = *Mid::From(mid);
  parameters.codecs = {TestOpus()};
  parameters.extensions = TestExtensions();
  parameters.encodings.resize(1);
  return parameters;
}

// One VP8 encoding as a browser sends it, with its RTX stream.
class Vp8Sender {
 public:
  struct Config {
    uint32_t producer = 0;
    std::string mid;
    std::string rid;  // empty without simulcast
    uint8_t encoding = 0;
    uint32_t ssrc = 0;  // RTX uses ssrc + 1
    uint16_t first_seq = 0;
    uint32_t first_timestamp = 0;
    uint16_t first_picture_id = 0;
    bool picture_ids = true;
  };

  Vp8Sender(const Config& config, uint16_t& transport_seq)
      : config_(config),
        transport_seq_(transport_seq),
        seq_(config.first_seq),
        picture_id_(config.first_picture_id) {}

  // The packets of one frame captured `timestamp` units after the beginning.
  std::vector<Bytes> Frame(uint32_t timestamp, bool keyframe, uint8_t temporal, uint8_t packets) {
    if (!first_) {
      picture_id_ = (picture_id_ + 1) & 0x7FFF;
      if (temporal == 0) ++tl0_;
    }
    first_ = false;
    std::vector<Bytes> out;
    for (uint8_t i = 0; i < packets; ++i) {
      Vp8Descriptor descriptor;
      descriptor.start_of_partition = i == 0;
      if (config_.picture_ids) {
        descriptor.picture_id = picture_id_;
        descriptor.tl0_picture_index = tl0_;
        descriptor.temporal_layer = TemporalLayer(temporal);
        descriptor.layer_sync = temporal > 0;
      }
      std::array<uint8_t, 64> payload;
      ByteWriter writer(payload);
      descriptor.SerializeTo(writer);
      if (i == 0 && keyframe) {
        WriteVp8KeyframeHeader(writer, {320, 180}, 1000);
      } else {
        WriteVp8DeltaFrameHeader(writer, 100);
      }
      WriteTag({.producer = config_.producer,
                .encoding = config_.encoding,
                .frame = frame_,
                .index = i,
                .count = packets,
                .keyframe = keyframe,
                .temporal = temporal},
               writer);
      out.push_back(Media(timestamp, i + 1 == packets, writer.written(), 0));
    }
    ++frame_;
    return out;
  }

  Bytes PaddingOnly(uint32_t timestamp) { return Media(timestamp, false, {}, 100); }

  // nullopt if it was never sent.
  std::optional<Bytes> Retransmit(SeqNum seq) {
    const auto found = sent_.find(seq.value());
    if (found == sent_.end()) return std::nullopt;
    const Sent& sent = found->second;
    RtpHeaderWriter header({.payload_type = kVp8RtxPt,
                            .marker = sent.marker,
                            .padding = false,
                            .sequence_number = SeqNum(rtx_seq_++),
                            .timestamp = RtpTimestamp(sent.timestamp),
                            .ssrc = Ssrc(config_.ssrc + 1)});
    AddExtensions(header, kRepairedRidId);
    return Assemble(header, seq, sent.payload, 0);
  }

  [[nodiscard]] Ssrc ssrc() const { return Ssrc(config_.ssrc); }
  [[nodiscard]] uint32_t frames() const { return frame_; }

  static void WriteTag(const VideoTag& tag, ByteWriter& out) {
    out.WriteU32(tag.producer);
    out.WriteU8(tag.encoding);
    out.WriteU32(tag.frame);
    out.WriteU8(tag.index);
    out.WriteU8(tag.count);
    out.WriteU8(tag.keyframe ? 1 : 0);
    out.WriteU8(tag.temporal);
  }
  // `payload` without the VP8 descriptor.
  static VideoTag ReadTag(std::span<const uint8_t> payload, bool keyframe_start) {
    ByteReader reader(payload);
    reader.Skip(keyframe_start ? 10 : 3);
    VideoTag tag;
    tag.producer = reader.ReadU32();
    tag.encoding = reader.ReadU8();
    tag.frame = reader.ReadU32();
    tag.index = reader.ReadU8();
    tag.count = reader.ReadU8();
    tag.keyframe = reader.ReadU8() != 0;
    tag.temporal = reader.ReadU8();
    return tag;
  }

 private:
  struct Sent {
    uint32_t timestamp;
    bool marker;
    Bytes payload;
  };

  Bytes Media(uint32_t timestamp, bool marker, std::span<const uint8_t> payload, uint8_t padding) {
    timestamp += config_.first_timestamp;
    RtpHeaderWriter header({.payload_type = kVp8Pt,
                            .marker = marker,
                            .padding = padding > 0,
                            .sequence_number = SeqNum(seq_),
                            .timestamp = RtpTimestamp(timestamp),
                            .ssrc = ssrc()});
    AddExtensions(header, kRidId);
    sent_[seq_++] = {timestamp, marker, Bytes(payload.begin(), payload.end())};
    return Assemble(header, std::nullopt, payload, padding);
  }
  void AddExtensions(RtpHeaderWriter& header, ExtensionId rid_id) {
    header.AddExtension(kMidId, StreamIdentifierBytes(config_.mid).bytes());
    if (!config_.rid.empty())
      header.AddExtension(rid_id, StreamIdentifierBytes(config_.rid).bytes());
    header.AddExtension(kTransportCcId,
                        SerializeTransportSeqNum(TransportSeqNum(transport_seq_++)));
  }
  static Bytes Assemble(RtpHeaderWriter& header, std::optional<SeqNum> original,
                        std::span<const uint8_t> payload, uint8_t padding) {
    Bytes bytes(400);
    ByteWriter writer(bytes);
    header.WriteTo(writer);
    if (original) WriteOriginalSequenceNumber(writer, *original);
    writer.WriteBytes(payload);
    if (padding > 0) {
      writer.WriteZeros(padding - 1U);
      writer.WriteU8(padding);
    }
    bytes.resize(writer.size());
    return bytes;
  }

  Config config_;
  uint16_t& transport_seq_;
  uint16_t seq_;
  uint16_t rtx_seq_ = 100;
  uint16_t picture_id_;
  uint8_t tl0_ = 0;
  uint32_t frame_ = 0;
  bool first_ = true;
  std::map<uint16_t, Sent> sent_;
};

// An Opus stream: the payload is the producer id and a counter.
class OpusSender {
 public:
  OpusSender(uint32_t producer, std::string mid, uint32_t ssrc, uint32_t first_timestamp)
      : producer_(producer), mid_(std::move(mid)), ssrc_(ssrc), first_timestamp_(first_timestamp) {}

  Bytes Packet(uint32_t timestamp, uint8_t level = 30) {
    RtpHeaderWriter header({.payload_type = kOpusPt,
                            .sequence_number = SeqNum(seq_++),
                            .timestamp = RtpTimestamp(first_timestamp_ + timestamp),
                            .ssrc = Ssrc(ssrc_)});
    header.AddExtension(kMidId, StreamIdentifierBytes(mid_).bytes());
    header.AddExtension(kAudioLevelId,
                        AudioLevel{.level = level, .voice_activity = true}.Serialize());
    Bytes bytes(100);
    ByteWriter writer(bytes);
    header.WriteTo(writer);
    writer.WriteU32(producer_);
    writer.WriteU32(counter_++);
    bytes.resize(writer.size());
    return bytes;
  }
  [[nodiscard]] Ssrc ssrc() const { return Ssrc(ssrc_); }

 private:
  uint32_t producer_;
  std::string mid_;
  uint32_t ssrc_;
  uint32_t first_timestamp_;
  uint16_t seq_ = 60'000;
  uint32_t counter_ = 0;
};

}  // namespace stellwerk
