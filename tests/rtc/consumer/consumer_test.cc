#include "rtc/consumer/consumer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "rtc/rtp/rtp_packet_view.h"
#include "rtc/rtp/rtx.h"
#include "tests/rtc/consumer/svc_stream.h"

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

constexpr ExtensionId kDescriptorId{11};
constexpr Ssrc kSsrc{1000};
constexpr Ssrc kRtxSsrc{1001};

struct Sent {
  std::vector<uint8_t> bytes;
  RtpClass media_class{};
  [[nodiscard]] RtpPacketView view() const { return *RtpPacketView::Parse(bytes); }
};

// A slot that plays a scalable stream.
class ConsumerTest : public ::testing::Test {
 protected:
  static ConsumerParameters Slot(Codec codec, bool with_descriptor) {
    ConsumerParameters parameters;
    parameters.kind = MediaKind::kVideo;
    parameters.mid = *Mid::From("v");
    parameters.ssrc = kSsrc;
    parameters.rtx_ssrc = kRtxSsrc;
    parameters.codecs = {SlotCodec(codec)};
    if (with_descriptor) {
      parameters.extensions.Set(RtpExtension::kDependencyDescriptor, kDescriptorId);
    }
    return parameters;
  }
  static CodecParameters SlotCodec(Codec codec) {
    CodecParameters parameters;
    parameters.codec = codec;
    parameters.payload_type = PayloadType(96);
    parameters.rtx_payload_type = PayloadType(97);
    return parameters;
  }

  void Play(const SvcConfig& config, bool with_descriptor = true) {
    const Codec codec = config.wire == SvcConfig::Wire::kDescriptor ? Codec::kAv1 : Codec::kVp9;
    ProducerParameters source;
    source.kind = MediaKind::kVideo;
    source.codecs = {SlotCodec(codec)};
    source.encodings.resize(1);
    stream_.emplace(config);
    consumer_.emplace(ConsumerId(1), TransportId(1), Slot(codec, with_descriptor), random_, now_);
    consumer_->SetSource(ProducerId(7), &source);
    consumer_->OnActiveEncodings(1);
    consumer_->SetEnabled(true);
  }
  // The packets that go out for the next picture.
  std::vector<Sent> Picture(bool keyframe = false) {
    now_ += milliseconds(33);
    for (SvcPacket& packet : stream_->Picture(keyframe)) {
      packet.source.captured = now_;
      if (!packet.descriptor.empty()) {
        packet.source.extension_list[0] = {.extension = RtpExtension::kDependencyDescriptor,
                                           .data = packet.descriptor};
        packet.source.extension_count = 1;
      }
      consumer_->HandlePacket(packet.source, now_, out_);
      history_.push_back(std::move(packet));
      if (!history_.back().descriptor.empty()) {
        history_.back().source.extension_list[0].data = history_.back().descriptor;
      }
    }
    return Take();
  }
  std::vector<Sent> Take() {
    std::vector<Sent> sent;
    for (const OutgoingRtp& rtp : out_.rtp) {
      Sent& packet = sent.emplace_back();
      packet.media_class = rtp.media_class;
      packet.bytes.assign(rtp.prefix_bytes().begin(), rtp.prefix_bytes().end());
      packet.bytes.insert(packet.bytes.end(), rtp.payload().begin(), rtp.payload().end());
      if (rtp.padding > 0) {
        packet.bytes.resize(packet.bytes.size() + rtp.padding - 1U);
        packet.bytes.push_back(rtp.padding);
      }
      EXPECT_EQ(packet.bytes.size(), rtp.wire_size());
    }
    out_.Clear();
    return sent;
  }
  auto History() {
    return [this](ProducerId, uint8_t, ExtendedSeqNum seq) -> std::optional<SourcePacket> {
      for (const SvcPacket& packet : history_) {
        if (packet.source.seq == seq) return packet.source;
      }
      return std::nullopt;
    };
  }
  std::vector<Sent> Padding(int64_t bytes) {
    const DataSize made = consumer_->MakePadding(DataSize::Bytes(bytes), History(), out_);
    auto sent = Take();
    int64_t total = 0;
    for (const Sent& packet : sent) total += static_cast<int64_t>(packet.bytes.size());
    EXPECT_EQ(made.bytes(), total);
    return sent;
  }
  static Layer Target(int spatial, int temporal) {
    return {.encoding = 0,
            .spatial = SpatialLayer(static_cast<uint8_t>(spatial)),
            .temporal = TemporalLayer(static_cast<uint8_t>(temporal))};
  }

