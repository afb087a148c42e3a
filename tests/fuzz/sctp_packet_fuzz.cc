// Packets from a peer that is allowed to speak (it has the DTLS keys) and means harm. So that
// mutations get past the front door, the harness puts in what only the peer knows: verification
// tag, checksum, and its initial TSN, to which the TSNs and reset numbers of the input are
// relative.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "rtc/base/byte_reader.h"
#include "tests/fuzz/framed_input.h"
#include "transport/sctp/sctp_association.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr std::size_t kCommonHeaderSize = 12;
constexpr std::size_t kChunkHeaderSize = 4;
constexpr uint8_t kData = 0;
constexpr uint8_t kInit = 1;
constexpr uint8_t kReconfig = 130;
constexpr uint8_t kForwardTsn = 192;

uint32_t U32At(std::span<const uint8_t> bytes, std::size_t at) {
  ByteReader reader(bytes.subspan(at, 4));
  return reader.ReadU32();
}
void PutU32(Bytes& bytes, std::size_t at, uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}
void Shift(Bytes& bytes, std::size_t at, uint32_t offset) {
  if (at + 4 <= bytes.size()) PutU32(bytes, at, U32At(bytes, at) + offset);
}

// RFC 3309, bit by bit.
uint32_t Crc32c(std::span<const uint8_t> bytes) {
  uint32_t crc = 0xFFFF'FFFF;
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (0x82F6'3B78 & (0U - (crc & 1U)));
  }
  return ~crc;
}

struct Peer {
  uint32_t tag_of_server = 0;
  uint32_t initial_tsn = 0;

  void Sign(Bytes& packet) const {
    if (packet.size() < kCommonHeaderSize + kChunkHeaderSize) return;
    std::size_t at = kCommonHeaderSize;
    while (at + kChunkHeaderSize <= packet.size()) {
      const uint8_t type = packet[at];
      const std::size_t size = std::size_t{packet[at + 2]} << 8 | packet[at + 3];
      if (type == kData || type == kForwardTsn) Shift(packet, at + 4, initial_tsn);
      if (type == kReconfig) {  // its first parameter: request number, response number, last TSN
        Shift(packet, at + 8, initial_tsn);
        Shift(packet, at + 16, initial_tsn);
      }
      at += (std::max(size, kChunkHeaderSize) + 3) & ~std::size_t{3};
    }
    PutU32(packet, 4, packet[kCommonHeaderSize] == kInit ? 0 : tag_of_server);
    PutU32(packet, 8, 0);
    const uint32_t crc = Crc32c(packet);
    for (std::size_t i = 0; i < 4; ++i) packet[8 + i] = static_cast<uint8_t>(crc >> (8 * i));
  }
};

// Connects the two and learns what the client knows.
Peer Join(SctpAssociation& client, SctpAssociation& server, Timestamp now) {
  Peer peer;
  SctpOutput from_client;
  SctpOutput from_server;
  client.Connect(now, from_client);
  peer.initial_tsn = U32At(from_client.packets.at(0), kCommonHeaderSize + 16);
  server.Connect(now, from_server);
  while (!from_client.packets.empty() || !from_server.packets.empty()) {
    for (const auto& packet : std::exchange(from_client.packets, {})) {
      if (U32At(packet, 4) != 0) peer.tag_of_server = U32At(packet, 4);
      server.HandlePacket(now, packet, from_server);
    }
    for (const auto& packet : std::exchange(from_server.packets, {})) {
      client.HandlePacket(now, packet, from_client);
    }
  }
  return peer;
}

}  // namespace
}  // namespace stellwerk

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stellwerk;
  static SctpStack stack;
  static Timestamp now{std::chrono::seconds(1)};
  SctpAssociation client(stack, {.dtls_role = DtlsRole::kClient});
  SctpAssociation server(stack, {.dtls_role = DtlsRole::kServer});
  const Peer peer = Join(client, server, now);
  SctpOutput out;
  static_cast<void>(server.OpenChannel(now, {.label = "ours"}, out));
  for (auto& packet : CutIntoDatagrams({data, size})) {
    peer.Sign(packet);
    server.HandlePacket(now, packet, out);
    now += std::chrono::milliseconds(20);
    server.HandleTimeout(now, out);
  }
  for (int i = 0; i < 5; ++i) {
    now += std::chrono::seconds(1);
    server.HandleTimeout(now, out);
  }
  return 0;
}
