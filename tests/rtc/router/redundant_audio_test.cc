#include "rtc/base/byte_writer.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr ProducerId kVoice{7};
constexpr PayloadType kRedPt{63};
constexpr PayloadType kTheirRedPt{64};
constexpr Ssrc kVoiceSsrc{4711};

CodecParameters Red(PayloadType payload_type, const char* blocks) {
  CodecParameters red = TestOpus(payload_type);
  red.codec = Codec::kRed;
  red.fmtp = blocks;
  return red;
}

// RFC 2198: a publisher that repeats each packet in the next one.
class RedundantAudioTest : public RoomFixture {
 protected:
  void SetUp() override {
    RoomFixture::SetUp();
    ProducerParameters parameters = AudioProducer("0");
    parameters.codecs = {Red(kRedPt, "111/111"), TestOpus()};
    parameters.encodings[0].ssrc = kVoiceSsrc;
    AddProducer(kVoice, parameters);
  }
  void Say(const Bytes& payload) {
    Bytes bytes(200);
    ByteWriter writer(bytes);
    RtpHeaderWriter header({.payload_type = kRedPt,
                            .sequence_number = SeqNum(seq_),
                            .timestamp = RtpTimestamp(960U * seq_),
                            .ssrc = kVoiceSsrc});
    ++seq_;
    header.WriteTo(writer);
    writer.WriteBytes(payload);
    bytes.resize(writer.size());
    Deliver(bytes);
  }
  // A block of 2 bytes from 20 ms ago, then the primary.
  const Bytes payload_ = {0x80 | 111, 0x0F, 0x00, 0x02, 111, 0xAA, 0xAB, 0x01, 0x02, 0x03};
  uint16_t seq_ = 100;
};

TEST_F(RedundantAudioTest, WhoLacksItIsSentThePrimaryAlone) {
  AddSlot(ConsumerId(1), AudioSlot(Ssrc(8000), "a0"), kVoice);
  Say(payload_);
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(1));
  EXPECT_EQ(packets[0].view().payload_type(), PayloadType(100));
  EXPECT_THAT(packets[0].view().payload(), ElementsAre(0x01, 0x02, 0x03));
}

TEST_F(RedundantAudioTest, WhoHasItIsSentAllOfIt) {
  ConsumerParameters slot = AudioSlot(Ssrc(8000), "a0");
  slot.codecs.push_back(Red(kTheirRedPt, "111/111"));
  AddSlot(ConsumerId(1), slot, kVoice);
  Say(payload_);
  const auto packets = TakeRtp();
  ASSERT_THAT(packets, SizeIs(1));
  EXPECT_EQ(packets[0].view().payload_type(), kTheirRedPt);
  EXPECT_EQ(Bytes(packets[0].view().payload().begin(), packets[0].view().payload().end()),
            payload_);
}

TEST_F(RedundantAudioTest, NonsenseIsCountedAndLeavesNoGap) {
  AddSlot(ConsumerId(1), AudioSlot(Ssrc(8000), "a0"), kVoice);
  Say(payload_);
  const auto before = TakeRtp();
  ASSERT_THAT(before, SizeIs(1));
  Say({0x80 | 111, 0x0F, 0xFF, 0xFF});
  EXPECT_EQ(out_.drops[DropReason::kMalformed], 1U);
  for (const Received& packet : TakeRtp()) EXPECT_THAT(packet.view().payload(), IsEmpty());
  Say(payload_);
  const auto after = TakeRtp();
  ASSERT_THAT(after, SizeIs(1));
  EXPECT_THAT(after[0].view().payload(), ElementsAre(0x01, 0x02, 0x03));
}

}  // namespace
}  // namespace stellwerk
