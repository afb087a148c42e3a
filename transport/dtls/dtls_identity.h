#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "rtc/base/media_parameters.h"

// OpenSSL's own declaration; its headers stay out of ours.
struct ssl_ctx_st;

namespace stellwerk {

// The certificate that a process shows in every DTLS handshake: ECDSA P-256, self-signed, made at
// start and never stored. Copies share it.
class DtlsIdentity {
 public:
  static absl::StatusOr<DtlsIdentity> Generate();

  // SHA-256 of the certificate, for the answer's a=fingerprint.
  [[nodiscard]] const Fingerprint& fingerprint() const { return fingerprint_; }
  // The configuration that every session starts from; for DtlsSession.
  [[nodiscard]] ssl_ctx_st* context() const { return context_.get(); }

 private:
  DtlsIdentity(std::shared_ptr<ssl_ctx_st> context, Fingerprint fingerprint);

  std::shared_ptr<ssl_ctx_st> context_;
  Fingerprint fingerprint_;
};

}  // namespace stellwerk
