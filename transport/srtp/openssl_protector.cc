#include "transport/srtp/openssl_protector.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>

#include "rtc/base/check.h"
#include "transport/srtp/cm_protector.h"
#include "transport/srtp/gcm_protector.h"

namespace stellwerk {
namespace {

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

void Check(int status) { STELLWERK_CHECK(status == 1); }

// The key is expanded once; a packet only sets the nonce, which does not allocate. OpenSSL wipes
// the key when it frees the context.
class OpensslGcm {
 public:
  OpensslGcm(std::span<const uint8_t> key, SrtpDirection direction)
      : cipher_(EVP_CIPHER_CTX_new()) {
    const EVP_CIPHER* kind = key.size() == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
    const int encrypts = direction == SrtpDirection::kSend ? 1 : 0;
    Check(EVP_CipherInit_ex(cipher_.get(), kind, nullptr, key.data(), nullptr, encrypts));
  }

  void Seal(const GcmNonce& nonce, std::span<const uint8_t> associated, std::span<uint8_t> data,
            std::span<uint8_t, kGcmTagSize> tag) {
    Check(EVP_EncryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, nonce.data()));
    Update(associated, data);
    int rest = 0;
    Check(EVP_EncryptFinal_ex(cipher_.get(), tag.data(), &rest));  // writes nothing
    Check(EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_GCM_GET_TAG, kGcmTagSize, tag.data()));
  }

  bool Open(const GcmNonce& nonce, std::span<const uint8_t> associated, std::span<uint8_t> data,
            std::span<uint8_t, kGcmTagSize> tag) {
    Check(EVP_DecryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, nonce.data()));
    Check(EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_GCM_SET_TAG, kGcmTagSize, tag.data()));
    Update(associated, data);
    int rest = 0;
    // OpenSSL compares the tags, in constant time.
    if (EVP_DecryptFinal_ex(cipher_.get(), tag.data(), &rest) == 1) return true;
    ERR_clear_error();  // it would be taken for one of DTLS
    return false;
  }

 private:
  void Update(std::span<const uint8_t> associated, std::span<uint8_t> data) {
    int size = 0;
    Check(EVP_CipherUpdate(cipher_.get(), nullptr, &size, associated.data(),
                           static_cast<int>(associated.size())));
    if (data.empty()) return;
    Check(EVP_CipherUpdate(cipher_.get(), data.data(), &size, data.data(),
                           static_cast<int>(data.size())));
  }

  Cipher cipher_;
};

class OpensslCtr {
 public:
  explicit OpensslCtr(std::span<const uint8_t> key) : cipher_(EVP_CIPHER_CTX_new()) {
    Check(EVP_EncryptInit_ex(cipher_.get(), EVP_aes_128_ctr(), nullptr, key.data(), nullptr));
  }
  void Apply(const CmCounter& counter, std::span<uint8_t> data) {
    if (data.empty()) return;
    int size = 0;
    Check(EVP_EncryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, counter.data()));
    Check(EVP_EncryptUpdate(cipher_.get(), data.data(), &size, data.data(),
                            static_cast<int>(data.size())));
  }

 private:
  Cipher cipher_;
};

}  // namespace

std::unique_ptr<Protector> MakeOpensslProtector(const SrtpKeys& keys, SrtpDirection direction) {
  if (keys.profile == SrtpProfile::kAes128CmSha1_80) {
    return std::make_unique<CmProtector<OpensslCtr>>(keys, direction);
  }
  return std::make_unique<GcmProtector<OpensslGcm>>(keys, direction);
}

}  // namespace stellwerk
