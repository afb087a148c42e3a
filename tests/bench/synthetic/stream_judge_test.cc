// The judge must see what is wrong: each test harms one thing in a stream that is otherwise right.
#include "bench/synthetic/stream_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "bench/synthetic/opus_source.h"
#include "bench/synthetic/video_source.h"
#include "rtc/base/byte_writer.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};

struct Packet {
  int64_t seq = 0;
  uint32_t timestamp = 0;
  bool marker = false;
  std::optional<Ssrc> csrc = Ssrc(7);
  std::vector<uint8_t> payload;
  Timestamp at;
};

// A stream as a perfect network would deliver it.
class StreamMaker {
 public:
  explicit StreamMaker(uint32_t source) : random_(source), source_(Config(source), 2, random_) {}
  void AppendFrames(int count, std::vector<Packet>& out) {
    for (int i = 0; i < count; ++i) {
      const MediaFrame frame = source_.NextFrame(now_);
      for (std::size_t p = 0; p < frame.payloads.size(); ++p) {
        out.push_back({.seq = out.empty() ? 1000 : out.back().seq + 1,
                       .timestamp = static_cast<uint32_t>((now_ - kStart).count() / 1000 * 9 / 100),
                       .marker = p + 1 == frame.payloads.size(),
                       .payload = frame.payloads[p],
                       .at = now_ + 10ms});
      }
      now_ += 33ms;
    }
  }
  void Skip(TimeDelta time) { now_ += time; }
  VideoSource& source() { return source_; }

 private:
  static VideoConfig Config(uint32_t source) {
    VideoConfig config;
    config.source = source;
    return config;
  }
  SeededRandom random_;
  VideoSource source_;
  Timestamp now_ = kStart;
};

class VideoJudgeTest : public ::testing::Test {
 protected:
  void SetUp() override { maker_.AppendFrames(30, packets_); }

  const StreamReport& Judge() {
    for (const Packet& packet : packets_) {
      judge_.OnPacket({.seq = ExtendedSeqNum(packet.seq),
                       .timestamp = RtpTimestamp(packet.timestamp),
                       .marker = packet.marker,
                       .codec = Codec::kVp8,
                       .csrc = packet.csrc,
                       .payload = packet.payload,
                       .after_gap = after_gap_},
                      packet.at);
      judge_.HandleTimeout(packet.at);
    }
    judge_.HandleTimeout(packets_.back().at + 5s);
    return judge_.report();
  }
  // Index of the first packet of the n-th frame.
  std::size_t Frame(int n) const {
    std::size_t i = 0;
    while (n > 0) n -= packets_[i++].marker ? 1 : 0;
    return i;
  }
  void ExpectComplaint(const std::string& text) {
    const StreamReport& report = Judge();
    EXPECT_GT(report.errors, 0U);
    EXPECT_THAT(report.problems, Contains(HasSubstr(text)));
  }
  // Rewrites the descriptors of all packets from `first` on.
  void Rewrite(std::size_t first, const std::function<void(Vp8Descriptor&)>& change) {
    for (std::size_t i = first; i < packets_.size(); ++i) {
      auto parsed = Vp8Descriptor::Parse(packets_[i].payload);
      ASSERT_TRUE(parsed);
      change(parsed->descriptor);
      ByteWriter out(packets_[i].payload);
      parsed->descriptor.SerializeTo(out);
      ASSERT_EQ(out.size(), parsed->size);
    }
  }

  bool after_gap_ = false;
  StreamMaker maker_{11};
  std::vector<Packet> packets_;
  StreamJudge judge_{MediaKind::kVideo, 90'000};
};

TEST_F(VideoJudgeTest, APerfectStreamIsClean) {
  const StreamReport& report = Judge();
  EXPECT_TRUE(report.clean());
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.frames, 30U);
  EXPECT_EQ(report.decodable, 30U);
  EXPECT_EQ(report.keyframes, 1U);
  EXPECT_EQ(report.packets, packets_.size());
  EXPECT_EQ(report.max_latency, 10ms);
  EXPECT_EQ(report.longest_freeze, 33ms);
  EXPECT_EQ(report.FramesOf(11), 30U);
}

TEST_F(VideoJudgeTest, ReorderedPacketsAreNoFault) {
  std::swap(packets_[20], packets_[23]);
  std::swap(packets_[20].at, packets_[23].at);
  EXPECT_TRUE(Judge().clean());
}

