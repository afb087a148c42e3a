// What a synthetic participant with nine video slots spends on a packet that it receives, without
// the kernel and the cipher: demultiplexing, transport-wide feedback, counting, and judging if it
// was decrypted.
#include <benchmark/benchmark.h>

#include <time.h>

#include <chrono>
#include <string>
#include <vector>

#include "bench/synthetic/participant.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/check.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"

namespace stellwerk::bench {
namespace {

using synthetic::MediaFrame;
using synthetic::Participant;
using synthetic::Verification;
using synthetic::VideoConfig;
using synthetic::VideoSource;

constexpr int kSlots = 9;
constexpr ExtensionId kTransportCc{1};
constexpr ExtensionId kDescriptor{2};
constexpr PayloadType kPayloadType{96};

Ssrc SsrcOf(int slot) { return Ssrc(1000 + 2 * static_cast<uint32_t>(slot)); }

std::string Offer(const std::string& codec) {
  std::string bundle;
  for (int i = 0; i < kSlots; ++i) bundle += " " + std::to_string(i);
  std::string out = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE" + bundle +
                    "\r\na=fingerprint:sha-256";
  for (int i = 0; i < 32; ++i) out += (i == 0 ? " " : ":") + std::string("AB");
  out += "\r\n";
  for (int i = 0; i < kSlots; ++i) {
    const std::string ssrc = std::to_string(SsrcOf(i).value());
    const std::string rtx = std::to_string(SsrcOf(i).value() + 1);
    out +=
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:" + std::to_string(i) +
        "\r\na=sendonly\r\na=rtcp-mux\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901"
        "\r\na=setup:actpass\r\na=rtpmap:96 " +
        codec +
        "/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n"
        "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=extmap:1 "
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\na=extmap:2 "
        "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
        "\r\na=ssrc-group:FID " +
        ssrc + " " + rtx + "\r\na=ssrc:" + ssrc + " cname:x\r\na=ssrc:" + rtx +
        " cname:x\r\na=candidate:1 1 udp 100 192.0.2.1 10000 typ host\r\n";
  }
  return out;
}

// The viewer, and what comes for it: rounds of one picture for each slot.
class Viewer {
 public:
  Viewer(const VideoConfig& config, const std::string& codec) {
    for (int i = 0; i < kSlots; ++i) {
      VideoConfig own = config;
      own.source = static_cast<uint32_t>(i + 1);
      sources_.emplace_back(own, own.layers.size() - 1, random_,
                            own.offers_dependency_descriptor());
    }
    const auto answer =
        participant_.AnswerOffer(Offer(codec), *SocketAddress::Parse("192.0.2.9:4000"), now_, out_);
    STELLWERK_CHECK(answer.ok());
    participant_.HandleEvent(
        TransportStateChanged{
            .transport = TransportId(1), .state = TransportState::kConnected, .reason = ""},
        now_, out_);
  }

  Participant& participant() { return participant_; }
  std::vector<ReceivedMedia> NextRound(bool is_protected) {
    std::vector<ReceivedMedia> round;
    now_ += std::chrono::milliseconds(33);
    for (int i = 0; i < kSlots; ++i) {
      const MediaFrame frame = sources_[static_cast<std::size_t>(i)].NextFrame(now_);
      for (std::size_t p = 0; p < frame.payloads.size(); ++p) {
        round.push_back(Media(i, frame, p, is_protected));
      }
    }
    return round;
  }
  void Handle(std::vector<ReceivedMedia> round) {
    const Timestamp now = now_ + std::chrono::milliseconds(5);
    for (ReceivedMedia& media : round) participant_.HandleMedia(std::move(media), now, out_);
    if (participant_.NextTimeout() <= now) participant_.HandleTimeout(now, out_);
    out_.Clear();
  }

