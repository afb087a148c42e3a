#include "bench/synthetic/frame_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace stellwerk::synthetic {
namespace {

using ::testing::UnorderedElementsAre;

FramePattern Pattern(std::string_view mode, int switch_interval = 4) {
  return {*ScalabilityMode::Parse(mode), switch_interval};
}

std::string Dtis(const PatternFrame& frame) {
  std::string out;
  for (const Dti dti : frame.dtis) out += "-DSR"[static_cast<std::size_t>(dti)];
  return out;
}

// All that a template says: "S1T2 --D 3,1 chains 4,3".
std::set<std::string> Templates(const FramePattern& pattern) {
  std::set<std::string> out;
  for (const DependencyTemplate& t : pattern.structure().templates) {
    std::string text = "S" + std::to_string(t.spatial) + "T" + std::to_string(t.temporal) + " ";
    for (const Dti dti : t.dtis) text += "-DSR"[static_cast<std::size_t>(dti)];
    for (const uint16_t diff : t.frame_diffs) text += " " + std::to_string(diff);
    text += " chains";
    for (const uint8_t diff : t.chain_diffs) text += " " + std::to_string(diff);
    out.insert(text);
  }
  return out;
}

TEST(ScalabilityModeTest, NamesAreReadAndWritten) {
  int valid = 0;
  for (const char first : {'L', 'S'}) {
    for (const char spatial : {'0', '1', '2', '3', '4'}) {
      for (const char temporal : {'1', '2', '3', '4'}) {
        for (const std::string suffix : {"", "_KEY"}) {
          const std::string text = std::string() + first + spatial + 'T' + temporal + suffix;
          const auto mode = ScalabilityMode::Parse(text);
          if (mode) {
            EXPECT_EQ(mode->ToText(), text);
          }
          valid += mode ? 1 : 0;
        }
      }
    }
  }
  EXPECT_EQ(valid, 3 + 6 + 6 + 6);
  for (const std::string_view text : {"", "L1", "L1T1_", "L1T1_key", "l1T1", "L11T1"}) {
    EXPECT_EQ(ScalabilityMode::Parse(text), std::nullopt) << text;
  }
}

// The templates that the AV1 RTP payload specification and libwebrtc have for these modes.
TEST(FramePatternTest, TemporalLayersAreThoseThatAreKnown) {
  EXPECT_THAT(
      Templates(Pattern("L1T3")),
      UnorderedElementsAre("S0T0 SSS chains 0", "S0T0 SSS 4 chains 4", "S0T1 -DS 2 chains 2",
                           "S0T2 --D 1 chains 1", "S0T2 --D 1 chains 3"));
}

TEST(FramePatternTest, SpatialLayersAreThoseThatAreKnown) {
  EXPECT_THAT(Templates(Pattern("L2T1")),
              UnorderedElementsAre("S0T0 SS chains 0 0", "S0T0 SR 2 chains 2 1",
                                   "S1T0 -S 1 chains 1 1", "S1T0 -S 2 1 chains 1 1"));
  const FramePattern pattern = Pattern("L3T3");
  EXPECT_EQ(Dtis(pattern.Picture(0)[0]), "SSSSSSSSS");
  EXPECT_EQ(Dtis(pattern.Picture(0)[1]), "---SSSSSS");
  EXPECT_EQ(Dtis(pattern.Picture(0)[2]), "------SSS");
  EXPECT_EQ(Dtis(pattern.Picture(1)[0]), "--D--R--R");
  EXPECT_EQ(Dtis(pattern.Picture(1)[1]), "-----D--R");
  EXPECT_EQ(Dtis(pattern.Picture(1)[2]), "--------D");
  EXPECT_EQ(Dtis(pattern.Picture(2)[0]), "-DS-RR-RR");
  EXPECT_EQ(Dtis(pattern.Picture(2)[1]), "----DS-RR");
  EXPECT_EQ(Dtis(pattern.Picture(2)[2]), "-------DS");
  EXPECT_EQ(Dtis(pattern.Picture(4)[0]), "SSSRRRRRR");
  EXPECT_EQ(Dtis(pattern.Picture(4)[1]), "---SSSRRR");
}

TEST(FramePatternTest, KeyframeDependentLayersAreThoseThatAreKnown) {
  EXPECT_THAT(Templates(Pattern("L2T2_KEY")),
              UnorderedElementsAre("S0T0 SSSS chains 0 0", "S0T0 SS-- 4 chains 4 3",
                                   "S0T1 -D-- 2 chains 2 1", "S1T0 --SS 1 chains 1 1",
                                   "S1T0 --SS 4 chains 1 4", "S1T1 ---D 2 chains 3 2"));
}

TEST(FramePatternTest, SimulcastInOneStreamSharesNothing) {
  EXPECT_THAT(Templates(Pattern("S2T1")),
              UnorderedElementsAre("S0T0 S- chains 0 0", "S0T0 S- 2 chains 2 1",
                                   "S1T0 -S chains 1 0", "S1T0 -S 2 chains 1 2"));
}

TEST(FramePatternTest, SteppingUpIsPossibleOnlyWhereItIsSaid) {
  const FramePattern anywhere = Pattern("L1T3");
  for (uint32_t n = 0; n < 16; ++n) {
    EXPECT_TRUE(anywhere.Picture(n)[0].switching_up_point) << n;
  }
  const FramePattern sparse = Pattern("L1T3", 16);
  for (uint32_t n = 0; n < 48; ++n) {
    const PatternFrame& frame = sparse.Picture(n)[0];
    if (frame.temporal == 2) continue;  // nothing is above
    EXPECT_EQ(frame.switching_up_point, n % 16 == 0 || n % 16 == 2) << n;
    if (frame.temporal == 0) {
      EXPECT_EQ(Dtis(frame), n % 16 == 0 ? "SSS" : "SRR") << n;
    }
  }
}

TEST(FramePatternTest, FrameDifferencesFitIntoTemplates) {
  for (const std::string_view mode : {"L1T1", "L3T3", "L3T3_KEY", "S3T3", "L2T2", "L3T1"}) {
    for (const int interval : {4, 8, 16}) {
      const FramePattern pattern = Pattern(mode, interval);
      EXPECT_LE(pattern.structure().templates.size(), DependencyStructure::kMaxTemplates);
      for (const DependencyTemplate& t : pattern.structure().templates) {
        for (const uint16_t diff : t.frame_diffs) EXPECT_LE(diff, 16);
        for (const uint8_t diff : t.chain_diffs) EXPECT_LE(diff, 15);
      }
    }
  }
}

}  // namespace
}  // namespace stellwerk::synthetic
