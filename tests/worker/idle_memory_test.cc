// How many bytes of heap a participant who only is there keeps, so that it does not grow unnoticed.
// bench/memory measures the same of a whole server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
// Of sanitizer/allocator_interface.h, which Debian's GCC comes without.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"
#include "transport/session/endpoint.h"
#include "worker/commands.h"
#include "worker/data_exchange.h"
#include "worker/objects.h"
#include "worker/packet_path.h"

namespace stellwerk {
namespace {

using namespace std::chrono_literals;

// What was asked for (with a sanitizer) or taken (without), and not freed yet.
int64_t LiveBytes() {
#if defined(__SANITIZE_ADDRESS__)
  return static_cast<int64_t>(__sanitizer_get_current_allocated_bytes());
#else
  const struct mallinfo2 info = mallinfo2();
  return static_cast<int64_t>(info.uordblks + info.hblkhd);
#endif
}

struct Plan {
  int audio_slots = 5;
  int video_slots = 9;
  bool data = false;
};

// The worker without its sockets, and peers that keep still, on a network without delay.
class IdleMemoryTest : public testing::Test {
 protected:
  static constexpr int kPeople = 20;
  static constexpr RouterId kRoom{1};

  // What each of kPeople keeps of the server's heap, `after` their handshakes.
  int64_t BytesEach(const Plan& plan, TimeDelta after) {
    Ask(proto::CreateRouter{kRoom, {}});
    Join(1, plan);  // what the first one needs beyond himself is not counted
    Run(after);
    Clear();
    for (uint32_t id = 2; id <= kPeople + 1; ++id) Join(id, plan);
    Run(after);
    Clear();
    const int64_t full = LiveBytes();
    for (uint32_t id = 2; id <= kPeople + 1; ++id) Ask(proto::CloseTransport{TransportId(id)});
    Clear();
    return (full - LiveBytes()) / kPeople;
  }

 private:
  void Ask(const proto::RequestBody& request) {
    const absl::Status status = commands_.Execute(request, now_);
    EXPECT_TRUE(status.ok()) << status;
  }

  void Join(uint32_t id, const Plan& plan) {
    const TransportId transport(id);
    const IceParameters ours{.ufrag = "s" + std::to_string(1000 + id), .pwd = kPassword};
    const IceParameters theirs{.ufrag = "c" + std::to_string(1000 + id), .pwd = kPassword};
    const Tuple pair{
        .protocol = IpProtocol::kUdp,
        .local = {.ip = IpAddress::V4({198, 51, 100, 1}), .port = static_cast<uint16_t>(4000 + id)},
        .remote = *SocketAddress::Parse("192.0.2.1:10000")};
    RemoteTransportParameters remote{.ice = theirs,
                                     .fingerprint = peer_identity_.fingerprint(),
                                     .our_role = DtlsRole::kServer,
                                     .sctp = {}};
    if (plan.data) remote.sctp = SctpParameters{};
    Ask(proto::CreateTransport{kRoom, transport, ours, {}});
    Ask(proto::ConnectTransport{transport, remote});
    proto::CreateProducer track{
        .transport = transport, .id = ProducerId(id), .parameters = {}, .app_data = {}};
    track.parameters.mid = *Mid::From("0");
    track.parameters.codecs = {Opus()};
    track.parameters.encodings = {
        EncodingParameters{.rid = {}, .ssrc = Ssrc(100 * id), .rtx_ssrc = {}}};
    Ask(track);
    Ask(proto::PauseProducer{track.id, true});
    for (int i = 0; i < plan.audio_slots + plan.video_slots; ++i)
      AskForSlot(transport, static_cast<uint32_t>(i), i >= plan.audio_slots);

    ASSERT_TRUE(peers_
                    .AddSession({.id = transport,
                                 .local_ice = theirs,
                                 .controlling = true,
                                 .candidate_pairs = {pair}},
                                now_)
                    .ok());
    remote.ice = ours;
    remote.fingerprint = identity_.fingerprint();
    remote.our_role = DtlsRole::kClient;
    ASSERT_TRUE(peers_.Connect(transport, remote, now_, from_peers_).ok());
    Run(200ms);
    ASSERT_EQ(endpoint_.StatsOf(transport)->state, TransportState::kConnected);
  }
  void AskForSlot(TransportId transport, uint32_t number, bool video) {
    const uint32_t id = 100 * transport.value() + number;
    proto::CreateConsumer slot{
        .transport = transport, .id = ConsumerId(id), .parameters = {}, .app_data = {}};
    slot.parameters.kind = video ? MediaKind::kVideo : MediaKind::kAudio;
    slot.parameters.mode = video ? SlotMode::kAssigned : SlotMode::kLoudest;
    slot.parameters.mid = *Mid::From(std::to_string(1 + number));
    slot.parameters.ssrc = Ssrc(1'000'000 + 2 * id);
    slot.parameters.cname = "room";
    slot.parameters.codecs = {Opus()};
    if (video) {
      slot.parameters.rtx_ssrc = Ssrc(1'000'001 + 2 * id);
      slot.parameters.codecs = {Video(Codec::kVp8, 100), Video(Codec::kVp9, 102),
                                Video(Codec::kH264, 104), Video(Codec::kAv1, 106)};
    }
    Ask(slot);
  }
  static CodecParameters Opus() {
    CodecParameters codec;
    codec.codec = Codec::kOpus;
    codec.payload_type = PayloadType(111);
    return codec;
  }
  static CodecParameters Video(Codec kind, uint8_t payload_type) {
    CodecParameters codec;
    codec.codec = kind;
    codec.payload_type = PayloadType(payload_type);
    codec.rtx_payload_type = PayloadType(payload_type + 1U);
    codec.nack = codec.pli = true;
    return codec;
  }

