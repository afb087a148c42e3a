#include "transport/dtls/dtls_identity.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/srtp.h>

#include <array>
#include <utility>

#include "absl/status/status.h"
#include "transport/dtls/dtls_session.h"
#include "transport/dtls/openssl_handles.h"
#include "transport/dtls/peer_certificate.h"

namespace stellwerk {
namespace {

constexpr long kDay = 24 * 60 * 60;  // seconds
// Nobody checks the dates of a WebRTC certificate; the process is not meant to live that long.
constexpr long kLifetime = 3 * 365 * kDay;
// Forward-secret and authenticated encryption only: every WebRTC client of the last years has
// these, and their overhead per record is known (kDtlsMtu).
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";
// The order of SrtpProfile. As server OpenSSL takes the first of ours that the client offers.
constexpr const char* kSrtpProfiles =
    "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80";
// Bounds what a peer can make us buffer while it sends its certificate.
constexpr long kMaxCertificateBytes = 16 * 1024;

absl::Status OpensslFailure(const char* what) {
  return absl::InternalError(std::string("DTLS certificate: ") + what + ": " + TakeOpensslError());
}

bool SetRandomSerial(X509* certificate) {
  uint64_t serial = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) != 1) return false;
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1;
}

X509Owner MakeCertificate(EVP_PKEY* key) {
  X509Owner certificate(X509_new());
  if (!certificate) return nullptr;
  X509* x509 = certificate.get();
  X509_NAME* name = X509_get_subject_name(x509);
  constexpr unsigned char kCommonName[] = "stellwerk";
  const bool made =
      X509_set_version(x509, X509_VERSION_3) == 1 && SetRandomSerial(x509) &&
      X509_gmtime_adj(X509_getm_notBefore(x509), -kDay) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(x509), kLifetime) != nullptr &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, kCommonName, -1, -1, 0) == 1 &&
      X509_set_issuer_name(x509, name) == 1 && X509_set_pubkey(x509, key) == 1 &&
      X509_sign(x509, key, EVP_sha256()) != 0;
  if (!made) return nullptr;
  return certificate;
}

bool Configure(SSL_CTX* context, X509* certificate, EVP_PKEY* key) {
  // RFC 8827 §6.5: DTLS 1.2 is the least; OpenSSL 3.0 has no 1.3.
  const bool set = SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
                   SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1 &&
                   SSL_CTX_set_cipher_list(context, kCiphers) == 1 &&
                   SSL_CTX_set1_groups_list(context, kGroups) == 1 &&
                   SSL_CTX_use_certificate(context, certificate) == 1 &&
                   SSL_CTX_use_PrivateKey(context, key) == 1 &&
                   // This one returns 0 for success.
                   SSL_CTX_set_tlsext_use_srtp(context, kSrtpProfiles) == 0;
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(context, kMaxCertificateBytes);
  // Records are never longer, and each connection's write buffer would be 16 kB.
  SSL_CTX_set_max_send_fragment(context, kDtlsMtu);
  InstallPeerCertificateCheck(context);
  return set;
}

}  // namespace

DtlsIdentity::DtlsIdentity(std::shared_ptr<ssl_ctx_st> context, Fingerprint fingerprint)
    : context_(std::move(context)), fingerprint_(std::move(fingerprint)) {}

absl::StatusOr<DtlsIdentity> DtlsIdentity::Generate() {
  ERR_clear_error();
  const PkeyOwner key(EVP_EC_gen("P-256"));
  if (!key) return OpensslFailure("no key");
  const X509Owner certificate = MakeCertificate(key.get());
  if (!certificate) return OpensslFailure("not made");
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(DTLS_method()), &SSL_CTX_free);
  if (!context || !Configure(context.get(), certificate.get(), key.get())) {
    return OpensslFailure("not accepted");
  }
  std::array<uint8_t, EVP_MAX_MD_SIZE> hash;
  unsigned int size = 0;
  if (X509_digest(certificate.get(), EVP_sha256(), hash.data(), &size) != 1) {
    return OpensslFailure("no fingerprint");
  }
  return DtlsIdentity(
      context, Fingerprint{.algorithm = "sha-256", .digest = {hash.begin(), hash.begin() + size}});
}

}  // namespace stellwerk