TEST_F(VideoJudgeTest, ALostPacketOfTheBaseLayerStopsDecodingUntilAKeyframe) {
  maker_.Skip(3s);
  maker_.source().RequestKeyframe();
  maker_.AppendFrames(10, packets_);
  packets_.erase(packets_.begin() + static_cast<std::ptrdiff_t>(Frame(8)));
  const StreamReport& report = Judge();
  EXPECT_EQ(report.errors, 0U) << ::testing::PrintToString(report.problems);
  EXPECT_EQ(report.lost, 1U);
  EXPECT_EQ(report.frames, 40U);
  EXPECT_EQ(report.decodable, 8U + 10U);
  EXPECT_EQ(report.missing, 0U);
  EXPECT_FALSE(report.clean());
  EXPECT_GT(report.longest_freeze, 3s);
  EXPECT_EQ(report.freezes, 1U);
  EXPECT_EQ(report.frozen, report.longest_freeze);
  EXPECT_DOUBLE_EQ(report.ShareDecodableWithin(400ms), 18.0 / 40.0);
}

TEST_F(VideoJudgeTest, ALostPacketOfAHigherTemporalLayerIsSoonForgotten) {
  // The tenth picture is of temporal layer 1; one picture of layer 2 refers to it.
  packets_.erase(packets_.begin() + static_cast<std::ptrdiff_t>(Frame(10)));
  const StreamReport& report = Judge();
  EXPECT_EQ(report.errors, 0U) << ::testing::PrintToString(report.problems);
  EXPECT_EQ(report.decodable, 28U);
  EXPECT_FALSE(judge_.needs_keyframe());
}

TEST_F(VideoJudgeTest, WholePicturesThatAreLostCountAsNotDecodable) {
  const auto at = [&](int n) { return packets_.begin() + static_cast<std::ptrdiff_t>(Frame(n)); };
  packets_.erase(at(13), at(16));
  const StreamReport& report = Judge();
  EXPECT_EQ(report.frames, 27U);
  EXPECT_EQ(report.frames_lost, 3U);
  // Picture 14 was the one that picture 15 refers to, and nobody asks for picture 13.
  EXPECT_EQ(report.decodable, 27U);
  EXPECT_DOUBLE_EQ(report.ShareDecodableWithin(400ms), 0.9);
}

TEST_F(VideoJudgeTest, APictureIsDecodableWhenAllThatItRefersToIs) {
  // The last packet of picture 8, to which 9 and 10 refer and 11 and 12 after them, comes by
  // retransmission, after the others.
  const std::size_t late = Frame(9) - 1;
  packets_[late].at = packets_[Frame(9)].at + 500ms;
  for (std::size_t i = late + 1; i < packets_.size(); ++i) {
    if (packets_[i].at > packets_[late].at) {
      std::rotate(packets_.begin() + static_cast<std::ptrdiff_t>(late),
                  packets_.begin() + static_cast<std::ptrdiff_t>(late) + 1,
                  packets_.begin() + static_cast<std::ptrdiff_t>(i));
      break;
    }
  }
  std::vector<TimeDelta> took;
  judge_.ObservePictures(
      [&](const JudgedPicture& picture) { took.push_back(*picture.decodable - picture.captured); });
  const StreamReport& report = Judge();
  EXPECT_TRUE(report.clean());
  ASSERT_EQ(took.size(), 30U);
  EXPECT_EQ(took[7], 10ms);
  EXPECT_EQ(took[8], 543ms);
  EXPECT_EQ(took[12], 543ms - 4 * 33ms);
  EXPECT_EQ(took[29], 10ms);
  EXPECT_EQ(report.decodable_after.total(), 30U);
  EXPECT_EQ(report.decodable_after.CountWithin(400ms), 30U - 5U);
  EXPECT_EQ(report.decodable_after.Percentile(0.4), 20ms);
  EXPECT_EQ(report.decodable_after.Percentile(1), 550ms);
}

TEST_F(VideoJudgeTest, APacketThatComesTwiceIsADuplicate) {
  packets_.insert(packets_.begin() + 5, packets_[4]);
  const StreamReport& report = Judge();
  EXPECT_EQ(report.duplicates, 1U);
  EXPECT_TRUE(report.clean());
}

TEST_F(VideoJudgeTest, StartingWithoutAKeyframe) {
  packets_.erase(packets_.begin(), packets_.begin() + static_cast<std::ptrdiff_t>(Frame(1)));
  ExpectComplaint("begins without a keyframe");
  EXPECT_EQ(judge_.report().decodable, 0U);
  EXPECT_TRUE(judge_.needs_keyframe());
}

