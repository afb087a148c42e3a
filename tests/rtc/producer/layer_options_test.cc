#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "rtc/producer/producer.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "tests/rtc/hex.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr ExtensionId kAllocationId{5};
constexpr ExtensionId kDescriptorId{6};
constexpr ExtensionId kCaptureTimeId{7};
constexpr PayloadType kPt{96};

// A producer of VP8 with one or more encodings, fed byte by byte.
class LayerOptionsTest : public ::testing::Test {
 protected:
  void Create(std::size_t encodings, Codec codec = Codec::kVp8) {
    ProducerParameters parameters;
    parameters.kind = MediaKind::kVideo;
    CodecParameters vp8;
    vp8.codec = codec;
    vp8.payload_type = kPt;
    parameters.codecs = {vp8};
    parameters.encodings.resize(encodings);
    parameters.extensions.Set(RtpExtension::kVideoLayersAllocation, kAllocationId);
    parameters.extensions.Set(RtpExtension::kDependencyDescriptor, kDescriptorId);
    parameters.extensions.Set(RtpExtension::kAbsCaptureTime, kCaptureTimeId);
    producer_.emplace(ProducerId(1), TransportId(1), parameters, Ssrc(1), clock_);
    seq_.assign(encodings, 100);
  }
  struct Extension {
    ExtensionId id;
    std::vector<uint8_t> data;
  };
  std::optional<SourcePacket> Send(uint8_t encoding, const std::vector<uint8_t>& head,
                                   std::size_t size, const std::vector<Extension>& extensions = {},
                                   uint16_t skip = 0) {
    seq_[encoding] = static_cast<uint16_t>(seq_[encoding] + skip);
    RtpHeaderWriter header({.payload_type = kPt,
                            .marker = true,
                            .sequence_number = SeqNum(seq_[encoding]++),
                            .timestamp = RtpTimestamp(timestamp_),
                            .ssrc = Ssrc(100U + encoding)});
    for (const Extension& extension : extensions) {
      header.AddExtension(extension.id, extension.data);
    }
    std::vector<uint8_t> bytes(1500);
    ByteWriter out(bytes);
    header.WriteTo(out);
    out.WriteBytes(head);
    bytes.resize(std::max(out.size(), size));
    const auto view = RtpPacketView::Parse(bytes);
    Producer::Feedback feedback;
    auto taken = producer_->HandleRtp(now_, now_, *view, pool_.Copy(bytes), encoding, feedback);
    return taken.has_value() ? std::move(*taken) : std::nullopt;
  }
  // A VP8 frame in one packet of `size` bytes.
  void Vp8(uint8_t encoding, bool keyframe, int temporal, std::size_t size,
           const std::vector<Extension>& extensions = {}) {
    std::vector<uint8_t> head(40);
    ByteWriter out(head);
    Vp8Descriptor descriptor;
    descriptor.start_of_partition = true;
    descriptor.picture_id = 5;
    descriptor.tl0_picture_index = 1;
    descriptor.temporal_layer = TemporalLayer(static_cast<uint8_t>(temporal));
    descriptor.SerializeTo(out);
    if (keyframe) {
      const auto scale = static_cast<uint16_t>(1U << encoding);
      WriteVp8KeyframeHeader(out,
                             {.width = static_cast<uint16_t>(320 * scale),
                              .height = static_cast<uint16_t>(180 * scale)},
                             100);
    } else {
      WriteVp8DeltaFrameHeader(out, 100);
    }
    head.resize(out.size());
    Send(encoding, head, size, extensions);
  }
  void Next(TimeDelta step = milliseconds(20)) {
    now_ += step;
    timestamp_ += static_cast<uint32_t>(ToMilliseconds(step) * 90);
  }
  // `frames` frames, 50 a second, of 1000 and 500 bytes in two temporal layers.
  void Run(int frames, const std::vector<uint8_t>& encodings) {
    for (int i = 0; i < frames; ++i) {
      for (const uint8_t encoding : encodings) {
        Vp8(encoding, i == 0, i % 2, (i % 2 == 0 ? 1000U : 500U) << encoding);
      }
      Next();
    }
  }
  // What the packets are, and what is added for lower layers of the network.
  static void ExpectRate(const LayerOption& option, int64_t kbps) {
    EXPECT_GE(option.rate, DataRate::BitsPerSecond(kbps * 960));
    EXPECT_LE(option.rate, DataRate::BitsPerSecond(kbps * 1150));
  }

  PacketPool pool_;
  PublisherClock clock_;
  std::optional<Producer> producer_;
  std::vector<uint16_t> seq_;
  Timestamp now_{seconds(1000)};
  uint32_t timestamp_ = 5000;
};

TEST_F(LayerOptionsTest, MeasuresEachLayerWithWhatItNeeds) {
  Create(2);
  Run(150, {0, 1});
  const auto options = producer_->LayerOptions(now_);
  ASSERT_EQ(options.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(options[i].layer, (Layer{.encoding = static_cast<uint8_t>(i / 2),
                                       .spatial = {},
                                       .temporal = TemporalLayer(static_cast<uint8_t>(i % 2))}));
    EXPECT_TRUE(options[i].active);
    EXPECT_EQ(options[i].resolution.height, i < 2 ? 180 : 360);
  }
  ExpectRate(options[0], 200);  // 25 x 1000 bytes
  ExpectRate(options[1], 300);
  ExpectRate(options[2], 400);
  ExpectRate(options[3], 600);
}

