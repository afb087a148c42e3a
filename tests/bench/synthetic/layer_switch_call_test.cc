// Whole calls with every kind of layers: a viewer's slot steps up and down and no decoder misses a
// frame.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "bench/sim/simulated_room.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using Role = MediaPlan::Role;

// STELLWERK_SEED=n runs another call than the usual one.
uint64_t Seed() {
  const char* text = std::getenv("STELLWERK_SEED");  // NOLINT(concurrency-mt-unsafe)
  return text == nullptr ? 1 : std::strtoull(text, nullptr, 10);
}

struct Case {
  std::string name;
  VideoConfig video;
  bool simulcast = false;
  bool end_to_end_encrypted = false;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

VideoConfig Simulcast(Codec codec, std::string_view mode) {
  VideoConfig config;
  config.source = 11;
  config.codec = codec;
  config.mode = ScalabilityMode::Parse(mode).value();
  return config;
}

std::vector<Case> AllCases() {
  std::vector<Case> out;
  const auto add = [&](std::string name, VideoConfig video) -> Case& {
    const bool simulcast = video.layers.size() > 1;
    return out.emplace_back(Case{std::move(name), std::move(video), simulcast});
  };
  const auto scrambled = [](VideoConfig video) {
    video.scramble = true;
    return video;
  };
  const auto sparse = [](VideoConfig video) {
    video.temporal_switch_interval = 16;
    return video;
  };
  const auto fixed = [](VideoConfig video) {
    video.vp9_flexible = false;
    return video;
  };
  const auto described = [](VideoConfig video) {
    video.dependency_descriptor = true;
    return video;
  };
  add("Vp8Simulcast", Simulcast(Codec::kVp8, "L1T3"));
  add("Vp8SimulcastSparse", sparse(Simulcast(Codec::kVp8, "L1T3")));
  add("Vp8SimulcastScrambled", scrambled(Simulcast(Codec::kVp8, "L1T3")));
  add("Vp8SimulcastOpaque", scrambled(described(Simulcast(Codec::kVp8, "L1T3"))))
      .end_to_end_encrypted = true;
  add("Vp8SimulcastDescribed", described(Simulcast(Codec::kVp8, "L1T3"))).end_to_end_encrypted =
      true;
  add("Vp9Simulcast", Simulcast(Codec::kVp9, "L1T3"));
  add("Vp9SimulcastOpaque", scrambled(described(Simulcast(Codec::kVp9, "L1T3"))));
  add("H264Simulcast", Simulcast(Codec::kH264, "L1T3"));
  add("H264SimulcastOpaque", scrambled(Simulcast(Codec::kH264, "L1T3")));
  add("Av1Simulcast", Simulcast(Codec::kAv1, "L1T3"));
  for (const std::string mode :
       {"L1T3", "L2T2", "L3T1", "L3T3", "L2T2_KEY", "L3T3_KEY", "S2T1", "S3T3"}) {
    const VideoConfig vp9 = SvcConfig(11, Codec::kVp9, mode);
    const VideoConfig av1 = SvcConfig(11, Codec::kAv1, mode);
    add("Vp9" + mode, vp9);
    add("Vp9Fixed" + mode, fixed(vp9));
    add("Vp9Sparse" + mode, sparse(vp9));
    add("Vp9Scrambled" + mode, scrambled(vp9));
    add("Vp9Described" + mode, described(vp9));
    add("Vp9Opaque" + mode, scrambled(described(vp9)));
    add("Av1" + mode, av1);
    add("Av1Sparse" + mode, sparse(av1));
    add("Av1Opaque" + mode, scrambled(av1));
  }
  return out;
}

class LayerSwitchTest : public ::testing::TestWithParam<Case> {
 protected:
  void Start(const Links& publisher_links = FarLinks(10ms),
             const Links& viewer_links = FarLinks(10ms)) {
    room_.policy.end_to_end_encrypted = GetParam().end_to_end_encrypted;
    ParticipantConfig publisher;
    publisher.video = {GetParam().video};
    ParticipantConfig viewer;
    viewer.video_slots = 1;
    publisher_ = &room_.Join(publisher, publisher_links);
    viewer_ = &room_.Join(viewer, viewer_links);
    slot_ = viewer_->MidsOf(Role::kVideoSlot).front();
    track_ = publisher_->MidsOf(Role::kVideoTrack).front();
    ASSERT_TRUE(room_.RunUntil([&] { return publisher_->connected() && viewer_->connected(); }));
    room_.Show(*viewer_, slot_, *publisher_, track_);
    begin_ = room_.now();
    viewer_->ObservePictures(slot_, [this](const JudgedPicture& picture) { Note(picture); });
  }
  // Says of each long gap between pictures what ended it.
  void Note(const JudgedPicture& picture) {
    if (picture.replayed) return;
    if (!picture.decodable || *picture.decodable - picture.captured > 400ms) {
      const Timestamp at = picture.decodable.value_or(picture.complete);
      slow_ += std::to_string(ToMilliseconds(picture.captured - begin_)) +
               " ms: " + TextOf(picture.layer) + (picture.keyframe ? " keyframe" : "") +
               (picture.decodable ? " decodable" : " complete") + " after " +
               std::to_string(ToMilliseconds(at - picture.captured)) + " ms\n";
    }
    if (!picture.decodable) return;
    if (last_) longest_gap_ = std::max(longest_gap_, *picture.decodable - *last_);
    if (last_ && *picture.decodable - *last_ > 150ms) {
      gaps_ += std::to_string(ToMilliseconds(*picture.decodable - *last_)) + " ms before " +
               (picture.keyframe ? "a keyframe" : "a frame") + " of " +
               std::to_string(picture.bytes) + " bytes, " + TextOf(picture.layer) + ", that took " +
               std::to_string(ToMilliseconds(*picture.decodable - picture.captured)) +
               " ms, estimate " + std::to_string(room_.StatsOf(*viewer_).estimate.bps() / 1000) +
               " kb/s\n";
    }
    last_ = picture.decodable;
  }
  static std::string TextOf(const Layer& layer) {
    return "encoding " + std::to_string(layer.encoding) + " spatial " +
           std::to_string(layer.spatial.value()) + " temporal " +
           std::to_string(layer.temporal.value());
  }
  const StreamReport& Video() { return viewer_->Slot(slot_)->report(); }
  [[nodiscard]] int spatial_layers() const {
    return GetParam().simulcast ? static_cast<int>(GetParam().video.layers.size())
                                : GetParam().video.mode.spatial_layers;
  }
  [[nodiscard]] int temporal_layers() const { return GetParam().video.mode.temporal_layers; }
  [[nodiscard]] Layer LayerOf(int spatial, int temporal) const {
    return {static_cast<uint8_t>(GetParam().simulcast ? spatial : 0),
            SpatialLayer(static_cast<uint8_t>(GetParam().simulcast ? 0 : spatial)),
            TemporalLayer(static_cast<uint8_t>(temporal))};
  }
  void Demand(int spatial, int temporal) {
    room_.SetDemand(*viewer_, slot_,
                    {.max_spatial = SpatialLayer(static_cast<uint8_t>(spatial)),
                     .max_temporal = TemporalLayer(static_cast<uint8_t>(temporal))});
  }
  bool Reaches(int spatial, int temporal, TimeDelta limit) {
    return room_.RunUntil(
        [&] {
          return !Video().shown.empty() && Video().shown.back().layer == LayerOf(spatial, temporal);
        },
        limit);
  }
  // For the reader of a failure: what is shown, and why.
  std::string ShownText() {
    std::string out = Video().shown.empty() ? "nothing" : TextOf(Video().shown.back().layer);
    const auto slot =
        room_.router().GetConsumerStats(*room_.ConsumerOf(*viewer_, slot_), room_.now());
    const TransportStats transport = room_.StatsOf(*viewer_);
    const auto kbps = [](DataRate rate) { return std::to_string(rate.bps() / 1000) + " kb/s"; };
    if (slot && slot->target) out += ", target " + TextOf(*slot->target);
    if (slot) out += ", reason " + std::to_string(static_cast<int>(slot->reason));
    return out + ", estimate " + kbps(transport.estimate) + ", allocated " +
           kbps(transport.allocated) + ", wanted " + kbps(transport.wanted);
  }
  // All layers, in an order that steps up and down in both directions, at once and one by one.
  [[nodiscard]] std::vector<std::pair<int, int>> Steps() const {
    const int s = spatial_layers() - 1;
    const int t = temporal_layers() - 1;
    std::vector<std::pair<int, int>> out = {{0, 0}, {s, 0}, {s, t}, {0, t}, {0, 0}, {s, t}};
    for (int spatial = s; spatial >= 0; --spatial) out.emplace_back(spatial, t);
    for (int spatial = 0; spatial <= s; ++spatial) out.emplace_back(spatial, t);
    for (int temporal = t; temporal >= 0; --temporal) out.emplace_back(s, temporal);
    for (int temporal = 0; temporal <= t; ++temporal) out.emplace_back(s, temporal);
    return out;
  }