TEST_F(VideoJudgeTest, ABeginningThatTheNetworkLost) {
  packets_.erase(packets_.begin());
  after_gap_ = true;
  const StreamReport& report = Judge();
  EXPECT_EQ(report.problems, std::vector<std::string>());
  EXPECT_EQ(report.lost, 1U);
  EXPECT_EQ(report.decodable, 0U);
  EXPECT_TRUE(judge_.needs_keyframe());
}

TEST_F(VideoJudgeTest, StartingInTheMiddleOfAKeyframe) {
  packets_.erase(packets_.begin());
  ExpectComplaint("begins without a keyframe");
}

TEST_F(VideoJudgeTest, AnotherSourceWithoutAKeyframe) {
  StreamMaker other(22);
  std::vector<Packet> theirs;
  other.AppendFrames(40, theirs);
  std::size_t first = 0;
  for (int frames = 0; frames < 35; ++first) frames += theirs[first].marker ? 1 : 0;
  for (std::size_t i = first; i < theirs.size(); ++i) {
    theirs[i].seq = packets_.back().seq + 1;
    packets_.push_back(theirs[i]);
  }
  ExpectComplaint("a new source or layer without a keyframe");
}

TEST_F(VideoJudgeTest, APictureIdWithAGap) {
  Rewrite(Frame(10), [](Vp8Descriptor& d) { d.picture_id = (*d.picture_id + 1) & 0x7FFF; });
  ExpectComplaint("picture id");
}

TEST_F(VideoJudgeTest, ATl0picidxWithAGap) {
  Rewrite(Frame(10), [](Vp8Descriptor& d) { ++*d.tl0_picture_index; });
  ExpectComplaint("tl0picidx");
}

TEST_F(VideoJudgeTest, ATimestampThatGoesBack) {
  for (std::size_t i = Frame(12); i < packets_.size(); ++i) packets_[i].timestamp -= 6000;
  ExpectComplaint("timestamp steps by");
}

TEST_F(VideoJudgeTest, ATimestampThatJumps) {
  for (std::size_t i = Frame(12); i < packets_.size(); ++i) packets_[i].timestamp += 90'000 * 100;
  ExpectComplaint("timestamp jumps by");
}

TEST_F(VideoJudgeTest, ATimestampThatChangesWithinAFrame) {
  ++packets_[Frame(12) + 1].timestamp;
  ExpectComplaint("timestamp changes within a frame");
}

TEST_F(VideoJudgeTest, AMissingMarker) {
  packets_[Frame(12) - 1].marker = false;
  ExpectComplaint("a frame without its end");
}

TEST_F(VideoJudgeTest, APacketThatWasDroppedAndItsNumberClosedUp) {
  const std::size_t at = Frame(12) + 1;
  packets_.erase(packets_.begin() + static_cast<std::ptrdiff_t>(at));
  for (std::size_t i = at; i < packets_.size(); ++i) --packets_[i].seq;
  ExpectComplaint("within a frame");
  EXPECT_EQ(judge_.report().lost, 0U);
}

TEST_F(VideoJudgeTest, AHarmedPayload) {
  packets_[Frame(12)].payload.back() ^= 1;
  ExpectComplaint("harmed payload");
}

TEST_F(VideoJudgeTest, ACsrcThatChangesWithinAFrame) {
  packets_[Frame(12) + 1].csrc = Ssrc(8);
  ExpectComplaint("CSRC changes within a frame");
}

// Payloads whose descriptors are harmed as a bad forwarder would do it.
struct Harm {
  std::string complaint;
  std::function<void(std::vector<uint8_t>& payload, std::vector<uint8_t>& descriptor)> apply;
};