  static Tuple Reversed(const Tuple& tuple) {
    return {.protocol = tuple.protocol, .local = tuple.remote, .remote = tuple.local};
  }
  // Until nobody has anything to say.
  void Exchange() {
    while (true) {
      path_.Advance(now_);
      auto to_peers = std::exchange(path_.transport_outbox().datagrams, {});
      auto to_server = std::exchange(from_peers_.datagrams, {});
      if (to_peers.empty() && to_server.empty()) break;
      for (OutgoingDatagram& datagram : to_peers) {
        peers_.HandleDatagram(now_, now_, Reversed(datagram.tuple),
                              pool_.Copy(datagram.packet.bytes()), from_peers_);
      }
      for (OutgoingDatagram& datagram : to_server) {
        std::vector<ReceivedDatagram> batch;
        batch.push_back({.tuple = Reversed(datagram.tuple),
                         .arrival = now_,
                         .packet = pool_.Copy(datagram.packet.bytes())});
        path_.HandleBatch(now_, batch);
      }
    }
    from_peers_.Clear();
  }
  void Run(TimeDelta duration) {
    const Timestamp end = now_ + duration;
    while (now_ < end) {
      now_ =
          std::min(end, std::max(now_ + 1ms, std::min(path_.NextTimeout(), peers_.NextTimeout())));
      path_.HandleTimeout(now_);
      peers_.HandleTimeout(now_, from_peers_);
      Exchange();
    }
  }
  void Clear() {
    Exchange();
    path_.transport_outbox().Clear();
    path_.transport_events().clear();
    path_.rtc_events().clear();
  }

  static constexpr const char* kPassword = "a password of enough characters";
  Timestamp now_{1'700'000'000s};
  PacketPool pool_;
  SctpStack sctp_;
  SeededRandom random_{1};
  DtlsIdentity identity_ = *DtlsIdentity::Generate();
  Endpoint endpoint_{pool_, random_, identity_, sctp_};
  PacketPath path_{pool_, random_, endpoint_};
  Objects objects_;
  DataExchange data_{endpoint_};
  Commands commands_{objects_, endpoint_, path_, data_};

  SeededRandom peer_random_{2};
  DtlsIdentity peer_identity_ = *DtlsIdentity::Generate();
  Endpoint peers_{pool_, peer_random_, peer_identity_, sctp_};
  TransportOutbox from_peers_;
};

// The bounds are a little above what it is.
TEST_F(IdleMemoryTest, ParticipantWithFourteenSlots) {
  EXPECT_LT(BytesEach({}, kDtlsKeptAfterConnect + 1s), 52'000);
}

TEST_F(IdleMemoryTest, ParticipantWithoutSlots) {
  EXPECT_LT(BytesEach({.audio_slots = 0, .video_slots = 0}, kDtlsKeptAfterConnect + 1s), 27'000);
}

TEST_F(IdleMemoryTest, ParticipantWhoseTlsStateIsStillKept) {
  EXPECT_LT(BytesEach({}, 1s), 112'000);
}

TEST_F(IdleMemoryTest, ParticipantWithDataChannels) {
  EXPECT_LT(BytesEach({.data = true}, kDtlsKeptAfterConnect + 1s), 150'000);
}

}  // namespace
}  // namespace stellwerk
