// A room with all kinds of streams, fed with packets cut out of the input: two bytes of length, a
// byte that says whose it is and whether it is RTP or RTCP, and how much time passes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/byte_reader.h"
#include "rtc/base/check.h"
#include "rtc/router/router.h"
#include "tests/rtc/router/synthetic_stream.h"

namespace stellwerk {
namespace {

ConsumerParameters Slot(MediaKind kind, uint32_t ssrc, const char* mid, SlotMode mode) {
  ConsumerParameters parameters;
  parameters.kind = kind;
  parameters.mid = *Mid::From(mid);
  parameters.mode = mode;
  parameters.ssrc = Ssrc(ssrc);
  parameters.cname = "c";
  parameters.extensions = TestExtensions();
  if (kind == MediaKind::kVideo) {
    parameters.rtx_ssrc = Ssrc(ssrc + 1);
    CodecParameters vp9 = TestVp8(PayloadType(98), PayloadType(99));
    vp9.codec = Codec::kVp9;
    parameters.codecs = {TestVp8(), vp9};
  } else {
    parameters.codecs = {TestOpus()};
  }
  return parameters;
}

void Run(std::span<const uint8_t> input) {
  PacketPool pool;
  SeededRandom random(1);
  RtcOutbox out;
  Timestamp now{std::chrono::seconds(1'700'000'000)};
  Router router(RouterId(1), random);
  for (uint32_t id = 1; id <= 2; ++id) {
    STELLWERK_CHECK(router.AddTransport(TransportId(id), now).ok());
    router.OnTransportWritable(TransportId(id), true, now, out);
  }
  ProducerParameters simulcast = VideoProducer("0", 3);
  CodecParameters vp9 = TestVp8(PayloadType(98), PayloadType(99));
  vp9.codec = Codec::kVp9;
  simulcast.codecs.push_back(vp9);
  simulcast.extensions.Set(RtpExtension::kDependencyDescriptor, ExtensionId(6));
  STELLWERK_CHECK(router.AddProducer(ProducerId(1), TransportId(1), simulcast, now).ok());
  STELLWERK_CHECK(router.AddProducer(ProducerId(2), TransportId(1), AudioProducer("1"), now).ok());
  const TransportId subscriber(2);
  const auto video = Slot(MediaKind::kVideo, 9000, "0", SlotMode::kAssigned);
  STELLWERK_CHECK(router.AddConsumer(ConsumerId(1), subscriber, video, now).ok());
  const auto audio = Slot(MediaKind::kAudio, 8000, "1", SlotMode::kLoudest);
  STELLWERK_CHECK(router.AddConsumer(ConsumerId(2), subscriber, audio, now).ok());
  STELLWERK_CHECK(router.SetConsumerSource(ConsumerId(1), ProducerId(1), now, out).ok());

  ByteReader reader(input);
  while (reader.remaining() >= 3) {
    const std::size_t size = reader.ReadU16() % 1500;
    const uint8_t control = reader.ReadU8();
    const auto bytes = reader.ReadBytes(std::min(size, reader.remaining()));
    const TransportId from(1 + (control & 1));
    now += std::chrono::milliseconds(control >> 3);
    if ((control & 2) != 0) {
      router.HandleRtcp(now, from, bytes, out);
    } else {
      ReceivedRtp received{.arrival = now, .packet = pool.Copy(bytes)};
      router.HandleRtp(now, from, {&received, 1}, out);
    }
    if ((control & 4) != 0) {
      const SpatialLayer layer(control >> 6);
      STELLWERK_CHECK(
          router
              .SetConsumerDemand(ConsumerId(1),
                                 {.max_spatial = layer, .max_temporal = TemporalLayer(1)}, now, out)
              .ok());
    }
    while (router.NextTimeout() <= now) router.HandleTimeout(now, out);
    for (const OutgoingRtp& rtp : out.rtp) {
      STELLWERK_CHECK(rtp.wire_size() <= 65'535 + OutgoingRtp::kMaxPrefix);
      STELLWERK_CHECK(rtp.payload().size() == rtp.payload_size);
    }
    out.Clear();
  }
}

}  // namespace
}  // namespace stellwerk

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stellwerk::Run(std::span(data, size));
  return 0;
}
