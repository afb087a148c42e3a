#include "bench/micro/vp8_room.h"

#include "bench/micro/vp8_camera.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/check.h"
#include "rtc/rtp/rtp_header_writer.h"

namespace stellwerk::bench {
namespace {

constexpr TransportId kPublisher{1};
constexpr ProducerId kProducer{1};
constexpr TimeDelta kFrameInterval = std::chrono::microseconds(33'333);

ConsumerParameters Slot(int subscriber) {
  ConsumerParameters slot;
  slot.kind = MediaKind::kVideo;
  slot.mid = *Mid::From("1");
  slot.mode = SlotMode::kAssigned;
  slot.ssrc = Ssrc(10'000 + 2 * static_cast<uint32_t>(subscriber));
  slot.rtx_ssrc = Ssrc(slot.ssrc.value() + 1);
  slot.cname = "bench";
  slot.codecs = {Vp8Codec()};
  slot.extensions.Set(RtpExtension::kMid, ExtensionId(1));
  slot.extensions.Set(RtpExtension::kTransportCc, ExtensionId(2));
  return slot;
}

synthetic::VideoConfig OneLayer() {
  synthetic::VideoConfig config;
  config.layers = {{"", {1280, 720}, DataRate::KilobitsPerSecond(1500)}};
  return config;
}

}  // namespace

Vp8Room::Vp8Room(int subscribers) : router_(RouterId(1), random_), source_(OneLayer(), 0, random_) {
  now_ = Timestamp(std::chrono::hours(24));
  RtcOutbox out;
  STELLWERK_CHECK(router_.AddTransport(kPublisher, now_).ok());
  router_.OnTransportWritable(kPublisher, true, now_, out);
  STELLWERK_CHECK(router_.AddProducer(kProducer, kPublisher, Vp8Camera(), now_).ok());
  for (int i = 0; i < subscribers; ++i) {
    const TransportId transport(10 + static_cast<uint32_t>(i));
    const ConsumerId consumer(1 + static_cast<uint32_t>(i));
    STELLWERK_CHECK(router_.AddTransport(transport, now_).ok());
    router_.OnTransportWritable(transport, true, now_, out);
    STELLWERK_CHECK(router_.AddConsumer(consumer, transport, Slot(i), now_).ok());
    STELLWERK_CHECK(router_.SetConsumerSource(consumer, kProducer, now_, out).ok());
  }
  NextFrame();
}

void Vp8Room::NextFrame() {
  now_ += kFrameInterval;
  frame_ = source_.NextFrame(now_);
  next_payload_ = 0;
}

void Vp8Room::Forward(RtcOutbox& out) {
  if (next_payload_ == frame_.payloads.size()) NextFrame();
  const auto& payload = frame_.payloads[next_payload_++];
  RtpHeaderWriter header({.payload_type = kVp8,
                          .marker = next_payload_ == frame_.payloads.size(),
                          .sequence_number = SeqNum(seq_++),
                          .timestamp = RtpTimestamp(static_cast<uint32_t>(
                              ToMicroseconds(now_.time_since_epoch()) * 9 / 100)),
                          .ssrc = kSourceSsrc});
  PacketRef packet = pool_.Allocate(header.size() + payload.size());
  ByteWriter writer(packet.mutable_buffer());
  header.WriteTo(writer);
  writer.WriteBytes(payload);
  packet.set_size(writer.size());
  ReceivedRtp received{.arrival = now_, .packet = std::move(packet)};
  router_.HandleRtp(now_, kPublisher, {&received, 1}, out);
  if (router_.NextTimeout() <= now_) router_.HandleTimeout(now_, out);
}

}  // namespace stellwerk::bench