  SimulatedRoom room_{Seed()};
  Participant* publisher_ = nullptr;
  Participant* viewer_ = nullptr;
  std::string slot_, track_;
  std::optional<Timestamp> last_;
  TimeDelta longest_gap_{};
  std::string gaps_;
  std::string slow_;
  Timestamp begin_;
};

TEST_P(LayerSwitchTest, NoFrameIsMissingAtTheDecoder) {
  Start();
  ASSERT_TRUE(Reaches(spatial_layers() - 1, temporal_layers() - 1, 15s)) << ShownText();
  longest_gap_ = {};
  gaps_.clear();
  for (const auto& [spatial, temporal] : Steps()) {
    Demand(spatial, temporal);
    EXPECT_TRUE(Reaches(spatial, temporal, 5s))
        << spatial << "/" << temporal << " wanted, shown: " << ShownText();
    // Steady, too.
    room_.Run(500ms);
  }
  EXPECT_THAT(Video().problems, IsEmpty());
  EXPECT_EQ(Video().missing, 0U);
  EXPECT_EQ(Video().lost, 0U);
  EXPECT_EQ(Video().decodable, Video().frames);
  EXPECT_EQ(Video().cut, 0U);
  // Switching costs no picture; but keyframes are large, and the pacer spreads them.
  EXPECT_LT(longest_gap_, 350ms) << gaps_;
}

TEST_P(LayerSwitchTest, LossIsRepairedWhileLayersSwitch) {
  Start({.up = {.delay = 10ms, .loss = 0.02}, .down = {.delay = 10ms}},
        {.up = {.delay = 10ms}, .down = {.delay = 10ms, .loss = 0.02}});
  ASSERT_TRUE(Reaches(spatial_layers() - 1, temporal_layers() - 1, 30s)) << ShownText();
  for (const auto& [spatial, temporal] : Steps()) {
    Demand(spatial, temporal);
    EXPECT_TRUE(Reaches(spatial, temporal, 8s))
        << spatial << "/" << temporal << " wanted, shown: " << ShownText();
    room_.Run(300ms);
  }
  room_.Run(2s);
  EXPECT_THAT(Video().problems, IsEmpty());
  EXPECT_EQ(Video().missing, 0U) << slow_;
  EXPECT_EQ(Video().lost, 0U);
  EXPECT_GT(Video().repaired, 5U);
  EXPECT_GE(Video().ShareDecodableWithin(400ms), 0.99) << slow_;
}

INSTANTIATE_TEST_SUITE_P(, LayerSwitchTest, ::testing::ValuesIn(AllCases()),
                         [](const auto& test) { return test.param.name; });

// Slots whose sources change their codec and the way they are layered.
TEST(SlotSwitchTest, ASlotGoesFromOneKindOfLayersToAnother) {
  const std::vector<VideoConfig> kinds = {
      Simulcast(Codec::kVp8, "L1T3"), SvcConfig(11, Codec::kVp9, "L3T3_KEY"),
      SvcConfig(11, Codec::kAv1, "L3T3"), Simulcast(Codec::kH264, "L1T3"),
      SvcConfig(11, Codec::kVp9, "L3T3")};
  SimulatedRoom room(Seed());
  std::vector<Participant*> publishers;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    ParticipantConfig config;
    config.video = {kinds[i]};
    config.video.front().source = 100 + static_cast<uint32_t>(i);
    publishers.push_back(&room.Join(config));
  }
  ParticipantConfig viewing;
  viewing.video_slots = 1;
  Participant& viewer = room.Join(viewing);
  const std::string slot = viewer.MidsOf(Role::kVideoSlot).front();
  ASSERT_TRUE(room.RunUntil([&] { return viewer.connected(); }));
  room.Run(1s);
  const auto& report = [&]() -> const StreamReport& { return viewer.Slot(slot)->report(); };
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < publishers.size(); ++i) {
      const uint64_t before = report().FramesOf(100 + static_cast<uint32_t>(i));
      room.Show(viewer, slot, *publishers[i], publishers[i]->MidsOf(Role::kVideoTrack).front());
      room.Run(1500ms);
      EXPECT_GT(report().FramesOf(100 + static_cast<uint32_t>(i)), before + 30) << i;
    }
  }
  EXPECT_THAT(report().problems, IsEmpty());
  EXPECT_EQ(report().missing, 0U);
  EXPECT_EQ(report().decodable, report().frames);
}