TEST_F(LayerOptionsTest, AnEncodingThatIsOffKeepsItsRateAndIsNotActive) {
  Create(2);
  Run(150, {0, 1});
  static_cast<void>(producer_->LayerOptions(now_));
  Run(100, {0});
  const auto options = producer_->LayerOptions(now_);
  ASSERT_EQ(options.size(), 4U);
  EXPECT_TRUE(options[1].active);
  EXPECT_FALSE(options[3].active);
  ExpectRate(options[3], 600);
}

TEST_F(LayerOptionsTest, BeforeThereIsSomethingToMeasureItTakesThePublishersWord) {
  Create(2);
  // Sent on the first of two streams: 100 and 150, 300 and 450 kbit/s, sizes.
  Vp8(0, true, 0, 1000,
      {{kAllocationId, FromHex("11 50 64 9601 ac02 c203 013f 00b3 1e 027f 0167 1e")}});
  const auto options = producer_->LayerOptions(now_);
  ASSERT_EQ(options.size(), 4U);
  EXPECT_EQ(options[0].rate, DataRate::KilobitsPerSecond(100));
  EXPECT_EQ(options[1].rate, DataRate::KilobitsPerSecond(150));
  EXPECT_TRUE(options[1].active);
  EXPECT_EQ(options[3].rate, DataRate::KilobitsPerSecond(450));
  EXPECT_FALSE(options[3].active) << "nothing of it has come";
  EXPECT_EQ(options[3].resolution, (VideoResolution{.width = 640, .height = 360}));
}

TEST_F(LayerOptionsTest, ADependencyDescriptorIsEnoughForAPayloadThatSaysNothing) {
  Create(1, Codec::kH264);
  for (int i = 0; i < 100; ++i) {
    // Chromium's L1T2 structure; templates 1 and 2 are the delta frames.
    std::vector<uint8_t> descriptor = i == 0 ? FromHex("c00001 80011ea85141010c09fc059c000000")
                                             : FromHex(i % 2 == 0 ? "c10000" : "c20000");
    descriptor[1] = 0;
    descriptor[2] = static_cast<uint8_t>(i);
    const auto packet = Send(0, std::vector<uint8_t>(8, 0xFF), i % 2 == 0 ? 1000 : 500,
                             {{kDescriptorId, descriptor}});
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->info.is_keyframe, i == 0);
    EXPECT_EQ(packet->info.temporal_layer, TemporalLayer(static_cast<uint8_t>(i % 2)));
    Next();
  }
  const auto options = producer_->LayerOptions(now_);
  ASSERT_EQ(options.size(), 2U);
  ExpectRate(options[0], 200);
  ExpectRate(options[1], 300);
  EXPECT_EQ(options[1].resolution, (VideoResolution{.width = 640, .height = 360}));
  EXPECT_EQ(producer_->streams()[0].counters.keyframes, 1U);
}

// Spatial layers that don't build on each other (S modes) each begin with a keyframe.
TEST_F(LayerOptionsTest, APictureOfSeveralKeyframesBeginsWithTheFirst) {
  Create(1);
  const ReceiveStream& stream = producer_->streams()[0];
  std::vector<bool> begins;
  for (int number = 0; number < 2; ++number) {
    for (int layer = 0; layer < 2; ++layer) {
      std::vector<uint8_t> descriptor = FromHex("c00001 80011ea85141010c09fc059c000000");
      descriptor[1] = 0;
      descriptor[2] = static_cast<uint8_t>(2 * number + layer);
      const auto packet =
          Send(0, std::vector<uint8_t>(8, 0xFF), 1000, {{kDescriptorId, descriptor}});
      ASSERT_TRUE(packet);
      begins.push_back(packet->info.is_keyframe);
      EXPECT_EQ(stream.keyframe_start->value(), packet->seq.value() - layer);
    }
    Next();
  }
  EXPECT_EQ(begins, (std::vector<bool>{true, false, true, false}));
  EXPECT_EQ(stream.counters.keyframes, 2U);
}

TEST_F(LayerOptionsTest, CaptureTimesAreToldAgainstOurClock) {
  Create(1);
  // The publisher's clock is ten seconds ahead of ours.
  clock_.OnSenderReport(ToNtp(now_ + seconds(10)), now_);
  std::array<uint8_t, AbsCaptureTime::kLongSize> data;
  ByteWriter out(data);
  AbsCaptureTime{.capture_time = ToNtp(now_ + seconds(12)), .clock_offset = int64_t{2} << 32}
      .SerializeTo(out);
  std::vector<uint8_t> head = FromHex("10 11");
  const auto packet = Send(0, head, 100, {{kCaptureTimeId, {data.begin(), data.end()}}});
  ASSERT_TRUE(packet && packet->capture_time);
  EXPECT_EQ(packet->capture_time->capture_time, ToNtp(now_ + seconds(12)));
  ASSERT_TRUE(packet->capture_time->clock_offset);
  EXPECT_NEAR(static_cast<double>(*packet->capture_time->clock_offset) / 4294967296.0, 12, 0.001);
}

TEST_F(LayerOptionsTest, TheScoreTellsWhatIsMissingForGood) {
  Create(1);
  Run(120, {0});
  EXPECT_EQ(producer_->score(now_), 10);
  for (int i = 0; i < 100; ++i) {
    Send(0, FromHex("10 11"), 100, {}, i % 10 == 0 ? 1 : 0);
    Next();
  }
  EXPECT_LE(producer_->score(now_), 6);
  EXPECT_GE(producer_->score(now_), 3);
}

}  // namespace
}  // namespace stellwerk
