#include "rtc/pacing/pacer.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

TEST(Pacer, AudioNeverWaits) {
  const Pacer pacer;
  OutgoingRtp rtp;
  rtp.media_class = RtpClass::kAudio;
  EXPECT_TRUE(pacer.CanSendNow(rtp, Timestamp{}));
}

}  // namespace
}  // namespace stellwerk
