#include <chrono>
#include <cstddef>
#include <cstdint>

#include "rtc/base/byte_reader.h"
#include "rtc/base/check.h"
#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"
#include "transport/session/endpoint.h"
#include "transport/stun/stun_message.h"

using namespace stellwerk;

// The input is a series of datagrams (two bytes of length each) from a stranger who knows the ICE
// credentials, i.e. what a hostile participant can do. The credentials are those of RFC 5769, so
// its request is an authentic check.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const DtlsIdentity identity = *DtlsIdentity::Generate();
  static SctpStack sctp;
  PacketPool pool;
  SeededRandom random(1);
  Endpoint endpoint(pool, random, identity, sctp);
  Timestamp now{std::chrono::seconds(1'700'000'000)};
  TransportOutbox out;
  const SessionConfig config = {.id = TransportId(1),
                                .local_ice = {.ufrag = "evtj", .pwd = "VOkJxbRl1RmTxUk/WvJxBt"}};
  STELLWERK_CHECK(endpoint.AddSession(config, now).ok());
  const Tuple from = {.protocol = IpProtocol::kUdp,
                      .local = *SocketAddress::Parse("192.0.2.1:1"),
                      .remote = *SocketAddress::Parse("198.51.100.1:2")};
  bool was_checked = false;
  ByteReader reader(std::span(data, size));
  while (reader.remaining() > 2) {
    const std::size_t length = std::min<std::size_t>(reader.ReadU16(), reader.remaining());
    const auto datagram = reader.ReadBytes(length);
    if (datagram.empty()) continue;
    out.Clear();
    endpoint.HandleDatagram(now, now, from, pool.Copy(datagram), out);
    was_checked = was_checked || endpoint.StatsOf(config.id)->selected.has_value();
    for (const OutgoingDatagram& answer : out.datagrams) {
      STELLWERK_CHECK(answer.tuple == from);
      STELLWERK_CHECK(was_checked || answer.packet.size() <= datagram.size());
    }
    now += std::chrono::milliseconds(100);
    endpoint.HandleTimeout(now, out);
  }
  endpoint.RemoveSession(config.id, now, out);
  return 0;
}
