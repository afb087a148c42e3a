#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rtc/base/byte_writer.h"
#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"
#include "transport/session/endpoint.h"

namespace stellwerk {

using namespace std::chrono_literals;

// One end of the link: an endpoint with an identity of its own, and all that it ever said.
struct LinkEnd {
  LinkEnd(uint64_t seed, SctpStack& sctp) : random(seed), endpoint(pool, random, identity, sctp) {}

  template <typename Event>
  std::vector<Event> EventsOf(TransportId id) const {
    std::vector<Event> found;
    for (const TransportEvent& event : events) {
      const auto* wanted = std::get_if<Event>(&event);
      if (wanted != nullptr && wanted->transport == id) found.push_back(*wanted);
    }
    return found;
  }
  std::vector<TransportState> StatesOf(TransportId id) const {
    std::vector<TransportState> states;
    for (const auto& change : EventsOf<TransportStateChanged>(id)) states.push_back(change.state);
    return states;
  }

  PacketPool pool;
  SeededRandom random;
  DtlsIdentity identity = *DtlsIdentity::Generate();
  std::vector<TransportEvent> events;
  std::vector<ReceivedMedia> media;
  std::vector<ReceivedData> data;
  Endpoint endpoint;
  TransportOutbox out;
};

// Two endpoints on an in-memory network with a virtual clock: `client` controls and is DTLS client,
// `server` is lite and DTLS server. OpenSSL and usrsctp repeat by the wall clock, so what the link
// loses must be STUN or SRTP.
class SessionLinkTest : public ::testing::Test {
 protected:
  static constexpr TimeDelta kDelay = 20ms;

  struct InFlight {
    Timestamp at;
    bool to_server;
    Tuple tuple;  // as the receiver sees it
    std::vector<uint8_t> bytes;
  };

  static Tuple Reversed(const Tuple& tuple) {
    return {.protocol = tuple.protocol, .local = tuple.remote, .remote = tuple.local};
  }
  static Tuple Pair(uint16_t client_port) {
    return {.protocol = IpProtocol::kUdp,
            .local = {.ip = IpAddress::V4({198, 51, 100, 1}), .port = client_port},
            .remote = *SocketAddress::Parse("192.0.2.1:10000")};
  }
  static IceParameters Ice(const std::string& name) {
    return {.ufrag = "ufrag-" + name, .pwd = "a password of 22 chars, " + name};
  }

  RemoteTransportParameters Remote(const LinkEnd& end, const std::string& name, DtlsRole our_role,
                                   bool with_sctp = true) {
    RemoteTransportParameters remote;
    remote.ice = Ice(name);
    remote.fingerprint = end.identity.fingerprint();
    remote.our_role = our_role;
    if (with_sctp) remote.sctp = SctpParameters{};
    return remote;
  }
  // Adds the session on both ends; no Connect yet.
  void Add(TransportId id, uint16_t client_port) {
    const std::string n = std::to_string(id.value());
    ASSERT_TRUE(server_.endpoint.AddSession({.id = id, .local_ice = Ice("s" + n)}, now_).ok());
    ASSERT_TRUE(client_.endpoint
                    .AddSession({.id = id,
                                 .local_ice = Ice("c" + n),
                                 .controlling = true,
                                 .candidate_pairs = {Pair(client_port)}},
                                now_)
                    .ok());
  }
  void ConnectServer(TransportId id) {
    const std::string n = std::to_string(id.value());
    ASSERT_TRUE(
        server_.endpoint.Connect(id, Remote(client_, "c" + n, DtlsRole::kServer), now_, server_.out)
            .ok());
  }
  void ConnectClient(TransportId id) {
    const std::string n = std::to_string(id.value());
    ASSERT_TRUE(
        client_.endpoint.Connect(id, Remote(server_, "s" + n, DtlsRole::kClient), now_, client_.out)
            .ok());
  }
  void Establish(TransportId id, uint16_t client_port) {
    Add(id, client_port);
    ConnectServer(id);
    ConnectClient(id);
    Run(1s);
    ASSERT_THAT(client_.StatesOf(id), testing::ElementsAre(TransportState::kConnected));
    ASSERT_THAT(server_.StatesOf(id), testing::ElementsAre(TransportState::kConnected));
  }

  // Moves the clock on, delivering and waking as it goes.
  void Run(TimeDelta duration) {
    const Timestamp end = now_ + duration;
    while (true) {
      Drain(client_, true);
      Drain(server_, false);
      Timestamp next = std::min(client_.endpoint.NextTimeout(), server_.endpoint.NextTimeout());
      for (const InFlight& packet : in_flight_) next = std::min(next, packet.at);
      if (next > end) break;
      now_ = std::max(now_, next);
      Deliver();
      client_.endpoint.HandleTimeout(now_, client_.out);
      server_.endpoint.HandleTimeout(now_, server_.out);
    }
    now_ = end;
  }
  void Drain(LinkEnd& end, bool to_server) {
    for (const OutgoingDatagram& datagram : end.out.datagrams) {
      const auto bytes = datagram.packet.bytes();
      InFlight packet{
          now_ + kDelay, to_server, Reversed(datagram.tuple), {bytes.begin(), bytes.end()}};
      if (carries_(packet)) in_flight_.push_back(std::move(packet));
    }
    std::move(end.out.events.begin(), end.out.events.end(), std::back_inserter(end.events));
    std::move(end.out.media.begin(), end.out.media.end(), std::back_inserter(end.media));
    std::move(end.out.data.begin(), end.out.data.end(), std::back_inserter(end.data));
    end.out.Clear();
  }
  void Deliver() {
    const auto due = std::exchange(in_flight_, {});
    for (const InFlight& packet : due) {
      if (packet.at > now_) {
        in_flight_.push_back(packet);
        continue;
      }
      LinkEnd& end = packet.to_server ? server_ : client_;
      end.endpoint.HandleDatagram(now_, now_ - 1ms, packet.tuple, end.pool.Copy(packet.bytes),
                                  end.out);
    }
  }

  static std::vector<uint8_t> Rtp(uint16_t sequence_number, uint32_t ssrc,
                                  std::string_view payload) {
    std::vector<uint8_t> bytes(12 + payload.size());
    ByteWriter writer(bytes);
    writer.WriteU8(0x80);
    writer.WriteU8(96);
    writer.WriteU16(sequence_number);
    writer.WriteU32(90'000);
    writer.WriteU32(ssrc);
    writer.WriteText(payload);
    return bytes;
  }
  // An empty receiver report.
  static std::vector<uint8_t> Rtcp(uint32_t ssrc) {
    std::vector<uint8_t> bytes(8);
    ByteWriter writer(bytes);
    writer.WriteU8(0x80);
    writer.WriteU8(201);
    writer.WriteU16(1);
    writer.WriteU32(ssrc);
    return bytes;
  }
  void SendRtp(LinkEnd& from, TransportId id, const std::vector<uint8_t>& packet) {
    from.endpoint.SendRtp(id, from.pool.Copy(packet, Endpoint::kProtectionOverhead), from.out);
    from.endpoint.Flush(from.out);
  }
  static std::vector<uint8_t> BytesOf(const ReceivedMedia& media) {
    const auto bytes = media.packet.bytes();
    return {bytes.begin(), bytes.end()};
  }

  const TransportId id_{1};
  SctpStack sctp_;
  Timestamp now_{1'700'000'000s};
  std::function<bool(const InFlight&)> carries_ = [](const InFlight&) { return true; };
  std::vector<InFlight> in_flight_;
  LinkEnd client_{1, sctp_};
  LinkEnd server_{2, sctp_};
};

}  // namespace stellwerk