  SeededRandom random_{42};
  Timestamp now_{std::chrono::seconds(1000)};
  std::optional<SvcStream> stream_;
  std::optional<Consumer> consumer_;
  std::vector<SvcPacket> history_;
  RtcOutbox out_;
};

TEST_F(ConsumerTest, SequenceNumbersHaveNoHoleWhateverIsLeftOut) {
  for (const auto wire : {SvcConfig::Wire::kDescriptor, SvcConfig::Wire::kVp9Flexible}) {
    Play({.spatial = 3, .temporal = 3, .wire = wire});
    std::optional<SeqNum> last;
    for (int i = 0; i < 60; ++i) {
      if (i % 7 == 3) consumer_->SetTarget(Target(i % 3, i / 7 % 3));
      for (const Sent& packet : Picture(i % 20 == 0)) {
        const SeqNum seq = packet.view().sequence_number();
        EXPECT_EQ(seq, last.value_or(seq + -1) + 1);
        last = seq;
      }
    }
  }
}

TEST_F(ConsumerTest, TheMarkerIsOnTheLastPacketOfTheHighestLayerThatGoesOut) {
  for (const auto wire : {SvcConfig::Wire::kDescriptor, SvcConfig::Wire::kVp9Flexible}) {
    Play({.spatial = 3, .temporal = 1, .wire = wire});
    consumer_->SetTarget(Target(1, 0));
    Picture(true);
    const auto sent = Picture();
    ASSERT_EQ(sent.size(), 4U);
    for (std::size_t i = 0; i < sent.size(); ++i) EXPECT_EQ(sent[i].view().marker(), i == 3);
  }
}

TEST_F(ConsumerTest, SaysWhatItSendsAndThatItNeedsAKeyframeForMore) {
  Play({.spatial = 3, .temporal = 3});
  EXPECT_EQ(consumer_->current(), std::nullopt);
  EXPECT_EQ(consumer_->AwaitedEncoding(), 0);
  consumer_->SetTarget(Target(1, 1));
  Picture(true);
  EXPECT_EQ(consumer_->current(), Target(1, 1));
  EXPECT_EQ(consumer_->AwaitedEncoding(), std::nullopt);
  consumer_->SetTarget(Target(2, 2));
  EXPECT_EQ(consumer_->AwaitedEncoding(), 0);
  consumer_->SetTarget(Target(0, 2));
  EXPECT_EQ(consumer_->AwaitedEncoding(), std::nullopt);
}

TEST_F(ConsumerTest, WithoutATargetNothingIsSentAndAKeyframeBeginsAnew) {
  Play({.spatial = 1, .temporal = 1});
  Picture(true);
  consumer_->SetTarget(std::nullopt);
  EXPECT_TRUE(Picture().empty());
  EXPECT_EQ(consumer_->current(), std::nullopt);
  EXPECT_EQ(consumer_->AwaitedEncoding(), std::nullopt);
  consumer_->SetTarget(Target(0, 0));
  EXPECT_EQ(consumer_->AwaitedEncoding(), 0);
  EXPECT_TRUE(Picture().empty());
  EXPECT_FALSE(Picture(true).empty());
  EXPECT_EQ(consumer_->continuity().freezes(), 0U);
}