TEST(EncodingsWantedTest, WhatNobodyWatchesIsNotSentAndComesBack) {
  SimulatedRoom room(Seed());
  ParticipantConfig publishing;
  publishing.video = {Simulcast(Codec::kVp8, "L1T3")};
  ParticipantConfig viewing;
  viewing.video_slots = 1;
  Participant& publisher = room.Join(publishing);
  Participant& viewer = room.Join(viewing);
  const std::string slot = viewer.MidsOf(Role::kVideoSlot).front();
  const std::string track = publisher.MidsOf(Role::kVideoTrack).front();
  ASSERT_TRUE(room.RunUntil([&] { return publisher.connected() && viewer.connected(); }));
  room.Show(viewer, slot, publisher, track);
  const auto sent = [&](std::size_t encoding) {
    return publisher.Track(track)->streams()[encoding].stats().packets;
  };
  room.SetDemand(viewer, slot, {.max_spatial = SpatialLayer(0)});
  room.Run(8s);
  const uint64_t before = sent(2);
  room.Run(2s);
  EXPECT_EQ(sent(2), before) << "the largest encoding is still sent";
  room.SetDemand(viewer, slot, {});
  EXPECT_TRUE(room.RunUntil(
      [&] { return viewer.Slot(slot)->report().shown.back().layer.encoding == 2; }, 10s));
  EXPECT_GT(sent(2), before);
  EXPECT_THAT(viewer.Slot(slot)->report().problems, IsEmpty());
  EXPECT_EQ(viewer.Slot(slot)->report().missing, 0U);
}

}  // namespace
}  // namespace stellwerk::synthetic
