#include "transport/srtp/protector.h"

#include "transport/srtp/libsrtp2_protector.h"

namespace stellwerk {

std::unique_ptr<Protector> MakeProtector(const SrtpKeys& keys, SrtpDirection direction) {
  return MakeLibsrtp2Protector(keys, direction);
}

}  // namespace stellwerk