TEST_F(ConsumerTest, DescriptorsKeepTheirDistancesOverRuns) {
  Play({.spatial = 1, .temporal = 3});
  consumer_->SetTarget(Target(0, 0));
  DependencyDescriptorReader reader;
  std::optional<uint16_t> last;
  std::set<uint16_t> received;
  for (int i = 0; i < 40; ++i) {
    if (i == 20) {
      // Another publisher.
      stream_.emplace(SvcConfig{.spatial = 1, .temporal = 3}, 17);
      consumer_->SetEnabled(false);
      consumer_->SetEnabled(true);
    }
    for (const Sent& packet : Picture(i % 20 == 0)) {
      const auto frame = reader.Read(*packet.view().FindExtension(kDescriptorId));
      ASSERT_TRUE(frame);
      const uint16_t number = frame->head.frame_number;
      for (const uint16_t distance : frame->references.view()) {
        EXPECT_TRUE(received.contains(static_cast<uint16_t>(number - distance)));
      }
      if (frame->IsKeyframe()) {
        EXPECT_EQ(number, static_cast<uint16_t>(last.value_or(number - 1) + 1));
      }
      if (frame->head.end_of_frame) received.insert(number);
      last = number;
    }
  }
  EXPECT_EQ(received.size(), 10U);
}

TEST_F(ConsumerTest, Vp9PictureIdsKeepTheirDistances) {
  Play({.spatial = 1, .temporal = 3, .wire = SvcConfig::Wire::kVp9Flexible});
  consumer_->SetTarget(Target(0, 0));
  std::set<int> received;
  for (int i = 0; i < 100; ++i) {
    for (const Sent& packet : Picture(i == 0)) {
      const auto descriptor = Vp9Descriptor::Parse(packet.view().payload());
      ASSERT_TRUE(descriptor);
      for (std::size_t r = 0; r < descriptor->reference_count; ++r) {
        EXPECT_TRUE(received.contains(
            (*descriptor->picture_id - descriptor->reference_differences[r]) & 0x7FFF));
      }
      if (descriptor->end_of_frame) received.insert(*descriptor->picture_id);
    }
  }
  EXPECT_EQ(received.size(), 25U);
}

TEST_F(ConsumerTest, AResendSaysWhatTheFirstSendingSaid) {
  Play({.spatial = 2, .temporal = 2});
  consumer_->SetTarget(Target(0, 0));
  auto sent = Picture(true);
  Picture();
  for (const Sent& packet : Picture()) sent.push_back(packet);
  for (const Sent& original : sent) {
    const std::vector<SeqNum> lost = {original.view().sequence_number()};
    consumer_->HandleNack(Nack::For(Ssrc(1), kSsrc, lost), {}, now_, History(), out_);
    const auto again = Take();
    ASSERT_EQ(again.size(), 1U);
    const RtpPacketView view = again[0].view();
    EXPECT_EQ(view.ssrc(), kRtxSsrc);
    EXPECT_EQ(view.marker(), original.view().marker());
    EXPECT_TRUE(std::ranges::equal(*view.FindExtension(kDescriptorId),
                                   *original.view().FindExtension(kDescriptorId)));
    const auto rtx = RtxPayload::Parse(view.payload());
    EXPECT_EQ(rtx->original_sequence_number, original.view().sequence_number());
    EXPECT_TRUE(std::ranges::equal(rtx->original_payload, original.view().payload()));
  }
}

TEST_F(ConsumerTest, WhereRepairsAreLikelyToBeLostThereAreTwo) {
  Play({.spatial = 1, .temporal = 1});
  const auto sent = Picture(true);
  const std::vector<SeqNum> lost = {sent.front().view().sequence_number()};
  const auto nack = Nack::For(Ssrc(1), kSsrc, lost);
  consumer_->HandleNack(nack, {.loss = 0.1F}, now_, History(), out_);
  const auto repairs = Take();
  ASSERT_EQ(repairs.size(), 2U);
  EXPECT_EQ(repairs[1].view().sequence_number() - repairs[0].view().sequence_number(), 1);
  EXPECT_TRUE(std::ranges::equal(repairs[1].view().payload(), repairs[0].view().payload()));
  EXPECT_EQ(consumer_->counters().retransmitted, 2U);
}

TEST_F(ConsumerTest, APayloadWithADescriptorIsLeftAlone) {
  Play({.spatial = 1, .temporal = 1});
  for (const Sent& packet : Picture(true)) {
    EXPECT_TRUE(std::ranges::equal(packet.view().payload(), std::vector<uint8_t>(20, 0xFF)));
  }
}

