// A media router and a secure transport inside another program, without our processes.
#include <cstdio>

#include "rtc/base/random.h"
#include "rtc/router/router.h"
#include "transport/dtls/dtls_identity.h"

int main() {
  stellwerk::SeededRandom random(1);
  const stellwerk::Router router(stellwerk::RouterId(1), random);
  const auto identity = stellwerk::DtlsIdentity::Generate();
  if (!identity.ok() || router.NextTimeout() == stellwerk::Timestamp{}) return 1;
  std::printf("%s\n", identity->fingerprint().algorithm.c_str());
  return 0;
}
