#include "rtc/consumer/layer_filter.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "rtc/base/random.h"
#include "tests/rtc/consumer/svc_stream.h"

namespace stellwerk {
namespace {

using InterLayer = SvcConfig::InterLayer;
using Wire = SvcConfig::Wire;

LayerLimits Limits(int spatial, int temporal) {
  return {.spatial = SpatialLayer(static_cast<uint8_t>(spatial)),
          .temporal = TemporalLayer(static_cast<uint8_t>(temporal))};
}

// A receiver: notes what passed, and complains about what a decoder could not decode, and about
// pictures without their one marker at the end.
class Decoder {
 public:
  void OnPacket(const SvcPacket& packet, bool marker) {
    if (packet.frame.first != picture_) {
      EXPECT_TRUE(picture_ < 0 || ended_) << "picture " << picture_ << " has no marker";
      picture_ = packet.frame.first;
      ended_ = false;
    }
    EXPECT_FALSE(ended_) << "picture " << picture_ << " goes on after its marker";
    ended_ = marker;
    if (++packets_[packet.frame] < SvcStream::kPacketsPerFrame) return;
    for (const FrameId& reference : packet.references) {
      EXPECT_TRUE(decoded_.contains(reference))
          << "picture " << packet.frame.first << " layer " << packet.frame.second
          << " refers to picture " << reference.first << " layer " << reference.second;
    }
    decoded_.insert(packet.frame);
    top_[packet.frame.first] = packet.frame.second;
  }
  void ExpectNothingIncomplete() const {
    for (const auto& [frame, count] : packets_) {
      EXPECT_EQ(count, SvcStream::kPacketsPerFrame) << frame.first << "/" << frame.second;
    }
  }
  // The highest spatial layer of the picture; -1: it was left out.
  [[nodiscard]] int TopOf(int picture) const {
    const auto found = top_.find(picture);
    return found == top_.end() ? -1 : found->second;
  }
  [[nodiscard]] bool Has(FrameId frame) const { return decoded_.contains(frame); }

 private:
  int picture_ = -1;
  bool ended_ = false;
  std::map<FrameId, int> packets_;
  std::set<FrameId> decoded_;
  std::map<int, int> top_;
};

struct Rig {
  explicit Rig(const SvcConfig& svc) : config(svc), stream(svc) {}

  void Send(bool keyframe = false, int layers = 99) {
    for (const SvcPacket& packet : stream.Picture(keyframe, layers)) Deliver(packet);
    ++pictures;
  }
  void Deliver(const SvcPacket& packet) {
    if (packet.source.info.is_keyframe && !started) {
      filter.StartRun(packet.source);
      started = true;
    }
    const LayerVerdict verdict = filter.OnPacket(packet.source);
    if (verdict.active_targets) active_targets = verdict.active_targets;
    if (verdict.pass) decoder.OnPacket(packet, packet.source.marker || verdict.ends_picture);
  }
  void Send(int count, int layers) {
    for (int i = 0; i < count; ++i) Send(false, layers);
  }
  [[nodiscard]] int Top() const { return decoder.TopOf(pictures - 1); }

