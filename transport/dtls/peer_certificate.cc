#include "transport/dtls/peer_certificate.h"

#include <openssl/crypto.h>

#include <array>
#include <string_view>
#include <utility>

namespace stellwerk {
namespace {

const EVP_MD* DigestOf(std::string_view algorithm) {
  constexpr std::array<std::pair<std::string_view, const EVP_MD* (*)()>, 3> kTrusted = {{
      {"sha-256", &EVP_sha256},
      {"sha-384", &EVP_sha384},
      {"sha-512", &EVP_sha512},
  }};
  for (const auto& [name, make] : kTrusted) {
    if (name == algorithm) return make();
  }
  return nullptr;
}

int VerifyPeer(X509_STORE_CTX* store, void*) {
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* check = static_cast<const PeerCertificateCheck*>(SSL_get_app_data(ssl));
  const bool acceptable =
      !check->expected || MatchesFingerprint(X509_STORE_CTX_get0_cert(store), *check->expected);
  X509_STORE_CTX_set_error(store, acceptable ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
  return acceptable ? 1 : 0;
}

}  // namespace

bool MatchesFingerprint(X509* certificate, const Fingerprint& fingerprint) {
  const EVP_MD* digest = DigestOf(fingerprint.algorithm);
  if (digest == nullptr || certificate == nullptr) return false;
  std::array<uint8_t, EVP_MAX_MD_SIZE> hash;
  unsigned int size = 0;
  if (X509_digest(certificate, digest, hash.data(), &size) != 1) return false;
  return fingerprint.digest.size() == size &&
         CRYPTO_memcmp(fingerprint.digest.data(), hash.data(), size) == 0;
}

void InstallPeerCertificateCheck(SSL_CTX* context) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, &VerifyPeer, nullptr);
}

}  // namespace stellwerk