TEST_F(ConsumerTest, PaddingIsEmptyBeforeTheFirstPacket) {
  Play({.spatial = 1, .temporal = 1});
  const auto padding = Padding(1000);
  ASSERT_FALSE(padding.empty());
  for (const Sent& packet : padding) {
    EXPECT_EQ(packet.view().ssrc(), kRtxSsrc);
    EXPECT_TRUE(packet.view().payload().empty());
  }
  EXPECT_NE(Picture(true)[0].view().ssrc(), kRtxSsrc);
}

TEST_F(ConsumerTest, PaddingRepeatsTheNewestPacketsAndThenIsEmpty) {
  Play({.spatial = 1, .temporal = 1});
  Picture(true);
  const auto newest = Picture();
  const auto padding = Padding(1000);
  int64_t bytes = 0;
  std::size_t repeats = 0;
  std::set<uint16_t> rtx_numbers;
  for (const Sent& packet : padding) {
    EXPECT_EQ(packet.media_class, RtpClass::kPadding);
    EXPECT_EQ(packet.view().ssrc(), kRtxSsrc);
    EXPECT_EQ(packet.view().payload_type(), PayloadType(97));
    rtx_numbers.insert(packet.view().sequence_number().value());
    repeats += packet.view().payload().empty() ? 0 : 1;
    bytes += static_cast<int64_t>(packet.bytes.size());
  }
  EXPECT_EQ(repeats, 4U) << "all that was sent";
  EXPECT_EQ(rtx_numbers.size(), padding.size());
  EXPECT_EQ(RtxPayload::Parse(padding[0].view().payload())->original_sequence_number,
            newest.back().view().sequence_number());
  EXPECT_NEAR(static_cast<double>(bytes), 1000, 60);
  // The media goes on as if nothing had been.
  EXPECT_EQ(Picture()[0].view().sequence_number(), newest.back().view().sequence_number() + 1);
}

// A simulcast of two encodings, of which the slot goes over to the other while packets of the first
// are missing.
class RunTailTest : public ConsumerTest {
 protected:
  void SetUp() override {
    ProducerParameters source;
    source.kind = MediaKind::kVideo;
    source.codecs = {SlotCodec(Codec::kAv1)};
    source.encodings.resize(2);
    consumer_.emplace(ConsumerId(1), TransportId(1), Slot(Codec::kAv1, true), random_, now_);
    consumer_->SetSource(ProducerId(7), &source);
    consumer_->OnActiveEncodings(3);
    consumer_->SetEnabled(true);
    consumer_->SetTarget(Encoding(0));
    const std::vector<SvcPacket> key = first_.Picture(true);
    begin_ = Give(key, 0)[0].view().sequence_number();
    Give(key, 1);
    missing_ = first_.Picture(false);
    sent_before_ = first_.Picture(false);
    Give(missing_, 1);
    Give(sent_before_, 0);
    Give(sent_before_, 1);
    consumer_->SetTarget(Encoding(1));
  }
  static Layer Encoding(uint8_t encoding) {
    return {.encoding = encoding, .spatial = SpatialLayer(0), .temporal = TemporalLayer(2)};
  }
  // What goes out for one packet.
  std::vector<Sent> Give(const std::vector<SvcPacket>& picture, std::size_t i,
                         uint8_t encoding = 0) {
    SourcePacket packet = picture.at(i).source;
    packet.encoding = encoding;
    packet.captured = now_;
    packet.extension_list[0] = {.extension = RtpExtension::kDependencyDescriptor,
                                .data = picture[i].descriptor};
    packet.extension_count = 1;
    consumer_->HandlePacket(packet, now_, out_);
    return Take();
  }
  [[nodiscard]] int Place(const Sent& packet) const {
    return packet.view().sequence_number() - begin_;
  }
  static uint16_t FrameNumberOf(const Sent& packet) {
    return DependencyDescriptorHead::Parse(*packet.view().FindExtension(kDescriptorId))
        ->frame_number;
  }

