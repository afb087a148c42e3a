#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <optional>

#include "rtc/base/media_parameters.h"

namespace stellwerk {

// RFC 8122 §5: the hash that a certificate is to have, or none known yet.
struct PeerCertificateCheck {
  std::optional<Fingerprint> expected;
};

// True if `certificate` hashes to `fingerprint`. False too for algorithms that we don't trust (RFC
// 8122 §5 rules out MD2 and MD5; SHA-1 is no better any more).
bool MatchesFingerprint(X509* certificate, const Fingerprint& fingerprint);

// Makes every session of `context` ask the PeerCertificateCheck in its app data, if it has an
// expectation. The chain counts for nothing in WebRTC, only the hash.
void InstallPeerCertificateCheck(SSL_CTX* context);

}  // namespace stellwerk
