// The first byte chooses profile and kind, the rest are packets for one receiver.
#include <array>
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/framed_input.h"
#include "transport/srtp/srtp_receiver.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stellwerk;
  if (size == 0) return 0;
  constexpr std::array<SrtpProfile, 3> kProfiles = {
      SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm, SrtpProfile::kAes128CmSha1_80};
  SrtpKeys keys;  // all zero, as those that the corpus was made with
  keys.profile = kProfiles[data[0] % kProfiles.size()];
  const bool is_rtcp = (data[0] & 0x80) != 0;
  SrtpReceiver receiver(keys);
  for (auto& packet : CutIntoDatagrams({data + 1, size - 1})) {
    const std::size_t before = packet.size();
    const auto after = is_rtcp ? receiver.UnprotectRtcp(packet) : receiver.UnprotectRtp(packet);
    if (after && *after >= before) std::abort();
  }
  return 0;
}