  SvcConfig config;
  SvcStream stream;
  LayerFilter filter;
  Decoder decoder;
  bool started = false;
  int pictures = 0;
  std::optional<ActiveTargets> active_targets;
};

std::string NameOf(const SvcConfig& config) {
  static constexpr const char* kInterLayer[] = {"Full", "Key", "Separate"};
  static constexpr const char* kWire[] = {"Vp9Flexible", "Vp9Group", "Descriptor"};
  return "L" + std::to_string(config.spatial) + "T" + std::to_string(config.temporal) +
         kInterLayer[static_cast<int>(config.inter_layer)] + kWire[static_cast<int>(config.wire)];
}

std::vector<SvcConfig> AllConfigs() {
  std::vector<SvcConfig> configs;
  for (const Wire wire : {Wire::kVp9Flexible, Wire::kVp9Group, Wire::kDescriptor}) {
    for (int spatial = 1; spatial <= 3; ++spatial) {
      for (int temporal = 1; temporal <= 3; ++temporal) {
        for (const auto inter_layer :
             {InterLayer::kAlways, InterLayer::kKeyframe, InterLayer::kNone}) {
          if (spatial == 1 && inter_layer != InterLayer::kAlways) continue;
          configs.push_back(
              {.spatial = spatial, .temporal = temporal, .inter_layer = inter_layer, .wire = wire});
        }
      }
    }
  }
  return configs;
}

class LayerFilterTest : public ::testing::TestWithParam<SvcConfig> {};
INSTANTIATE_TEST_SUITE_P(All, LayerFilterTest, ::testing::ValuesIn(AllConfigs()),
                         [](const auto& param) { return NameOf(param.param); });

TEST_P(LayerFilterTest, PassesExactlyTheWantedLayers) {
  const SvcConfig config = GetParam();
  for (int s = 0; s < config.spatial; ++s) {
    for (int t = 0; t < config.temporal; ++t) {
      Rig rig(config);
      rig.filter.SetLimits(Limits(s, t));
      rig.Send(true);
      rig.Send(20, 99);
      for (int picture = 0; picture < rig.pictures; ++picture) {
        const bool passes = rig.stream.TemporalOf(picture) <= t;
        EXPECT_EQ(rig.decoder.TopOf(picture), passes ? s : -1);
        // In the first picture after a keyframe VP9 does not tell yet what is needed.
        if (!passes || s == 0 || picture < 2) continue;
        // Lower layers come only where the wanted one needs them.
        EXPECT_EQ(rig.decoder.Has({picture, 0}), config.inter_layer == InterLayer::kAlways);
      }
      EXPECT_EQ(rig.filter.spatial_layer().value(), s);
      EXPECT_EQ(rig.filter.temporal_layer().value(), t);
      EXPECT_FALSE(rig.filter.awaits_keyframe());
      rig.decoder.ExpectNothingIncomplete();
    }
  }
}

TEST_P(LayerFilterTest, GoesUpSpatiallyWithTheNextKeyframeAndSaysThatItNeedsOne) {
  const SvcConfig config = GetParam();
  if (config.spatial == 1) return;
  Rig rig(config);
  rig.filter.SetLimits(Limits(0, 7));
  rig.Send(true);
  rig.Send(9, 99);
  EXPECT_EQ(rig.Top(), 0);
  rig.filter.SetLimits(Limits(config.spatial - 1, 7));
  EXPECT_TRUE(rig.filter.awaits_keyframe());
  rig.Send(9, 99);
  EXPECT_EQ(rig.Top(), 0);
  rig.Send(true);
  EXPECT_EQ(rig.Top(), config.spatial - 1);
  EXPECT_FALSE(rig.filter.awaits_keyframe());
  rig.Send(9, 99);
  rig.decoder.ExpectNothingIncomplete();
}

TEST_P(LayerFilterTest, GoesDownSpatiallyAtOnceIfTheLowerLayersWereSentElseWithAKeyframe) {
  const SvcConfig config = GetParam();
  if (config.spatial == 1) return;
  Rig rig(config);
  rig.Send(true);
  rig.Send(6, 99);
  rig.filter.SetLimits(Limits(0, 7));
  const bool at_once = config.inter_layer == InterLayer::kAlways;
  EXPECT_EQ(rig.filter.awaits_keyframe(), !at_once);
  rig.Send(1, 99);
  EXPECT_EQ(rig.Top(), at_once ? 0 : config.spatial - 1);
  rig.Send(true);
  EXPECT_EQ(rig.Top(), 0);
  rig.Send(9, 99);
  rig.decoder.ExpectNothingIncomplete();
}

TEST_P(LayerFilterTest, GoesUpTemporallyWithoutAKeyframe) {
  const SvcConfig config = GetParam();
  if (config.temporal == 1) return;
  Rig rig(config);
  rig.filter.SetLimits(Limits(7, 0));
  rig.Send(true);
  rig.Send(6, 99);
  EXPECT_EQ(rig.filter.temporal_layer().value(), 0);
  rig.filter.SetLimits(Limits(7, 7));
  EXPECT_FALSE(rig.filter.awaits_keyframe());
  rig.Send(16, 99);
  EXPECT_EQ(rig.filter.temporal_layer().value(), config.temporal - 1);
  for (int picture = rig.pictures - 4; picture < rig.pictures; ++picture) {
    EXPECT_GE(rig.decoder.TopOf(picture), 0);
  }
  rig.decoder.ExpectNothingIncomplete();
}

TEST_P(LayerFilterTest, GoesDownTemporallyAtOnce) {
  const SvcConfig config = GetParam();
  if (config.temporal == 1) return;
  Rig rig(config);
  rig.Send(true);
  rig.Send(2, 99);  // the next one is of the highest layer
  rig.filter.SetLimits(Limits(7, 0));
  rig.Send(1, 99);
  EXPECT_EQ(rig.Top(), -1);
  rig.Send(8, 99);
  EXPECT_EQ(rig.filter.temporal_layer().value(), 0);
  rig.decoder.ExpectNothingIncomplete();
}

TEST_P(LayerFilterTest, FollowsAPublisherThatSwitchesItsHighestLayerOffAndOn) {
  const SvcConfig config = GetParam();
  // K-SVC and separate layers come back with a keyframe.
  if (config.spatial == 1 || config.inter_layer != InterLayer::kAlways) return;
  Rig rig(config);
  rig.Send(true);
  rig.Send(5, 99);
  rig.Send(8, config.spatial - 1);
  EXPECT_EQ(rig.Top(), config.spatial - 2);
  EXPECT_FALSE(rig.filter.awaits_keyframe()) << "for a layer that is not there";
  rig.Send(2, config.spatial - 1);  // a picture of the base layer follows
  rig.Send(8, 99);
  rig.decoder.ExpectNothingIncomplete();
}

TEST_P(LayerFilterTest, RandomWishesAndKeyframesNeverLeaveAGap) {
  const SvcConfig config = GetParam();
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    Rig rig(config);
    rig.Send(true);
    for (int i = 0; i < 150; ++i) {
      if (random.NextU32() % 4 == 0) {
        rig.filter.SetLimits(
            Limits(static_cast<int>(random.NextU32() % 3), static_cast<int>(random.NextU32() % 3)));
      }
      rig.Send(random.NextU32() % 12 == 0);
    }
    rig.decoder.ExpectNothingIncomplete();
  }
}

// A packet is overtaken by up to half a picture; what it belongs to stays whole.
TEST_P(LayerFilterTest, OvertakenPacketsFollowTheRestOfTheirPicture) {
  const SvcConfig config = GetParam();
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    SvcStream stream(config);
    LayerFilter filter;
    std::vector<std::pair<uint32_t, SvcPacket>> packets;
    uint32_t place = 0;
    for (int i = 0; i < 100; ++i) {
      for (SvcPacket& packet : stream.Picture(i == 0)) {
        packets.emplace_back(place + (i == 0 ? 0 : random.NextU32() % 8), std::move(packet));
        ++place;
      }
    }
    std::stable_sort(packets.begin(), packets.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::map<FrameId, int> passed;
    int64_t newest = 0;
    filter.StartRun(packets.front().second.source);
    for (auto& [at, packet] : packets) {
      if (random.NextU32() % 30 == 0) {
        filter.SetLimits(
            Limits(static_cast<int>(random.NextU32() % 3), static_cast<int>(random.NextU32() % 3)));
      }
      packet.source.newest = packet.source.seq.value() > newest;
      newest = std::max(newest, packet.source.seq.value());
      if (filter.OnPacket(packet.source).pass) ++passed[packet.frame];
    }
    for (const auto& [frame, count] : passed) {
      EXPECT_EQ(count, SvcStream::kPacketsPerFrame) << frame.first << "/" << frame.second;
    }
  }
}

TEST(LatePictureTest, OfVp9PassesIfOneThatPassedPredictsFromIt) {
  for (const Wire wire : {Wire::kVp9Flexible, Wire::kVp9Group}) {
    for (const bool in_time : {true, false}) {
      Rig rig({.spatial = 1, .temporal = 3, .wire = wire, .long_references = false});
      rig.filter.SetLimits(Limits(0, 0));
      rig.Send(true);
      rig.Send(5, 1);
      // Of temporal layer 1, and the next of layer 2 predicts from it.
      const std::vector<SvcPacket> late = rig.stream.Picture(false);
      const std::vector<SvcPacket> next = rig.stream.Picture(false);
      const std::vector<SvcPacket> base = rig.stream.Picture(false);
      if (in_time) {
        rig.filter.SetLimits(Limits(0, 2));
        EXPECT_TRUE(rig.filter.OnPacket(next[0].source).pass);
        rig.filter.SetLimits(Limits(0, 0));
        EXPECT_TRUE(rig.filter.OnPacket(late[0].source).pass);
        EXPECT_TRUE(rig.filter.OnPacket(late[1].source).pass);
      } else {
        EXPECT_TRUE(rig.filter.OnPacket(base[0].source).pass);
        EXPECT_FALSE(rig.filter.OnPacket(late[0].source).pass) << "nobody needs it";
        rig.filter.SetLimits(Limits(0, 2));
        EXPECT_FALSE(rig.filter.OnPacket(next[0].source).pass) << "what it needs was left out";
      }
    }
  }
}

TEST(LayerFilterByDescriptorTest, TellsWhichTargetsAreLeft) {
  Rig rig({.spatial = 3, .temporal = 3});
  rig.filter.SetLimits(Limits(1, 1));
  rig.Send(true);
  ASSERT_TRUE(rig.active_targets);
  // Targets in the order of (spatial, temporal): of both layers the lower two.
  EXPECT_EQ(*rig.active_targets, (ActiveTargets{.mask = 0b000'011'011, .count = 9}));
  rig.active_targets.reset();
  rig.Send(3, 99);
  EXPECT_FALSE(rig.active_targets) << "only when it changes";
  rig.filter.SetLimits(Limits(0, 1));
  rig.Send(1, 99);
  EXPECT_EQ(rig.active_targets, (ActiveTargets{.mask = 0b000'000'011, .count = 9}));
}

// The packet with a keyframe's structure is lost, and comes after the next picture.
TEST(LayerFilterByDescriptorTest, APictureThatBeganWithoutItsStructurePassesWhole) {
  Rig rig({.spatial = 3, .temporal = 1});
  rig.filter.SetLimits(Limits(0, 0));
  rig.Send(true);
  rig.Send(3, 99);
  // Another sender's structure looks different: here that is only claimed.
  std::vector<SvcPacket> packets = rig.stream.Picture(true);
  for (SvcPacket& packet : rig.stream.Picture(false)) packets.push_back(std::move(packet));
  SvcPacket late = std::move(packets.front());
  packets.erase(packets.begin());
  int passed = 0;
  int markers = 0;
  for (SvcPacket& packet : packets) {
    packet.source.dependencies.reset();
    const LayerVerdict verdict = rig.filter.OnPacket(packet.source);
    passed += verdict.pass ? 1 : 0;
    markers += packet.source.marker || verdict.ends_picture ? 1 : 0;
  }
  EXPECT_EQ(passed, 2 * 3 * SvcStream::kPacketsPerFrame - 1);
  EXPECT_EQ(markers, 2);
  late.source.dependencies->structure_version += 1;
  late.source.dependencies->head.end_of_frame = true;
  const LayerVerdict verdict = rig.filter.OnPacket(late.source);
  EXPECT_TRUE(verdict.pass);
  EXPECT_FALSE(verdict.ends_picture) << "higher layers of the picture have passed";
}

TEST(LayerFilterByDescriptorTest, WhatComesLateFromBeforeANewStructureDoesNotBringOldLayersBack) {
  Rig rig({.spatial = 2, .temporal = 1});
  rig.filter.SetLimits(Limits(0, 0));
  rig.Send(true);
  std::vector<SvcPacket> old = rig.stream.Picture(false);
  rig.filter.OnPacket(old[0].source);
  for (SvcPacket& packet : rig.stream.Picture(true)) {
    packet.source.dependencies->structure_version += 1;
    rig.filter.OnPacket(packet.source);
  }
  for (SvcPacket& packet : old) {
    packet.source.newest = false;
    packet.source.dependencies.reset();
    const LayerVerdict verdict = rig.filter.OnPacket(packet.source);
    EXPECT_EQ(verdict.pass, packet.frame.second == 0);
    EXPECT_EQ(verdict.ends_picture, packet.frame.second == 0 && packet.last_of_frame);
  }
}

}  // namespace
}  // namespace stellwerk
