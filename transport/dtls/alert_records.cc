#include "transport/dtls/alert_records.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <string_view>

#include "rtc/base/byte_reader.h"
#include "rtc/base/byte_writer.h"
#include "transport/dtls/openssl_handles.h"
#include "transport/srtp/secret.h"

namespace stellwerk {
namespace {

constexpr uint8_t kAlertType = 21;
constexpr uint16_t kDtls12 = 0xfefd;
// RFC 6347 §4.1: the epoch that the handshake's ChangeCipherSpec begins; there is no renegotiation.
constexpr uint16_t kEpoch = 1;
constexpr std::size_t kHeaderSize = 13;
constexpr std::size_t kNumberOffset = 3;  // epoch and sequence number
constexpr std::size_t kNumberSize = 8;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kAlertSize = 2;

using KdfOwner = std::unique_ptr<EVP_KDF, OpensslDeleter<EVP_KDF_free>>;
using KdfContextOwner = std::unique_ptr<EVP_KDF_CTX, OpensslDeleter<EVP_KDF_CTX_free>>;
using CipherContextOwner = std::unique_ptr<EVP_CIPHER_CTX, OpensslDeleter<EVP_CIPHER_CTX_free>>;

struct CipherSizes {
  std::size_t key = 0;
  std::size_t iv = 0;
  std::size_t explicit_nonce = 0;
};

std::optional<CipherSizes> SizesOfCipher(int nid) {
  switch (nid) {
    case NID_aes_128_gcm:
      return CipherSizes{.key = 16, .iv = 4, .explicit_nonce = 8};
    case NID_aes_256_gcm:
      return CipherSizes{.key = 32, .iv = 4, .explicit_nonce = 8};
    case NID_chacha20_poly1305:
      return CipherSizes{.key = 32, .iv = 12, .explicit_nonce = 0};
    default:
      return std::nullopt;
  }
}

const EVP_CIPHER* CipherOf(int nid) {
  switch (nid) {
    case NID_aes_128_gcm:
      return EVP_aes_128_gcm();
    case NID_aes_256_gcm:
      return EVP_aes_256_gcm();
    default:
      return EVP_chacha20_poly1305();
  }
}

// RFC 5246 §6.3: PRF(master_secret, "key expansion", server_random + client_random).
bool ExpandKeys(const SSL* connection, const EVP_MD* digest, std::span<uint8_t> out) {
  constexpr std::string_view kLabel = "key expansion";
  Secret<std::array<uint8_t, SSL_MAX_MASTER_KEY_LENGTH>> master;
  const SSL_SESSION* session = SSL_get_session(connection);
  if (session == nullptr) return false;
  const std::size_t master_size =
      SSL_SESSION_get_master_key(session, master->data(), master->size());
  std::array<uint8_t, kLabel.size() + 2 * SSL3_RANDOM_SIZE> seed{};
  uint8_t* const server = std::copy(kLabel.begin(), kLabel.end(), seed.begin());
  SSL_get_server_random(connection, server, SSL3_RANDOM_SIZE);
  SSL_get_client_random(connection, server + SSL3_RANDOM_SIZE, SSL3_RANDOM_SIZE);

  const KdfOwner kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_TLS1_PRF, nullptr));
  const KdfContextOwner context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  if (!context) return false;
  const std::array parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                       const_cast<char*>(EVP_MD_get0_name(digest)), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master->data(), master_size),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed.data(), seed.size()),
      OSSL_PARAM_construct_end()};
  return EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) == 1;
}

// RFC 6347 §4.1.2.1, RFC 5246 §6.2.3.3: what is authenticated beside the text.
std::array<uint8_t, kHeaderSize> AdditionalData(std::span<const uint8_t> number) {
  std::array<uint8_t, kHeaderSize> data{};
  std::copy_n(number.begin(), kNumberSize, data.begin());
  ByteWriter writer(std::span<uint8_t>(data).subspan(kNumberSize));
  writer.WriteU8(kAlertType);
  writer.WriteU16(kDtls12);
  writer.WriteU16(kAlertSize);
  return data;
}

}  // namespace

std::unique_ptr<AlertRecords> AlertRecords::Of(const SSL* connection, DtlsRole role) {
  const SSL_CIPHER* suite = SSL_get_current_cipher(connection);
  if (suite == nullptr || SSL_version(connection) != DTLS1_2_VERSION) return nullptr;
  const int nid = SSL_CIPHER_get_cipher_nid(suite);
  const auto sizes = SizesOfCipher(nid);
  if (!sizes) return nullptr;
  Secret<std::array<uint8_t, 2 * (32 + 12)>> block;
  const std::size_t size = 2 * (sizes->key + sizes->iv);
  if (!ExpandKeys(connection, SSL_CIPHER_get_handshake_digest(suite),
                  std::span<uint8_t>(*block).first(size))) {
    ERR_clear_error();
    return nullptr;
  }
  std::unique_ptr<AlertRecords> records(new AlertRecords());
  records->cipher_ = nid;
  records->explicit_nonce_size_ = sizes->explicit_nonce;
  Direction& client = role == DtlsRole::kClient ? records->ours_ : records->peers_;
  Direction& server = role == DtlsRole::kClient ? records->peers_ : records->ours_;
  const uint8_t* next = block->data();
  const auto take = [&next](auto& field, std::size_t count) {
    std::copy_n(next, count, field.begin());
    next += count;
  };
  take(client.key, sizes->key);
  take(server.key, sizes->key);
  take(client.iv, sizes->iv);
  take(server.iv, sizes->iv);
  return records;
}

