// Sources with layers, and a judge that knows what each layer needs. Each stream is cut down as a
// forwarder would do it, rightly and wrongly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <ostream>
#include <string>

#include "rtc/codec/payload_info.h"
#include "tests/bench/synthetic/direct_stream.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Case {
  Codec codec = Codec::kVp9;
  std::string mode;
  bool descriptor = false;
  bool flexible = true;
  bool scramble = false;
  int switch_interval = 4;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << static_cast<int>(c.codec) << " " << c.mode << (c.descriptor ? " dd" : "")
             << (c.flexible ? "" : " fixed") << (c.scramble ? " scrambled" : "") << " "
             << c.switch_interval;
}

std::vector<Case> AllCases() {
  std::vector<Case> out;
  for (const std::string mode : {"L1T1", "L1T2", "L1T3"}) {
    for (const bool scramble : {false, true}) {
      out.push_back({Codec::kVp8, mode, false, true, scramble});
      out.push_back({Codec::kVp8, mode, true, true, scramble});
      out.push_back({Codec::kH264, mode, true, true, scramble});
    }
  }
  for (const std::string mode :
       {"L1T1", "L1T3", "L2T1", "L2T3", "L3T3", "L2T2_KEY", "L3T3_KEY", "S2T1", "S3T3"}) {
    for (const bool scramble : {false, true}) {
      for (const int interval : {4, 16}) {
        out.push_back({Codec::kAv1, mode, true, true, scramble, interval});
        out.push_back({Codec::kVp9, mode, true, true, scramble, interval});
        out.push_back({Codec::kVp9, mode, false, true, scramble, interval});
        out.push_back({Codec::kVp9, mode, false, false, scramble, interval});
      }
    }
  }
  return out;
}

VideoConfig ConfigOf(const Case& c) {
  VideoConfig config = SvcConfig(11, c.codec, c.mode);
  config.dependency_descriptor = c.descriptor;
  config.vp9_flexible = c.flexible;
  config.scramble = c.scramble;
  config.temporal_switch_interval = c.switch_interval;
  return config;
}

class LayeredStreamTest : public ::testing::TestWithParam<Case> {
 protected:
  LayeredStreamTest() : stream_(ConfigOf(GetParam())), mode_(ConfigOf(GetParam()).mode) {}
  void ExpectAllDecodable() {
    EXPECT_THAT(stream_.report().problems, IsEmpty());
    EXPECT_EQ(stream_.report().missing, 0U);
    EXPECT_EQ(stream_.report().decodable, stream_.report().frames);
    EXPECT_EQ(stream_.report().freezes, 0U);
    EXPECT_FALSE(stream_.judge().needs_keyframe());
  }
  // What a receiver of this layer has to get, by the mode alone.
  [[nodiscard]] DirectStream::Choice UpTo(int spatial, int temporal) const {
    const auto inter_layer = mode_.inter_layer;
    return [=](const PayloadMark& mark, const FrameDependencies*) {
      using InterLayer = ScalabilityMode::InterLayer;
      if (mark.temporal > temporal || mark.spatial > spatial) return false;
      return mark.spatial == spatial || inter_layer == InterLayer::kAlways ||
             (inter_layer == InterLayer::kKeyframe && mark.keyframe);
    };
  }

  DirectStream stream_;
  ScalabilityMode mode_;
};

// Those of a kind, so that each test runs only where it has a meaning.
class CutStreamTest : public LayeredStreamTest {};         // frames can be left out as they are
class SpatialStreamTest : public LayeredStreamTest {};     // with spatial layers
class EarlyStreamTest : public LayeredStreamTest {};       // not every frame lets one step up
class DescriptorStreamTest : public LayeredStreamTest {};  // AV1: the payload plays no part
class ReadableStreamTest : public LayeredStreamTest {};    // without the Dependency Descriptor
class OpaqueStreamTest : public LayeredStreamTest {};      // with it, and scrambled

TEST_P(LayeredStreamTest, TheWholeStreamIsDecodable) {
  stream_.Send(20);
  stream_.source().RequestKeyframe();
  stream_.Send(70);
  ExpectAllDecodable();
  EXPECT_EQ(stream_.report().keyframes, 2U);
  EXPECT_EQ(stream_.report().frames, 90U);
  ASSERT_FALSE(stream_.report().shown.empty());
  const Layer shown = stream_.report().shown.back().layer;
  EXPECT_EQ(shown.spatial.value() + 1, mode_.spatial_layers);
  EXPECT_EQ(shown.temporal.value() + 1, mode_.temporal_layers);
}

