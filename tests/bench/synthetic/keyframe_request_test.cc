// What a camera makes of requests for keyframes.
#include <gtest/gtest.h>

#include "bench/synthetic/published_track.h"
#include "rtc/rtcp/pli.h"
#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"
#include "transport/session/endpoint.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};
constexpr Ssrc kEncoding{1};
constexpr Ssrc kOther{2};

// Two encodings whose pictures are of one packet, but keyframes of several; nobody is connected.
class KeyframeRequestTest : public ::testing::Test {
 protected:
  void MakeCamera(TimeDelta pause) {
    VideoConfig config;
    config.mode = {.spatial_layers = 1, .temporal_layers = 1};
    config.frames_per_second = 100;
    config.layers = {{"q", {320, 180}, DataRate::KilobitsPerSecond(400)},
                     {"h", {640, 360}, DataRate::KilobitsPerSecond(400)}};
    config.keyframe_pause = pause;
    RtpStreamConfig stream;
    stream.ssrc = kEncoding;
    RtpStreamConfig other;
    other.ssrc = kOther;
    track_.emplace(config, std::vector{stream, other}, random_);
    track_->Start(now_);
    Run(100ms);  // its first picture is one
  }
  void Run(TimeDelta time) {
    for (const Timestamp end = now_ + time; now_ < end; now_ += 10ms) {
      track_->HandleTimeout(now_, sender_, out_);
    }
  }
  // Whether the next pictures of an encoding have one.
  bool AskForKeyframe(Ssrc ssrc) {
    track_->HandleRtcp(Pli{.sender = Ssrc{9}, .media = ssrc}, now_, sender_, out_);
    const auto& stats = track_->streams()[ssrc == kEncoding ? 0 : 1].stats();
    const uint64_t packets = stats.packets;
    const uint64_t frames = track_->frames();
    Run(20ms);
    return stats.packets - packets > track_->frames() - frames;
  }

  SeededRandom random_{1};
  PacketPool pool_;
  DtlsIdentity identity_ = *DtlsIdentity::Generate();
  SctpStack sctp_;
  Endpoint endpoint_{pool_, random_, identity_, sctp_};
  TransportSender sender_{TransportId{1}, endpoint_, pool_};
  TransportOutbox out_;
  std::optional<PublishedTrack> track_;
  Timestamp now_ = kStart;
};

TEST_F(KeyframeRequestTest, WithoutAPauseEachIsObeyed) {
  MakeCamera(TimeDelta());
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(AskForKeyframe(kEncoding)) << i;
  EXPECT_EQ(track_->keyframe_requests(), 5U);
}

TEST_F(KeyframeRequestTest, OneThatComesTooSoonIsCountedAndIgnored) {
  MakeCamera(300ms);
  EXPECT_TRUE(AskForKeyframe(kEncoding));
  EXPECT_FALSE(AskForKeyframe(kEncoding));
  Run(240ms);
  EXPECT_FALSE(AskForKeyframe(kEncoding));
  EXPECT_TRUE(AskForKeyframe(kEncoding)) << "300 ms after the one that was obeyed";
  EXPECT_EQ(track_->keyframe_requests(), 4U);
}

TEST_F(KeyframeRequestTest, EachEncodingHasItsOwnPause) {
  MakeCamera(300ms);
  EXPECT_TRUE(AskForKeyframe(kEncoding));
  EXPECT_TRUE(AskForKeyframe(kOther));
  EXPECT_FALSE(AskForKeyframe(kOther));
}

}  // namespace
}  // namespace stellwerk::synthetic
