// One RTP packet with 1,100 bytes of payload, protected in place, over 50 keys in turn.
#include <benchmark/benchmark.h>

#include <array>
#include <memory>
#include <vector>

#include "rtc/base/byte_writer.h"
#include "rtc/base/random.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "transport/srtp/protector.h"

namespace stellwerk::bench {
namespace {

constexpr std::size_t kPayload = 1100;
constexpr std::size_t kKeys = 50;

void BM_Protect(benchmark::State& state) {
  SeededRandom random(1);
  std::vector<std::unique_ptr<Protector>> protectors;
  for (std::size_t i = 0; i < kKeys; ++i) {
    SrtpKeys keys;
    keys.profile = static_cast<SrtpProfile>(state.range(0));
    random.Fill(keys.key);
    random.Fill(keys.salt);
    protectors.push_back(MakeProtector(keys, SrtpDirection::kSend));
  }
  std::array<uint8_t, 1500> packet{};
  uint64_t index = 0;
  std::size_t key = 0;
  for (auto _ : state) {
    ByteWriter writer(packet);
    RtpHeaderWriter header({.payload_type = PayloadType(96),
                            .sequence_number = SeqNum(static_cast<uint16_t>(index)),
                            .timestamp = RtpTimestamp(0),
                            .ssrc = Ssrc(1)});
    header.WriteTo(writer);
    const auto size = protectors[key]->ProtectRtp(packet, writer.size() + kPayload, index);
    if (!size) {
      state.SkipWithError("not protected");
      break;
    }
    if (++key == kKeys) {
      key = 0;
      ++index;
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kPayload));
}
BENCHMARK(BM_Protect)
    ->ArgName("profile")
    ->Arg(static_cast<int64_t>(SrtpProfile::kAeadAes128Gcm))
    ->Arg(static_cast<int64_t>(SrtpProfile::kAeadAes256Gcm))
    ->Arg(static_cast<int64_t>(SrtpProfile::kAes128CmSha1_80));

}  // namespace
}  // namespace stellwerk::bench
