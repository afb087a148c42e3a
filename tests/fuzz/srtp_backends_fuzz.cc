// Every backend does to hostile packets what libsrtp2 does. The first byte chooses the profile, the
// second the roll-over counter; then packets, each of which is protected and unprotected as RTP and
// as RTCP.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "tests/fuzz/framed_input.h"
#include "transport/srtp/protector.h"

namespace {

using namespace stellwerk;
using Bytes = std::vector<uint8_t>;

struct Outcome {
  Bytes packet;
  DropReason error = DropReason::kMalformed;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};
Outcome Take(const Expected<std::size_t, DropReason>& size, Bytes& buffer) {
  if (!size) return {.packet = {}, .error = size.error()};
  buffer.resize(*size);
  return {.packet = buffer};
}

class Pair {
 public:
  Pair(const SrtpKeys& keys, SrtpBackend backend)
      : sender_(MakeProtector(keys, SrtpDirection::kSend, backend)),
        receiver_(MakeProtector(keys, SrtpDirection::kReceive, backend)) {}

  // What becomes of the packet in each of the ways it can be taken.
  std::vector<Outcome> Try(const Bytes& packet, uint64_t index, uint32_t rtcp_index) {
    std::vector<Outcome> outcomes;
    Bytes roomy = packet;
    roomy.resize(packet.size() + kMaxSrtpOverhead);
    Bytes buffer = roomy;
    outcomes.push_back(Take(sender_->ProtectRtp(buffer, packet.size(), index), buffer));
    if (!outcomes.back().packet.empty()) {
      outcomes.push_back(Take(receiver_->UnprotectRtp(buffer, buffer.size(), index), buffer));
      if (outcomes.back().packet != packet) std::abort();
    }
    buffer = roomy;
    outcomes.push_back(Take(sender_->ProtectRtcp(buffer, packet.size(), rtcp_index), buffer));
    if (!outcomes.back().packet.empty()) {
      outcomes.push_back(Take(receiver_->UnprotectRtcp(buffer, buffer.size()), buffer));
      if (outcomes.back().packet != packet) std::abort();
    }
    buffer = packet;
    outcomes.push_back(Take(receiver_->UnprotectRtp(buffer, buffer.size(), index), buffer));
    buffer = packet;
    outcomes.push_back(Take(receiver_->UnprotectRtcp(buffer, buffer.size()), buffer));
    return outcomes;
  }

 private:
  std::unique_ptr<Protector> sender_;
  std::unique_ptr<Protector> receiver_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  constexpr SrtpProfile kProfiles[] = {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm,
                                       SrtpProfile::kAes128CmSha1_80};
  SrtpKeys keys;  // all zero, as those that the corpus was made with
  keys.profile = kProfiles[data[0] % std::size(kProfiles)];
  const uint64_t roll_over = data[1];
  Pair reference(keys, SrtpBackend::kLibsrtp2);
  std::vector<Pair> tested;
  for (const SrtpBackend backend : {SrtpBackend::kOpenssl, SrtpBackend::kIpsecMb}) {
    if (IsAvailable(backend)) tested.emplace_back(keys, backend);
  }
  uint32_t rtcp_index = 0;
  for (const auto& packet : CutIntoDatagrams({data + 2, size - 2})) {
    const uint64_t sequence_number = packet.size() < 4 ? 0U : packet[2] << 8U | packet[3];
    const uint64_t index = roll_over << 16 | sequence_number;
    ++rtcp_index;
    const auto expected = reference.Try(packet, index, rtcp_index);
    for (Pair& pair : tested) {
      if (pair.Try(packet, index, rtcp_index) != expected) std::abort();
    }
  }
  return 0;
}
