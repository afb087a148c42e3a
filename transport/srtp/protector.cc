#include "transport/srtp/protector.h"

#include <array>

#include "rtc/base/check.h"
#include "transport/srtp/libsrtp2_protector.h"
#include "transport/srtp/protect_lanes.h"

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

bool IsAvailable(SrtpBackend backend) { return backend == SrtpBackend::kLibsrtp2; }

SrtpBackend BestSrtpBackend() { return SrtpBackend::kLibsrtp2; }

std::unique_ptr<Protector> MakeProtector(const SrtpKeys& keys, SrtpDirection direction,
                                         SrtpBackend backend) {
  STELLWERK_CHECK(IsAvailable(backend));
  return MakeLibsrtp2Protector(keys, direction);
}

}  // namespace stellwerk
