// The reference itself, against the examples of the RFCs.
#include "tests/transport/srtp/reference_srtp.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/transport/srtp/srtp_packets.h"

namespace stellwerk {
namespace {

TEST(ReferenceSrtp, DerivesTheKeysOfRfc3711AppendixB3) {
  SrtpKeys keys{.profile = SrtpProfile::kAes128CmSha1_80};
  std::ranges::copy(FromHex("E1F97A0D3E018BE0D64FA32C06DE4139"), keys.key.begin());
  std::ranges::copy(FromHex("0EC675AD498AFEEBB6960B3AABE6"), keys.salt.begin());
  const SrtpSessionKeys session = DeriveSessionKeys(keys, false);
  EXPECT_EQ(session.cipher_key, FromHex("C61E7A93744F39EE10734AFE3FF7A087"));
  EXPECT_EQ(session.salt, FromHex("30CBBC08863D8C85D49DB34A9AE1"));
  EXPECT_EQ(session.auth_key, FromHex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
}

// "Gallia est omnis divisa in partes tres".
constexpr const char* kRfc7714Rtp =
    "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976"
    "69736120 696e2070 61727465 73207472 6573";

TEST(ReferenceSrtp, EncryptsAsRfc7714Section16_1_1) {
  const SrtpSessionKeys keys{.cipher_key = FromHex("000102030405060708090a0b0c0d0e0f"),
                             .auth_key = {},
                             .salt = FromHex("51756964 2070726f 2071756f")};
  EXPECT_EQ(
      ReferenceProtectRtp(keys, SrtpProfile::kAeadAes128Gcm, FromHex(kRfc7714Rtp), 12, 0xf17b),
      FromHex("8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5"
              "0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439"
              "0cce"));
}

TEST(ReferenceSrtp, EncryptsAsRfc7714Section16_2_1) {
  const SrtpSessionKeys keys{
      .cipher_key = FromHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
      .auth_key = {},
      .salt = FromHex("51756964 2070726f 2071756f")};
  EXPECT_EQ(
      ReferenceProtectRtp(keys, SrtpProfile::kAeadAes256Gcm, FromHex(kRfc7714Rtp), 12, 0xf17b),
      FromHex("8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238"
              "9a58e2f3 b50b2a02 76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7"
              "6c13"));
}

TEST(ReferenceSrtp, EncryptsRtcpAsRfc7714Section17_1) {
  const SrtpSessionKeys keys{.cipher_key = FromHex("000102030405060708090a0b0c0d0e0f"),
                             .auth_key = {},
                             .salt = FromHex("51756964 2070726f 2071756f")};
  const auto plain = FromHex(
      "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61"
      "deadbeef deadbeef deadbeef deadbeef deadbeef");
  EXPECT_EQ(ReferenceProtectRtcp(keys, SrtpProfile::kAeadAes128Gcm, plain, 0x5d4),
            FromHex("81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d"
                    "c676a5f1 730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872"
                    "45d9eade 800005d4"));
}

}  // namespace
}  // namespace stellwerk
