#include "transport/srtp/protector.h"

#include <array>

#include "rtc/base/check.h"
#include "transport/srtp/libsrtp2_protector.h"
#include "transport/srtp/openssl_protector.h"
#include "transport/srtp/protect_lanes.h"
#ifdef STELLWERK_HAS_IPSEC_MB
#include "transport/srtp/ipsec_mb_protector.h"
#endif

namespace stellwerk {

void ProtectBatch(std::span<ProtectJob> jobs) {
  std::array<ProtectJob*, ProtectLanes::kWidth> waiting;
  std::size_t count = 0;
  ProtectLanes* lanes = nullptr;
  const auto flush = [&] {
    if (count > 0) lanes->Protect(std::span(waiting).first(count));
    count = 0;
  };
  for (ProtectJob& job : jobs) {
    ProtectLanes* const own = job.protector->lanes();
    if (own == nullptr) {
      job.result = job.protector->ProtectRtp(job.buffer, job.size, job.index);
      continue;
    }
    if (own != lanes || count == waiting.size()) flush();
    lanes = own;
    waiting[count++] = &job;
  }
  flush();
}

std::string_view ToString(SrtpBackend backend) {
  switch (backend) {
    case SrtpBackend::kIpsecMb:
      return "ipsec-mb";
    case SrtpBackend::kOpenssl:
      return "OpenSSL";
    case SrtpBackend::kLibsrtp2:
      return "libsrtp2";
  }
  return "";
}

bool IsAvailable(SrtpBackend backend) {
#ifdef STELLWERK_HAS_IPSEC_MB
  if (backend == SrtpBackend::kIpsecMb) return HasIpsecMb();
#endif
  return backend != SrtpBackend::kIpsecMb;
}

SrtpBackend BestSrtpBackend() {
  return IsAvailable(SrtpBackend::kIpsecMb) ? SrtpBackend::kIpsecMb : SrtpBackend::kOpenssl;
}

std::unique_ptr<Protector> MakeProtector(const SrtpKeys& keys, SrtpDirection direction,
                                         SrtpBackend backend) {
  STELLWERK_CHECK(IsAvailable(backend));
  switch (backend) {
    case SrtpBackend::kIpsecMb:
#ifdef STELLWERK_HAS_IPSEC_MB
      return MakeIpsecMbProtector(keys, direction);
#endif
    case SrtpBackend::kOpenssl:
      return MakeOpensslProtector(keys, direction);
    case SrtpBackend::kLibsrtp2:
      break;
  }
  return MakeLibsrtp2Protector(keys, direction);
}

}  // namespace stellwerk
