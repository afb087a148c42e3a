#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "rtc/codec/bit_writer.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/producer/source_packet.h"

// A scalable stream as a producer hands it to its consumers, written as bytes and parsed again,
// that knows what predicts from what.
namespace stellwerk {

struct SvcConfig {
  enum class InterLayer : uint8_t { kAlways, kKeyframe, kNone };
  enum class Wire : uint8_t { kVp9Flexible, kVp9Group, kDescriptor };
  int spatial = 3;
  int temporal = 3;
  InterLayer inter_layer = InterLayer::kAlways;
  Wire wire = Wire::kDescriptor;
  // Layer 1 predicts from the layer 1 before as well, but for every second time.
  bool long_references = true;
};

// A layer frame: picture and spatial layer.
using FrameId = std::pair<int, int>;

struct SvcPacket {
  FrameId frame;
  int temporal = 0;
  bool last_of_frame = false;
  std::vector<FrameId> references;
  std::vector<uint8_t> descriptor = {};  // the Dependency Descriptor's bytes
  SourcePacket source = {};
};

class SvcStream {
 public:
  static constexpr int kPacketsPerFrame = 2;

  explicit SvcStream(const SvcConfig& config, uint16_t first_number = 65'500)
      : config_(config), number_(first_number) {
    if (config_.wire == SvcConfig::Wire::kDescriptor) FindTemplates();
  }

  // All packets of the next picture, of which only the lower `layers` spatial layers are sent.
  std::vector<SvcPacket> Picture(bool keyframe, int layers = 99);
  [[nodiscard]] int TemporalOf(int picture) const {
    static constexpr std::array<int, 4> kThree = {0, 2, 1, 2};
    const int n = picture - key_;
    return config_.temporal == 3 ? kThree[static_cast<std::size_t>(n % 4)]
                                 : (config_.temporal == 2 ? n % 2 : 0);
  }

 private:
  struct Frame {
    int picture = 0;
    int spatial = 0;
    int temporal = 0;
    bool key = false;  // of a picture that predicts from no other
    std::vector<FrameId> references = {};
    DecodeTargetIndications indications = {};
  };
  struct Template {
    int spatial = 0;
    int temporal = 0;
    DecodeTargetIndications indications;
    std::vector<int> distances;
  };
  struct Numbers {
    std::vector<std::pair<FrameId, uint16_t>> list;
    uint16_t& operator[](FrameId id) {
      for (auto& [frame, number] : list) {
        if (frame == id) return number;
      }
      return list.emplace_back(id, uint16_t{0}).second;
    }
  };

  [[nodiscard]] std::vector<int> PicturesBack(int picture) const;
  [[nodiscard]] bool IsLong(int n) const { return config_.long_references && n / 4 % 2 == 1; }

  [[nodiscard]] Frame Describe(int picture, int s) const;

  [[nodiscard]] DecodeTargetIndication IndicationOf(const Frame& frame, int s, int t) const;

  void FindTemplates();
  template <typename Distance>
  static std::vector<int> Distances(const Frame& frame, Distance distance) {
    std::vector<int> result;
    for (const FrameId& id : frame.references) result.push_back(distance(id));
    return result;
  }
  [[nodiscard]] std::size_t IndexOf(const Template& wanted) const {
    std::size_t i = 0;
    while (i < templates_.size() &&
           !(templates_[i].spatial == wanted.spatial && templates_[i].temporal == wanted.temporal &&
             templates_[i].indications == wanted.indications)) {
      ++i;
    }
    return i;
  }

  void WriteStructure(BitWriter& out) const;

  [[nodiscard]] std::vector<uint8_t> WriteDescriptor(const Frame& frame, int index, bool mask);

  // RFC 9628 §4.2.
  [[nodiscard]] std::vector<uint8_t> WriteVp9(const Frame& frame, int index) const;

  SvcPacket Write(const Frame& frame, int index, bool last_layer, bool mask);

  static constexpr std::size_t kTemplateIdOffset = 60;

  SvcConfig config_;
  DependencyDescriptorReader reader_;
  std::vector<Template> templates_;
  int picture_ = 0;
  int key_ = 0;
  int layers_ = 0;
  std::array<int, 4> begins_{};
  Numbers numbers_;
  uint16_t number_;
  int64_t seq_ = 100;
};

}  // namespace stellwerk
