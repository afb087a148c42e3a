// Datagrams into a DTLS server that has not seen its peer before.
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/framed_input.h"
#include "transport/dtls/dtls_session.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stellwerk;
  static const DtlsIdentity identity = DtlsIdentity::Generate().value();
  DtlsSession server(identity, DtlsRole::kServer, identity.fingerprint());
  DtlsOutput out;
  const Timestamp now;
  for (const auto& datagram : CutIntoDatagrams({data, size})) {
    server.HandleDatagram(now, datagram, out);
  }
  server.HandleTimeout(now, out);
  // Nobody gets through without the key of our certificate.
  if (server.state() == DtlsState::kConnected || !out.application_data.empty()) std::abort();
  for (const auto& datagram : out.datagrams) {
    if (datagram.size() > kDtlsMtu) std::abort();
  }
  return 0;
}
