#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "rtc/router/router.h"
#include "rtc/rtcp/compound.h"
#include "rtc/rtp/rtp_packet_view.h"
#include "tests/rtc/router/synthetic_stream.h"

namespace stellwerk {

// A packet as the subscriber gets it.
struct Received {
  Bytes bytes;
  RtpClass media_class{};
  bool has_mid = false;

  [[nodiscard]] RtpPacketView view() const { return *RtpPacketView::Parse(bytes); }
  [[nodiscard]] uint16_t seq() const { return view().sequence_number().value(); }
  [[nodiscard]] uint32_t timestamp() const { return view().timestamp().value(); }
  [[nodiscard]] Vp8Descriptor::Parsed vp8() const {
    return *Vp8Descriptor::Parse(view().payload());
  }
  [[nodiscard]] VideoTag tag() const { return TagOf(view().payload()); }
  static VideoTag TagOf(std::span<const uint8_t> payload) {
    const auto parsed = *Vp8Descriptor::Parse(payload);
    const auto frame = payload.subspan(parsed.size);
    return Vp8Sender::ReadTag(frame, IsVp8Keyframe(parsed.descriptor, frame));
  }
};

// A room under a virtual clock. Transport 1 publishes, transport 2 subscribes, unless a test adds
// others.
class RoomFixture : public ::testing::Test {
 protected:
  static constexpr TransportId kPublisher{1};
  static constexpr TransportId kSubscriber{2};
  static constexpr Ssrc kSlotSsrc{9000};
  static constexpr Ssrc kSlotRtxSsrc{9001};
  static constexpr PayloadType kSlotPt{120};
  static constexpr PayloadType kSlotRtxPt{121};

  void AddTransport(TransportId id, bool writable = true) {
    ASSERT_TRUE(router_.AddTransport(id, now_).ok());
    if (writable) router_.OnTransportWritable(id, true, now_, out_);
  }
  void SetUp() override {
    AddTransport(kPublisher);
    AddTransport(kSubscriber);
  }

  static ConsumerParameters VideoSlot(Ssrc ssrc = kSlotSsrc, const std::string& mid = "v0") {
    ConsumerParameters parameters;
    parameters.kind = MediaKind::kVideo;
    parameters.mid = *Mid::From(mid);
    parameters.ssrc = ssrc;
    parameters.rtx_ssrc = Ssrc(ssrc.value() + 1);
    parameters.cname = "room";
    parameters.codecs = {TestVp8(kSlotPt, kSlotRtxPt)};
    parameters.extensions.Set(RtpExtension::kMid, ExtensionId(9));
    return parameters;
  }
  static ConsumerParameters AudioSlot(Ssrc ssrc, const std::string& mid,
                                      SlotMode mode = SlotMode::kAssigned) {
    ConsumerParameters parameters;
    parameters.kind = MediaKind::kAudio;
    parameters.mid = *Mid::From(mid);
    parameters.mode = mode;
    parameters.ssrc = ssrc;
    parameters.cname = "room";
    parameters.codecs = {TestOpus(PayloadType(100))};
    parameters.extensions.Set(RtpExtension::kMid, ExtensionId(9));
    return parameters;
  }
  void AddProducer(ProducerId id, const ProducerParameters& parameters,
                   TransportId transport = kPublisher) {
    ASSERT_TRUE(router_.AddProducer(id, transport, parameters, now_).ok());
  }
  void AddSlot(ConsumerId id, const ConsumerParameters& parameters,
               std::optional<ProducerId> source, TransportId transport = kSubscriber) {
    ASSERT_TRUE(router_.AddConsumer(id, transport, parameters, now_).ok());
    if (source) Point(id, *source);
  }
  void Point(ConsumerId id, ProducerId source) {
    ASSERT_TRUE(router_.SetConsumerSource(id, source, now_, out_).ok());
  }

