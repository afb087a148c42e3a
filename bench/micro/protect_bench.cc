// RTP packets with 1,100 bytes of payload, protected in place with each backend: batches of packets
// that all have other keys, out of 50 keys in turn, as one packet fanned out to a room is. Time is
// per packet, the header's writing included.
#include <benchmark/benchmark.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "rtc/base/byte_writer.h"
#include "rtc/base/random.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "transport/srtp/protector.h"

namespace stellwerk::bench {
namespace {

constexpr std::size_t kPayload = 1100;
constexpr std::size_t kKeys = 50;
constexpr std::size_t kRoom = 1500;

SrtpKeys RandomKeys(SrtpProfile profile, Random& random) {
  SrtpKeys keys;
  keys.profile = profile;
  random.Fill(keys.key);
  random.Fill(keys.salt);
  return keys;
}

std::size_t WriteRtp(std::span<uint8_t> packet, uint64_t index) {
  ByteWriter writer(packet);
  RtpHeaderWriter header({.payload_type = PayloadType(96),
                          .sequence_number = SeqNum(static_cast<uint16_t>(index)),
                          .timestamp = RtpTimestamp(0),
                          .ssrc = Ssrc(1)});
  header.WriteTo(writer);
  return writer.size() + kPayload;
}

void Protect(benchmark::State& state, SrtpBackend backend, SrtpProfile profile, std::size_t batch) {
  SeededRandom random(1);
  std::vector<std::unique_ptr<Protector>> protectors;
  for (std::size_t i = 0; i < kKeys; ++i) {
    protectors.push_back(MakeProtector(RandomKeys(profile, random), SrtpDirection::kSend, backend));
  }
  std::vector<std::array<uint8_t, kRoom>> packets(kKeys);
  std::vector<ProtectJob> jobs(batch);
  uint64_t index = 0;
  std::size_t key = 0;
  for (auto _ : state) {
    for (ProtectJob& job : jobs) {
      job = {.protector = protectors[key].get(),
             .buffer = packets[key],
             .size = WriteRtp(packets[key], index),
             .index = index};
      if (++key == kKeys) {
        key = 0;
        ++index;
      }
    }
    ProtectBatch(jobs);
    if (!jobs.back().result) return state.SkipWithError("not protected");
  }
  const auto done = static_cast<double>(state.iterations()) * static_cast<double>(batch);
  state.counters["per_packet"] =
      benchmark::Counter(done, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void Unprotect(benchmark::State& state, SrtpBackend backend, SrtpProfile profile) {
  SeededRandom random(1);
  struct Peer {
    std::unique_ptr<Protector> receiver;
    std::array<uint8_t, kRoom> packet;
    std::size_t size;
  };
  std::vector<Peer> peers(kKeys);
  for (Peer& peer : peers) {
    const SrtpKeys keys = RandomKeys(profile, random);
    peer.receiver = MakeProtector(keys, SrtpDirection::kReceive, backend);
    const auto size = MakeProtector(keys, SrtpDirection::kSend, backend)
                          ->ProtectRtp(peer.packet, WriteRtp(peer.packet, 7), 7);
    peer.size = size.value();
  }
  std::array<uint8_t, kRoom> packet;
  std::size_t next = 0;
  for (auto _ : state) {
    Peer& peer = peers[next++ % kKeys];
    packet = peer.packet;  // as the kernel would have copied it
    if (!peer.receiver->UnprotectRtp(packet, peer.size, 7)) {
      return state.SkipWithError("not authentic");
    }
  }
}

const bool kRegistered = [] {
  struct Named {
    SrtpProfile profile;
    const char* name;
  };
  constexpr Named kProfiles[] = {{SrtpProfile::kAeadAes128Gcm, "gcm128"},
                                 {SrtpProfile::kAeadAes256Gcm, "gcm256"},
                                 {SrtpProfile::kAes128CmSha1_80, "cm128_sha1_80"}};
  for (const SrtpBackend backend : kAllSrtpBackends) {
    if (!IsAvailable(backend)) continue;
    for (const auto& [profile, name] : kProfiles) {
      const std::string suffix = "/" + std::string(ToString(backend)) + "/" + name;
      for (const std::size_t batch : {1, 4, 50}) {
        benchmark::RegisterBenchmark(
            ("BM_Protect" + suffix + "/batch:" + std::to_string(batch)).c_str(), Protect, backend,
            profile, batch);
      }
      benchmark::RegisterBenchmark(("BM_Unprotect" + suffix).c_str(), Unprotect, backend, profile);
    }
  }
  return true;
}();

}  // namespace
}  // namespace stellwerk::bench