TEST_P(CutStreamTest, EachLayerIsDecodableWithThoseThatItNeeds) {
  for (int spatial = 0; spatial < mode_.spatial_layers; ++spatial) {
    for (int temporal = 0; temporal < mode_.temporal_layers; ++temporal) {
      DirectStream stream(ConfigOf(GetParam()));
      stream.Choose(UpTo(spatial, temporal));
      stream.Send(64);
      EXPECT_THAT(stream.report().problems, IsEmpty()) << spatial << " " << temporal;
      EXPECT_EQ(stream.report().missing, 0U);
      EXPECT_EQ(stream.report().frames, 64U >> (mode_.temporal_layers - 1 - temporal));
      EXPECT_EQ(stream.report().decodable, stream.report().frames);
    }
  }
}

TEST_P(DescriptorStreamTest, EachDecodeTargetIsWhatTheModeSays) {
  for (int spatial = 0; spatial < mode_.spatial_layers; ++spatial) {
    for (int temporal = 0; temporal < mode_.temporal_layers; ++temporal) {
      DirectStream stream(ConfigOf(GetParam()));
      const auto target = static_cast<std::size_t>(spatial * mode_.temporal_layers + temporal);
      const auto expected = UpTo(spatial, temporal);
      stream.Choose([&](const PayloadMark& mark, const FrameDependencies* frame) {
        const bool chosen = frame->frame.dtis.at(target) != Dti::kNotPresent;
        EXPECT_EQ(chosen, expected(mark, frame)) << spatial << " " << temporal;
        return chosen;
      });
      stream.Send(40);
    }
  }
}

TEST_P(DescriptorStreamTest, SteppingUpWhereTheDescriptorAllowsItMissesNothing) {
  const auto targets = static_cast<std::size_t>(mode_.spatial_layers * mode_.temporal_layers);
  for (std::size_t from = 0; from < targets; ++from) {
    for (std::size_t to = 0; to < targets; ++to) {
      DirectStream stream(ConfigOf(GetParam()));
      int pictures = 0;
      bool switched = false;
      stream.Choose([&](const PayloadMark&, const FrameDependencies* frame) {
        const Dti there = frame->frame.dtis[to];
        // Only at a frame that is there either way, or whose references are.
        const bool may = there == Dti::kSwitch && frame->frame.dtis[from] != Dti::kNotPresent;
        if (pictures > 6 && frame->start_of_frame && may) switched = true;
        return frame->frame.dtis[switched ? to : from] != Dti::kNotPresent;
      });
      for (int i = 0; i < 48; ++i, ++pictures) {
        if (i == 36) stream.source().RequestKeyframe();
        stream.Send(1);
      }
      const bool same_keyframe_chain = mode_.inter_layer == ScalabilityMode::InterLayer::kAlways ||
                                       from / mode_.temporal_layers == to / mode_.temporal_layers;
      if (same_keyframe_chain) {
        EXPECT_TRUE(switched) << from << " " << to;
      }
      EXPECT_THAT(stream.report().problems, IsEmpty()) << from << " " << to;
      EXPECT_EQ(stream.report().missing, 0U) << from << " " << to;
      EXPECT_EQ(stream.report().decodable, stream.report().frames) << from << " " << to;
    }
  }
}

TEST_P(EarlyStreamTest, SteppingUpTooEarlyMissesFrames) {
  const int spatial = mode_.spatial_layers - 1;
  const int temporal = mode_.temporal_layers - 1;
  int pictures = 0;
  stream_.Choose([&](const PayloadMark& mark, const FrameDependencies* frame) {
    return pictures > 22 ? UpTo(spatial, temporal)(mark, frame) : UpTo(0, 0)(mark, frame);
  });
  for (; pictures < 30; ++pictures) stream_.Send(1);
  EXPECT_GT(stream_.report().missing, 0U);
  EXPECT_LT(stream_.report().decodable, stream_.report().frames);
  if (mode_.spatial_layers > 1) {
    EXPECT_TRUE(stream_.judge().needs_keyframe());
  }
}

TEST_P(SpatialStreamTest, APublisherMaySendFewerSpatialLayersForAWhile) {
  stream_.Send(25);
  stream_.source().SetSpatialLayers(1);
  stream_.Send(25);
  EXPECT_EQ(stream_.report().shown.back().layer.spatial, SpatialLayer(0));
  EXPECT_EQ(stream_.report().keyframes, 1U);
  stream_.source().SetSpatialLayers(3);
  stream_.Send(25);
  EXPECT_EQ(stream_.report().shown.back().layer.spatial.value() + 1, mode_.spatial_layers);
  EXPECT_EQ(stream_.report().keyframes, 2U);
  ExpectAllDecodable();
}

