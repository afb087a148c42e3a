#include "tests/rtc/consumer/svc_stream.h"

#include <algorithm>
#include <bit>

#include "rtc/base/check.h"

namespace stellwerk {

std::vector<SvcPacket> SvcStream::Picture(bool keyframe, int layers) {
  layers = std::min(layers, config_.spatial);
  if (keyframe) key_ = picture_;
  if (keyframe || layers > layers_) {
    for (int s = keyframe ? 0 : layers_; s < layers; ++s)
      begins_[static_cast<std::size_t>(s)] = picture_;
  }
  const bool mask_changed = layers != layers_ || keyframe;
  layers_ = layers;
  std::vector<SvcPacket> packets;
  for (int s = 0; s < layers; ++s) {
    const Frame frame = Describe(picture_, s);
    numbers_[{picture_, s}] = number_++;
    for (int i = 0; i < kPacketsPerFrame; ++i) {
      packets.push_back(Write(frame, i, s + 1 == layers, mask_changed && s == 0 && i == 0));
    }
  }
  ++picture_;
  return packets;
}

std::vector<int> SvcStream::PicturesBack(int picture) const {
  const int n = picture - key_;
  if (n == 0) return {};
  if (config_.temporal == 1) return {1};
  if (config_.temporal == 2) return {n % 2 == 0 ? 2 : 1};
  switch (n % 4) {
    case 0:
      return {4};
    case 2:
      return IsLong(n) ? std::vector<int>{2, 4} : std::vector<int>{2};
    default:
      return {1};
  }
}

SvcStream::Frame SvcStream::Describe(int picture, int s) const {
  Frame frame{.picture = picture, .spatial = s, .temporal = TemporalOf(picture)};
  frame.key = picture == key_;
  const int begin = begins_[static_cast<std::size_t>(s)];
  for (const int back : PicturesBack(picture)) {
    // A layer that has just been switched on has nothing of its own to predict from.
    if (picture - back >= begin) frame.references.push_back({picture - back, s});
  }
  const bool first = picture == begin;
  const bool from_below = config_.inter_layer == SvcConfig::InterLayer::kAlways ||
                          (config_.inter_layer == SvcConfig::InterLayer::kKeyframe && first);
  if (s > 0 && from_below) frame.references.push_back({picture, s - 1});
  for (int target_s = 0; target_s < config_.spatial; ++target_s) {
    for (int target_t = 0; target_t < config_.temporal; ++target_t) {
      frame.indications.Set(static_cast<std::size_t>(target_s * config_.temporal + target_t),
                            IndicationOf(frame, target_s, target_t));
    }
  }
  return frame;
}

DecodeTargetIndication SvcStream::IndicationOf(const Frame& frame, int s, int t) const {
  using enum DecodeTargetIndication;
  const bool joint = config_.inter_layer == SvcConfig::InterLayer::kAlways ||
                     (config_.inter_layer == SvcConfig::InterLayer::kKeyframe && frame.key);
  if (frame.temporal > t || (joint ? frame.spatial > s : frame.spatial != s)) return kNotPresent;
  if (frame.key) return kSwitch;
  if (frame.spatial < s) return kRequired;
  if (frame.temporal == 0) return t == 0 || !IsLong(frame.picture - key_) ? kSwitch : kRequired;
  return frame.temporal == t ? kDiscardable : kRequired;
}

void SvcStream::FindTemplates() {
  for (int picture = 0; picture < 16; ++picture) {
    for (int s = 0; s < config_.spatial; ++s) {
      const Frame frame = Describe(picture, s);
      const Template found{.spatial = s,
                           .temporal = frame.temporal,
                           .indications = frame.indications,
                           .distances = Distances(frame, [&](FrameId id) {
                             return (picture - id.first) * config_.spatial + s - id.second;
                           })};
      if (IndexOf(found) == templates_.size()) templates_.push_back(found);
    }
  }
  std::stable_sort(templates_.begin(), templates_.end(), [](const auto& a, const auto& b) {
    return std::pair(a.spatial, a.temporal) < std::pair(b.spatial, b.temporal);
  });
}

void SvcStream::WriteStructure(BitWriter& out) const {
  const int targets = config_.spatial * config_.temporal;
  out.WriteBits(kTemplateIdOffset, 6);
  out.WriteBits(static_cast<uint32_t>(targets - 1), 5);
  for (std::size_t i = 0; i < templates_.size(); ++i) {
    uint32_t next = 3;
    if (i + 1 < templates_.size()) {
      next = templates_[i + 1].spatial > templates_[i].spatial     ? 2
             : templates_[i + 1].temporal > templates_[i].temporal ? 1
                                                                   : 0;
    }
    out.WriteBits(next, 2);
  }
  for (const Template& frames : templates_) {
    for (int target = 0; target < targets; ++target) {
      out.WriteBits(static_cast<uint32_t>(frames.indications.At(static_cast<std::size_t>(target))),
                    2);
    }
  }
  for (const Template& frames : templates_) {
    for (const int distance : frames.distances) {
      out.WriteBits(1, 1);
      out.WriteBits(static_cast<uint32_t>(distance - 1), 4);
    }
    out.WriteBits(0, 1);
  }
  // No chains: the first of targets + 1 values takes its shortest form.
  const auto width = static_cast<std::size_t>(std::bit_width(static_cast<uint32_t>(targets + 1)));
  out.WriteBits(0, width - 1);
  out.WriteBits(1, 1);
  for (int s = 0; s < config_.spatial; ++s) {
    out.WriteBits((320U << s) - 1, 16);
    out.WriteBits((180U << s) - 1, 16);
  }
}

std::vector<uint8_t> SvcStream::WriteDescriptor(const Frame& frame, int index, bool mask) {
  const uint16_t number = numbers_[{frame.picture, frame.spatial}];
  const Template wanted{.spatial = frame.spatial,
                        .temporal = frame.temporal,
                        .indications = frame.indications,
                        .distances = Distances(frame, [&](FrameId id) {
                          return static_cast<uint16_t>(number - numbers_[id]);
                        })};
  const std::size_t place = IndexOf(wanted);
  STELLWERK_CHECK(place < templates_.size());
  const bool custom = templates_[place].distances != wanted.distances;
  const bool structure =
      frame.key && index == 0 && (frame.spatial == 0 || frame.references.empty());
  std::vector<uint8_t> bytes(250);
  BitWriter out(bytes);
  out.WriteBits(index == 0 ? 1 : 0, 1);
  out.WriteBits(index + 1 == kPacketsPerFrame ? 1 : 0, 1);
  out.WriteBits(static_cast<uint32_t>((place + kTemplateIdOffset) % 64), 6);
  out.WriteBits(number, 16);
  if (structure || custom || mask) {
    out.WriteBits(structure ? 1 : 0, 1);
    out.WriteBits(mask ? 1 : 0, 1);
    out.WriteBits(0, 1);
    out.WriteBits(custom ? 1 : 0, 1);
    out.WriteBits(0, 1);
    if (structure) WriteStructure(out);
    if (mask) {
      const int targets = config_.spatial * config_.temporal;
      out.WriteBits((1U << (layers_ * config_.temporal)) - 1, static_cast<std::size_t>(targets));
    }
    for (const int distance : custom ? wanted.distances : std::vector<int>{}) {
      out.WriteBits(2, 2);
      out.WriteBits(static_cast<uint32_t>(distance - 1), 8);
    }
    if (custom) out.WriteBits(0, 2);
  }
  out.Align();
  STELLWERK_CHECK(out.ok());
  bytes.resize(out.offset() / 8);
  return bytes;
}

std::vector<uint8_t> SvcStream::WriteVp9(const Frame& frame, int index) const {
  const bool flexible = config_.wire == SvcConfig::Wire::kVp9Flexible;
  std::vector<uint8_t> differences;
  bool from_below = false;
  for (const FrameId& id : frame.references) {
    if (id.first == frame.picture) {
      from_below = true;
    } else {
      differences.push_back(static_cast<uint8_t>(frame.picture - id.first));
    }
  }
  const bool joint = config_.inter_layer == SvcConfig::InterLayer::kAlways ||
                     (config_.inter_layer == SvcConfig::InterLayer::kKeyframe && frame.key);
  const bool unused_above = !joint || frame.spatial + 1 == layers_;
  const bool structure = frame.key && frame.spatial == 0 && index == 0;
  const bool predicted = !differences.empty();
  std::vector<uint8_t> bytes = {
      static_cast<uint8_t>(0xA0 | (predicted ? 0x40 : 0) | (flexible ? 0x10 : 0) |
                           (index == 0 ? 0x08 : 0) | (index + 1 == kPacketsPerFrame ? 0x04 : 0) |
                           (structure ? 0x02 : 0) | (unused_above ? 0x01 : 0))};
  const int id = (frame.picture + 32'700) & 0x7FFF;
  bytes.push_back(static_cast<uint8_t>(0x80 | id >> 8));
  bytes.push_back(static_cast<uint8_t>(id));
  const bool up = frame.temporal > 0 && !IsLong(frame.picture - key_);
  bytes.push_back(static_cast<uint8_t>(frame.temporal << 5 | (up ? 0x10 : 0) | frame.spatial << 1 |
                                       (from_below ? 1 : 0)));
  if (!flexible) bytes.push_back(static_cast<uint8_t>((frame.picture - key_) / 4));
  if (flexible) {
    for (std::size_t i = 0; i < differences.size(); ++i) {
      bytes.push_back(
          static_cast<uint8_t>(differences[i] << 1 | (i + 1 < differences.size() ? 1 : 0)));
    }
  }
  if (structure) {
    bytes.push_back(static_cast<uint8_t>((layers_ - 1) << 5 | 0x10 | (flexible ? 0 : 0x08)));
    for (int s = 0; s < layers_; ++s) {
      const std::array<int, 2> size = {320 << s, 180 << s};
      for (const int side : size) {
        bytes.push_back(static_cast<uint8_t>(side >> 8));
        bytes.push_back(static_cast<uint8_t>(side));
      }
    }
    if (!flexible) {
      constexpr int kGroup = 8;
      bytes.push_back(kGroup);
      for (int n = 0; n < kGroup; ++n) {
        // The first stands for the one of the next group, which is no keyframe.
        const auto back = PicturesBack(frame.picture + (n == 0 ? kGroup : n));
        bytes.push_back(static_cast<uint8_t>(TemporalOf(frame.picture + n) << 5 |
                                             static_cast<int>(back.size()) << 2));
        for (const int distance : back) bytes.push_back(static_cast<uint8_t>(distance));
      }
    }
  }
  return bytes;
}

SvcPacket SvcStream::Write(const Frame& frame, int index, bool last_layer, bool mask) {
  SvcPacket packet{.frame = {frame.picture, frame.spatial},
                   .temporal = frame.temporal,
                   .last_of_frame = index + 1 == kPacketsPerFrame,
                   .references = frame.references};
  SourcePacket& source = packet.source;
  std::vector<uint8_t> payload;
  if (config_.wire == SvcConfig::Wire::kDescriptor) {
    packet.descriptor = WriteDescriptor(frame, index, mask);
    // Nothing of it can be understood.
    payload.assign(20, 0xFF);
    source.dependencies = reader_.Read(packet.descriptor);
    STELLWERK_CHECK(source.dependencies.has_value());
    source.dependency_descriptor = source.dependencies->head;
    source.info = *Inspect(Codec::kAv1, payload, *source.dependencies);
  } else {
    payload = WriteVp9(frame, index);
    payload.resize(payload.size() + 20, 0xEE);
    source.info = *Inspect(Codec::kVp9, payload, std::nullopt);
  }
  // Lives longer than any stream, whose packets may be kept.
  static PacketPool& pool = *new PacketPool();
  source.packet = pool.Copy(payload);
  source.producer = ProducerId(7);
  source.payload_size = static_cast<uint16_t>(payload.size());
  source.seq = ExtendedSeqNum(seq_++);
  source.timestamp = int64_t{3000} * (frame.picture + 1);
  source.captured = Timestamp(std::chrono::milliseconds(33 * frame.picture));
  source.marker = last_layer && packet.last_of_frame;
  source.newest = true;
  return packet;
}

}  // namespace stellwerk