  static constexpr SvcConfig kSimulcast{.spatial = 1, .temporal = 3, .long_references = false};
  SvcStream first_{kSimulcast};
  SvcStream second_{kSimulcast, 1000};
  SeqNum begin_;
  std::vector<SvcPacket> missing_, sent_before_;
};

TEST_F(RunTailTest, WhatWasMissingBeforeASwitchStillComesUnderItsNumber) {
  const std::vector<SvcPacket> picture = second_.Picture(true);
  const auto key = Give(picture, 0, 1);
  ASSERT_EQ(key.size(), 1U) << "the number is not filled";
  EXPECT_EQ(Place(key[0]), 6);
  now_ += RunTail::kPatience - milliseconds(1);
  const auto late = Give(missing_, 0);
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(Place(late[0]), 2);
  EXPECT_FALSE(late[0].view().payload().empty());
  EXPECT_EQ(static_cast<uint16_t>(FrameNumberOf(key[0]) - FrameNumberOf(late[0])), 2);
  EXPECT_LT(late[0].view().timestamp() - key[0].view().timestamp(), 0);
  EXPECT_TRUE(Give(missing_, 0).empty()) << "once";
  const auto next = Give(picture, 1, 1);
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(Place(next[0]), 7);
}

TEST_F(RunTailTest, WhatWasMissingBeforeASwitchCanBeSentAgain) {
  Give(second_.Picture(true), 0, 1);
  const auto late = Give(missing_, 0);
  const std::vector<SeqNum> lost = {late.at(0).view().sequence_number()};
  const auto history = [&](ProducerId, uint8_t encoding, ExtendedSeqNum seq) {
    EXPECT_EQ(encoding, 0);
    EXPECT_EQ(seq, missing_[0].source.seq);
    return std::optional(missing_[0].source);
  };
  consumer_->HandleNack(Nack::For(Ssrc(1), kSsrc, lost), {}, now_, history, out_);
  EXPECT_EQ(Take().size(), 1U);
}

TEST_F(RunTailTest, WhatStaysMissingIsFilledAfterAWhile) {
  const std::vector<SvcPacket> key = second_.Picture(true);
  Give(key, 0, 1);
  now_ += RunTail::kPatience;
  const auto sent = Give(key, 1, 1);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(Place(sent[0]), 2);
  EXPECT_TRUE(sent[0].view().payload().empty());
  EXPECT_EQ(Place(sent[1]), 7);
  EXPECT_TRUE(Give(missing_, 0).empty()) << "too late";
}

TEST_F(RunTailTest, WhatIsNewerThanAllThatWasSentIsNotSentAfterASwitch) {
  consumer_->SetTarget(Target(0, 0));
  // From here on temporal layers 2, 0, 2.
  Give(first_.Picture(false), 0);
  const std::vector<SvcPacket> missing = first_.Picture(false);
  EXPECT_TRUE(Give(first_.Picture(false), 0).empty());
  consumer_->SetTarget(Encoding(1));
  ASSERT_EQ(Give(second_.Picture(true), 0, 1).size(), 1U);
  now_ += milliseconds(20);
  const auto late = Give(missing, 0);
  ASSERT_EQ(late.size(), 1U);
  EXPECT_TRUE(late[0].view().payload().empty()) << "the new run has its frame number";
}

TEST_F(RunTailTest, WhatWasMissingStillComesAfterMoreSwitchesAndInTheSameEncoding) {
  Give(second_.Picture(true), 0, 1);
  consumer_->SetTarget(Encoding(0));
  ASSERT_EQ(Give(first_.Picture(true), 0).size(), 1U);
  const auto late = Give(missing_, 0);
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(Place(late[0]), 2);
  EXPECT_FALSE(late[0].view().payload().empty());
}