AlertRecords::~AlertRecords() {
  Wipe(&ours_, sizeof(ours_));
  Wipe(&peers_, sizeof(peers_));
}

std::array<uint8_t, 12> AlertRecords::NonceOf(const Direction& direction,
                                              std::span<const uint8_t> number,
                                              std::span<const uint8_t> explicit_nonce) const {
  std::array<uint8_t, 12> nonce = direction.iv;
  if (nonce_is_implicit()) {
    for (std::size_t i = 0; i < kNumberSize; ++i) nonce[4 + i] ^= number[i];
  } else {
    std::copy(explicit_nonce.begin(), explicit_nonce.end(), nonce.begin() + 4);
  }
  return nonce;
}

std::optional<DtlsAlert> AlertRecords::Read(std::span<const uint8_t> datagram) const {
  ByteReader reader(datagram);
  while (reader.remaining() >= kHeaderSize) {
    const uint8_t type = reader.ReadU8();
    const uint16_t version = reader.ReadU16();
    const auto number = reader.ReadBytes(kNumberSize);
    const uint16_t size = reader.ReadU16();
    if (size > reader.remaining()) return std::nullopt;
    const auto record = reader.ReadBytes(size);
    if (type != kAlertType || version != kDtls12 || number[0] != 0 || number[1] != kEpoch ||
        size != explicit_nonce_size_ + kAlertSize + kTagSize)
      continue;
    const auto nonce = NonceOf(peers_, number, record.first(explicit_nonce_size_));
    const auto additional = AdditionalData(number);
    std::array<uint8_t, kTagSize> tag{};
    std::copy_n(record.end() - kTagSize, kTagSize, tag.begin());
    std::array<uint8_t, kAlertSize> text{};
    int written = 0;
    const CipherContextOwner context(EVP_CIPHER_CTX_new());
    const bool authentic =
        context &&
        EVP_DecryptInit_ex(context.get(), CipherOf(cipher_), nullptr, peers_.key.data(),
                           nonce.data()) == 1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &written, additional.data(),
                          static_cast<int>(additional.size())) == 1 &&
        EVP_DecryptUpdate(context.get(), text.data(), &written,
                          record.data() + explicit_nonce_size_, kAlertSize) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(context.get(), text.data(), &written) == 1;
    ERR_clear_error();
    if (authentic) return DtlsAlert{.level = text[0], .description = text[1]};
  }
  return std::nullopt;
}

std::vector<uint8_t> AlertRecords::CloseNotify() {
  // Far above whatever OpenSSL has used, so it is no replay to the peer, and no nonce comes twice
  // (OpenSSL's explicit ones count up from a random start of 64 bits).
  constexpr std::array<uint8_t, kNumberSize> kNumber = {0, kEpoch, 0, 1, 0, 0, 0, 0};
  constexpr std::array<uint8_t, kAlertSize> kText = {1, DtlsAlert::kCloseNotify};
  const std::size_t size = explicit_nonce_size_ + kAlertSize + kTagSize;
  std::vector<uint8_t> record(kHeaderSize + size);
  ByteWriter writer(record);
  writer.WriteU8(kAlertType);
  writer.WriteU16(kDtls12);
  writer.WriteBytes(kNumber);
  writer.WriteU16(static_cast<uint16_t>(size));
  writer.WriteBytes(std::span<const uint8_t>(kNumber).first(explicit_nonce_size_));
  uint8_t* const text = record.data() + kHeaderSize + explicit_nonce_size_;
  const auto nonce =
      NonceOf(ours_, kNumber, std::span<const uint8_t>(kNumber).first(explicit_nonce_size_));
  const auto additional = AdditionalData(kNumber);
  int written = 0;
  const CipherContextOwner context(EVP_CIPHER_CTX_new());
  const bool sealed =
      context &&
      EVP_EncryptInit_ex(context.get(), CipherOf(cipher_), nullptr, ours_.key.data(),
                         nonce.data()) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &written, additional.data(),
                        static_cast<int>(additional.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), text, &written, kText.data(), kAlertSize) == 1 &&
      EVP_EncryptFinal_ex(context.get(), text + kAlertSize, &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, text + kAlertSize) == 1;
  ERR_clear_error();
  if (!sealed) record.clear();
  return record;
}

}  // namespace stellwerk