  Vp8Sender Sender(ProducerId id, const std::string& mid, int encoding = 0,
                   bool simulcast = false) {
    const auto ssrc = 1000 * id.value() + 10 * static_cast<uint32_t>(encoding);
    return Vp8Sender({.producer = id.value(),
                      .mid = mid,
                      .rid = simulcast ? std::string(1, static_cast<char>('a' + encoding)) : "",
                      .encoding = static_cast<uint8_t>(encoding),
                      .ssrc = ssrc,
                      .first_seq = static_cast<uint16_t>(ssrc * 37),
                      .first_timestamp = ssrc * 7919,
                      .first_picture_id = static_cast<uint16_t>(ssrc * 11 % 0x8000)},
                     transport_seq_);
  }

  void Deliver(const Bytes& packet, TransportId from = kPublisher) {
    Deliver(std::vector<Bytes>{packet}, from);
  }
  // All in one batch.
  void Deliver(const std::vector<Bytes>& packets, TransportId from = kPublisher) {
    std::vector<ReceivedRtp> received;
    for (const Bytes& packet : packets) {
      received.push_back({.arrival = now_, .packet = pool_.Copy(packet)});
    }
    router_.HandleRtp(now_, from, received, out_);
  }
  // A message that `fill` makes. (g++ 12 with sanitizers takes an InlinedVector that is moved into
  // a variant for uninitialised, so it is made in its place.)
  template <typename Message, typename Fill>
  void DeliverRtcp(TransportId from, Fill fill) {
    std::vector<RtcpMessage> messages(1, RtcpMessage(std::in_place_type<Message>));
    fill(std::get<Message>(messages[0]));
    router_.HandleRtcp(now_, from, SerializeRtcp(messages), out_);
  }
  void DeliverReportBlock(const ReportBlock& block) {
    DeliverRtcp<ReceiverReport>(
        kSubscriber, [&](ReceiverReport& report) { report.report_blocks.push_back(block); });
  }
  // Lets time pass, with all timeouts on the way.
  void Wait(TimeDelta time) {
    const Timestamp end = now_ + time;
    while (router_.NextTimeout() <= end) {
      now_ = std::max(now_, router_.NextTimeout());
      router_.HandleTimeout(now_, out_);
    }
    now_ = end;
  }

  // What was sent to `transport` since the last call.
  std::vector<Received> TakeRtp(TransportId transport = kSubscriber) {
    std::vector<Received> result;
    std::erase_if(out_.rtp, [&](const OutgoingRtp& rtp) {
      if (rtp.transport != transport) return false;
      Received received;
      received.media_class = rtp.media_class;
      const auto prefix = rtp.prefix_bytes();
      received.bytes.assign(prefix.begin(), prefix.end());
      received.bytes.insert(received.bytes.end(), rtp.payload().begin(), rtp.payload().end());
      if (rtp.padding > 0) {
        received.bytes.insert(received.bytes.end(), rtp.padding - 1U, 0);
        received.bytes.push_back(rtp.padding);
      }
      received.has_mid = received.view().FindExtension(ExtensionId(9)).has_value();
      result.push_back(std::move(received));
      return true;
    });
    return result;
  }
  template <typename Message>
  std::vector<Message> TakeRtcp(TransportId transport) {
    std::vector<Message> result;
    for (const OutgoingRtcp& rtcp : out_.rtcp) {
      if (rtcp.transport != transport) continue;
      const auto compound = ParseRtcp(rtcp.bytes);
      EXPECT_TRUE(compound);
      if (!compound) continue;
      for (const RtcpMessage& message : compound->messages) {
        if (const auto* wanted = std::get_if<Message>(&message)) result.push_back(*wanted);
      }
    }
    std::erase_if(out_.rtcp, [&](const OutgoingRtcp& rtcp) { return rtcp.transport == transport; });
    return result;
  }
  template <typename Event>
  std::vector<Event> TakeEvents() {
    std::vector<Event> result;
    for (const RtcEvent& event : out_.events) {
      if (const auto* wanted = std::get_if<Event>(&event)) result.push_back(*wanted);
    }
    out_.events.clear();
    return result;
  }
  void DiscardOutput() { out_.Clear(); }

  PacketPool pool_;
  SeededRandom random_{4711};
  Router router_{RouterId(1), random_};
  RtcOutbox out_;
  Timestamp now_{std::chrono::seconds(1'700'000'000)};
  uint16_t transport_seq_ = 0;
};

}  // namespace stellwerk