TEST_F(RunTailTest, WhatTheNewRunCarriesItselfIsFilledInTheOld) {
  Give(second_.Picture(true), 0, 1);
  consumer_->SetTarget(Encoding(0));
  // Once more from a place before what was missing.
  std::vector<SvcPacket> again = first_.Picture(true);
  again[0].source.seq = ExtendedSeqNum(missing_[0].source.seq.value() - 1);
  const auto sent = Give(again, 0);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(Place(sent[0]), 2);
  EXPECT_TRUE(sent[0].view().payload().empty());
  EXPECT_EQ(Place(sent[1]), 7);
  const auto late = Give(missing_, 0);
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(Place(late[0]), 8);
}

TEST_F(RunTailTest, OfManySwitchesTheOldestIsFilled) {
  for (uint8_t encoding = 1; encoding < 2 * RunTail::kMaxTails; ++encoding) {
    const uint8_t to = encoding % 2;
    consumer_->SetTarget(Encoding(to));
    SvcStream& stream = to == 1 ? second_ : first_;
    const auto sent = Give(stream.Picture(true), 0, to);
    if (encoding == RunTail::kMaxTails + 1) {
      ASSERT_EQ(sent.size(), 2U);
      EXPECT_EQ(Place(sent[0]), 2);
      return;
    }
    ASSERT_EQ(sent.size(), 1U) << static_cast<int>(encoding);
    // A packet is missing in the middle.
    Give(stream.Picture(false), 0, to);
  }
}

TEST_F(RunTailTest, AnotherSourceFillsAtOnceWhatTheOneBeforeLacked) {
  ProducerParameters source;
  source.kind = MediaKind::kVideo;
  source.codecs = {SlotCodec(Codec::kAv1)};
  consumer_->SetSource(ProducerId(8), &source);
  consumer_->OnActiveEncodings(1);
  std::vector<SvcPacket> key = second_.Picture(true);
  key[0].source.producer = ProducerId(8);
  const auto sent = Give(key, 0);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(Place(sent[0]), 2);
  EXPECT_TRUE(sent[0].view().payload().empty());
}

TEST_F(ConsumerTest, CountsFramesFreezesAndWhatCouldNotBeRepaired) {
  Play({.spatial = 2, .temporal = 1});
  for (int i = 0; i < 30; ++i) Picture(i == 0);
  EXPECT_EQ(consumer_->continuity().frames(), 30U);
  now_ += milliseconds(900);
  const auto sent = Picture();
  EXPECT_EQ(consumer_->continuity().freezes(), 1U);
  EXPECT_NEAR(static_cast<double>(ToMilliseconds(consumer_->continuity().frozen())), 900, 5);
  history_.clear();
  const std::vector<SeqNum> lost = {sent[0].view().sequence_number()};
  for (int i = 0; i < 3; ++i) {
    consumer_->HandleNack(Nack::For(Ssrc(1), kSsrc, lost), {}, now_, History(), out_);
  }
  EXPECT_EQ(consumer_->counters().lost_after_repair, 1U);
  EXPECT_EQ(consumer_->counters().unanswered, 3U);
}

TEST_F(ConsumerTest, TheScoreFallsWithWhatIsNotRepairedOnly) {
  Play({.spatial = 1, .temporal = 1});
  std::vector<Sent> sent;
  for (int i = 0; i < 50; ++i) {
    for (Sent& packet : Picture(i == 0)) sent.push_back(std::move(packet));
  }
  const auto report = [&](uint32_t highest, int32_t lost) {
    ReportBlock block;
    block.source = kSsrc;
    block.extended_highest_sequence = highest;
    block.cumulative_lost = lost;
    consumer_->OnReportBlock(block, milliseconds(20));
  };
  report(1000, 0);
  const std::vector<SeqNum> lost = {sent[90].view().sequence_number(),
                                    sent[91].view().sequence_number()};
  consumer_->HandleNack(Nack::For(Ssrc(1), kSsrc, lost), {}, now_, History(), out_);
  report(1100, 2);
  EXPECT_EQ(consumer_->score(), 10);
  report(1200, 12);
  EXPECT_EQ(consumer_->score(), 4) << "ten per cent";
  for (uint32_t i = 0; i < 8; ++i) report(1300 + 100 * i, 12);
  EXPECT_EQ(consumer_->score(), 10);
}

}  // namespace
}  // namespace stellwerk