TEST_P(ReadableStreamTest, AForwarderSeesKeyframesAndBeginningsOfFrames) {
  SeededRandom random(1);
  VideoSource source(ConfigOf(GetParam()), 0, random);
  for (int i = 0; i < 12; ++i) {
    if (i == 6) source.RequestKeyframe();
    const MediaFrame picture = source.NextFrame(Timestamp(1s));
    for (const auto& payload : picture.payloads) {
      EXPECT_LE(payload.size(), VideoSource::kMaxPayload);
      const PayloadMark mark = ReadMark(payload).value();
      const auto info = Inspect(GetParam().codec, payload, std::nullopt);
      ASSERT_TRUE(info);
      EXPECT_EQ(info->is_keyframe, mark.keyframe && mark.packet == 0 && mark.spatial == 0);
      EXPECT_EQ(info->start_of_frame, mark.packet == 0);
      EXPECT_EQ(info->spatial_layer, SpatialLayer(mark.spatial));
      EXPECT_EQ(info->temporal_layer, TemporalLayer(mark.temporal));
      if (info->is_keyframe) {
        EXPECT_EQ(info->resolution, (VideoResolution{1280, 720}));
      }
    }
  }
}

TEST_P(OpaqueStreamTest, ScrambledPayloadsTellNothingOfTheirFrame) {
  // Of 200 first bytes of frames no value dominates; unscrambled they are two or three values.
  SeededRandom random(1);
  VideoSource source(ConfigOf(GetParam()), 0, random, true);
  std::map<uint8_t, int> seen;
  for (int i = 0; i < 200; ++i) ++seen[source.NextFrame(Timestamp(1s)).payloads.front().front()];
  for (const auto& [byte, count] : seen) {
    EXPECT_LT(count, 20) << static_cast<int>(byte);
  }
}

bool IsSpatial(const Case& c) { return c.mode[1] > '1'; }

auto Where(bool (*condition)(const Case&)) {
  std::vector<Case> out;
  for (const Case& c : AllCases()) {
    if (condition(c)) out.push_back(c);
  }
  return ::testing::ValuesIn(out);
}

INSTANTIATE_TEST_SUITE_P(, LayeredStreamTest, Where([](const Case&) { return true; }));
// VP8's picture ids need rewriting when frames are left out.
INSTANTIATE_TEST_SUITE_P(, CutStreamTest, Where([](const Case& c) {
                           return c.codec != Codec::kVp8 || c.descriptor;
                         }));
INSTANTIATE_TEST_SUITE_P(, SpatialStreamTest, Where(IsSpatial));
INSTANTIATE_TEST_SUITE_P(, EarlyStreamTest, Where([](const Case& c) {
                           return IsSpatial(c) || (c.switch_interval > 4 && c.mode == "L1T3");
                         }));
INSTANTIATE_TEST_SUITE_P(, DescriptorStreamTest, Where([](const Case& c) {
                           return c.codec == Codec::kAv1 && !c.scramble;
                         }));
INSTANTIATE_TEST_SUITE_P(, ReadableStreamTest, Where([](const Case& c) { return !c.descriptor; }));
INSTANTIATE_TEST_SUITE_P(, OpaqueStreamTest,
                         Where([](const Case& c) { return c.descriptor && c.scramble; }));

TEST(LayeredSourceTest, KeyframesOfH264HaveParameterSetsAndAnIdrPicture) {
  SeededRandom random(1);
  VideoSource source(SvcConfig(1, Codec::kH264, "L1T1"), 0, random);
  const MediaFrame key = source.NextFrame(Timestamp(1s));
  ASSERT_GE(key.payloads.size(), 2U);
  EXPECT_TRUE(Inspect(Codec::kH264, key.payloads[0], std::nullopt)->is_keyframe);
  EXPECT_TRUE(Inspect(Codec::kH264, key.payloads[0], std::nullopt)->start_of_frame);
  EXPECT_TRUE(Inspect(Codec::kH264, key.payloads[1], std::nullopt)->is_keyframe);
  const MediaFrame delta = source.NextFrame(Timestamp(2s));
  EXPECT_FALSE(Inspect(Codec::kH264, delta.payloads[0], std::nullopt)->is_keyframe);
  EXPECT_TRUE(Inspect(Codec::kH264, delta.payloads[0], std::nullopt)->start_of_frame);
}

TEST(LayeredSourceTest, Av1SaysItsLayersInObuHeaders) {
  SeededRandom random(1);
  VideoSource source(SvcConfig(1, Codec::kAv1, "L2T2"), 0, random, true);
  for (int i = 0; i < 8; ++i) {
    const MediaFrame picture = source.NextFrame(Timestamp(1s));
    for (const auto& payload : picture.payloads) {
      const PayloadMark mark = ReadMark(payload).value();
      const auto info = Inspect(Codec::kAv1, payload, std::nullopt);
      ASSERT_TRUE(info);
      EXPECT_EQ(info->is_keyframe, i == 0 && mark.packet == 0 && mark.spatial == 0);
      if (mark.packet > 0 || info->is_keyframe) continue;
      EXPECT_EQ(info->spatial_layer, SpatialLayer(mark.spatial));
      EXPECT_EQ(info->temporal_layer, TemporalLayer(mark.temporal));
    }
  }
}

}  // namespace
}  // namespace stellwerk::synthetic