// The last picture of `pictures`, harmed.
std::vector<std::string> ProblemsOf(const VideoConfig& config, int pictures, const Harm& harm) {
  SeededRandom random(1);
  const bool descriptors = config.offers_dependency_descriptor();
  VideoSource source(config, 0, random, descriptors);
  StreamJudge judge(MediaKind::kVideo, 90'000);
  int64_t seq = 0;
  for (int n = 1; n <= pictures; ++n) {
    const Timestamp now = kStart + n * 33ms;
    MediaFrame picture = source.NextFrame(now);
    for (std::size_t i = 0; i < picture.payloads.size(); ++i) {
      std::vector<uint8_t> descriptor =
          descriptors ? picture.descriptors[i] : std::vector<uint8_t>();
      if (n == pictures) harm.apply(picture.payloads[i], descriptor);
      judge.OnPacket({.seq = ExtendedSeqNum(seq++),
                      .timestamp = RtpTimestamp(static_cast<uint32_t>(n) * 2970),
                      .marker = i + 1 == picture.payloads.size(),
                      .codec = config.codec,
                      .payload = picture.payloads[i],
                      .dependency_descriptor = descriptor},
                     now);
    }
  }
  return judge.report().problems;
}

TEST(HeaderCheckTest, WrongVp9DescriptorsAreSeen) {
  const VideoConfig config = SvcConfig(1, Codec::kVp9, "L2T2");
  // |I|P|L|F|B|E|V|Z| picture id (2) |TID|U|SID|D| P_DIFF; picture 4 refers to 3 and 2, or to 3.
  const std::vector<Harm> harms = {
      {"picture id", [](auto& payload, auto&) { payload[2] ^= 0x04; }},
      {"P_DIFF misses", [](auto& payload, auto&) { payload[4] ^= 0x08; }},
      {"VP9's D", [](auto& payload, auto&) { payload[3] ^= 0x01; }},
      {"TID or SID", [](auto& payload, auto&) { payload[3] ^= 0x20; }},
      {"VP9's B", [](auto& payload, auto&) { payload[0] ^= 0x08; }},
      {"VP9's E", [](auto& payload, auto&) { payload[0] ^= 0x04; }},
  };
  for (const Harm& harm : harms) {
    EXPECT_THAT(ProblemsOf(config, 12, harm), Contains(HasSubstr(harm.complaint)));
  }
  EXPECT_THAT(ProblemsOf(config, 12, {"", [](auto&, auto&) {}}), IsEmpty());
}

TEST(HeaderCheckTest, WrongDependencyDescriptorsAreSeen) {
  const VideoConfig config = SvcConfig(1, Codec::kAv1, "L2T2");
  const std::vector<Harm> harms = {
      {"misses a reference", [](auto&, auto& descriptor) { descriptor[2] += 8; }},
      {"frame number", [](auto&, auto& descriptor) { descriptor[1] -= 1; }},
      {"begins or ends", [](auto&, auto& descriptor) { descriptor[0] ^= 0x80; }},
      {"begins or ends", [](auto&, auto& descriptor) { descriptor[0] ^= 0x40; }},
      {"cannot be read", [](auto&, auto& descriptor) { descriptor.resize(2); }},
      {"cannot be read", [](auto&, auto& descriptor) { descriptor[0] ^= 0x20; }},
  };
  for (const Harm& harm : harms) {
    EXPECT_THAT(ProblemsOf(config, 12, harm), Contains(HasSubstr(harm.complaint)));
  }
  EXPECT_THAT(ProblemsOf(config, 12, {"", [](auto&, auto&) {}}), IsEmpty());
  // A keyframe that has lost its structure on the way.
  EXPECT_THAT(ProblemsOf(config, 1, {"", [](auto&, auto& descriptor) { descriptor.resize(3); }}),
              Contains(HasSubstr("cannot be read")));
}

TEST(AudioJudgeTest, LossAndHarmAreSeen) {
  OpusSource source({.source = 5});
  StreamJudge judge(MediaKind::kAudio, 48'000);
  for (int i = 0; i < 50; ++i) {
    const Timestamp now = kStart + i * 20ms;
    MediaFrame frame = source.NextFrame(now);
    if (i == 20) continue;
    if (i == 30) frame.payloads[0][40] ^= 1;
    judge.OnPacket({.seq = ExtendedSeqNum(i),
                    .timestamp = RtpTimestamp(static_cast<uint32_t>(i) * 960),
                    .codec = Codec::kOpus,
                    .payload = frame.payloads[0]},
                   now);
  }
  judge.HandleTimeout(kStart + 10s);
  EXPECT_EQ(judge.report().lost, 1U);
  EXPECT_EQ(judge.report().errors, 1U);
  EXPECT_EQ(judge.report().frames, 48U);
  EXPECT_FALSE(judge.needs_keyframe());
}

TEST(CaptureOffsetTest, IsTheDifferenceBetweenReportAndTruth) {
  OpusSource source({.source = 5});
  StreamJudge judge(MediaKind::kAudio, 48'000);
  judge.OnSenderReport(ToNtp(kStart + 30ms), RtpTimestamp(48'000));
  const MediaFrame frame = source.NextFrame(kStart + 1s);
  judge.OnPacket({.seq = ExtendedSeqNum(1),
                  .timestamp = RtpTimestamp(96'000),
                  .codec = Codec::kOpus,
                  .payload = frame.payloads[0]},
                 kStart + 1s);
  ASSERT_TRUE(judge.report().capture_offset.has_value());
  EXPECT_EQ(ToMilliseconds(*judge.report().capture_offset + 500us), 30);
}

}  // namespace
}  // namespace stellwerk::synthetic