 private:
  ReceivedMedia Media(int slot, const MediaFrame& frame, std::size_t part, bool is_protected) {
    RtpHeaderWriter header({.payload_type = kPayloadType,
                            .marker = part + 1 == frame.payloads.size(),
                            .sequence_number = SeqNum(seq_[static_cast<std::size_t>(slot)]++),
                            .timestamp = RtpTimestamp(static_cast<uint32_t>(
                                ToMilliseconds(now_.time_since_epoch()) * 90)),
                            .ssrc = SsrcOf(slot)});
    header.AddCsrc(Ssrc(7));
    header.AddExtension(kTransportCc, SerializeTransportSeqNum(TransportSeqNum(transport_seq_++)));
    if (!frame.descriptors.empty()) header.AddExtension(kDescriptor, frame.descriptors[part]);
    PacketRef packet = pool_.Allocate(1500);
    ByteWriter writer(packet.mutable_buffer());
    header.WriteTo(writer);
    writer.WriteBytes(frame.payloads[part]);
    packet.set_size(writer.size());
    return {.transport = TransportId(1),
            .is_protected = is_protected,
            .wire_size = static_cast<uint16_t>(writer.size()),
            .arrival = now_ + std::chrono::milliseconds(4),
            .packet = std::move(packet)};
  }

  PacketPool pool_;
  SeededRandom random_{1};
  SctpStack sctp_;
  DtlsIdentity identity_ = *DtlsIdentity::Generate();
  Endpoint endpoint_{pool_, random_, identity_, sctp_};
  Participant participant_{{.id = TransportId(1), .name = "viewer"},
                           {.endpoint = endpoint_,
                            .pool = pool_,
                            .random = random_,
                            .fingerprint = identity_.fingerprint()}};
  Timestamp now_{std::chrono::seconds(1'700'000'000)};
  TransportOutbox out_;
  std::vector<VideoSource> sources_;
  std::vector<uint16_t> seq_ = std::vector<uint16_t>(kSlots);
  uint16_t transport_seq_ = 0;
};

// Of this thread: machines are shared.
double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void Receive(benchmark::State& state, const VideoConfig& config, const std::string& codec,
             Verification verification) {
  Viewer viewer(config, codec);
  viewer.participant().SetVerification(verification);
  const bool counted = verification == Verification::kNone;
  int64_t packets = 0;
  double seconds = 0;
  for (auto _ : state) {
    std::vector<ReceivedMedia> round = viewer.NextRound(counted);
    packets += static_cast<int64_t>(round.size());
    const double begin = CpuSeconds();
    viewer.Handle(std::move(round));
    const double spent = CpuSeconds() - begin;
    state.SetIterationTime(spent);
    seconds += spent;
  }
  const synthetic::ReceptionStats stats = viewer.participant().reception();
  bool right = stats.received == static_cast<uint64_t>(packets) && stats.lost() == 0;
  viewer.participant().ForEachSlot([&](const synthetic::SlotReceiver& slot) {
    right &= slot.report().clean() && (counted || slot.report().decodable > 0);
  });
  if (!right) state.SkipWithError("not received as it was sent");
  state.SetItemsProcessed(packets);
  state.counters["ns/packet"] = seconds * 1e9 / static_cast<double>(packets);
}

void BM_ReceiveVp8(benchmark::State& state) {
  Receive(state, VideoConfig{}, "VP8", static_cast<Verification>(state.range(0)));
}
void BM_ReceiveAv1Svc(benchmark::State& state) {
  Receive(state, synthetic::SvcConfig(1, Codec::kAv1, "L3T3_KEY"), "AV1",
          static_cast<Verification>(state.range(0)));
}
constexpr auto kJudged = static_cast<int64_t>(Verification::kAll);
constexpr auto kCounted = static_cast<int64_t>(Verification::kNone);
BENCHMARK(BM_ReceiveVp8)->ArgName("verification")->Arg(kJudged)->Arg(kCounted)->UseManualTime();
BENCHMARK(BM_ReceiveAv1Svc)->ArgName("verification")->Arg(kJudged)->Arg(kCounted)->UseManualTime();

}  // namespace
}  // namespace stellwerk::bench
