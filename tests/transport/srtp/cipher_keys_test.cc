#include "transport/srtp/cipher_keys.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/transport/srtp/reference_srtp.h"
#include "tests/transport/srtp/srtp_packets.h"
#include "transport/srtp/hmac_sha1.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes ToBytes(std::span<const uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

TEST(CipherKeys, AreThoseOfRfc3711AppendixB3) {
  SrtpKeys keys{.profile = SrtpProfile::kAes128CmSha1_80};
  std::ranges::copy(FromHex("E1F97A0D3E018BE0D64FA32C06DE4139"), keys.key.begin());
  std::ranges::copy(FromHex("0EC675AD498AFEEBB6960B3AABE6"), keys.salt.begin());
  const CipherKeys derived(keys, SrtpPacketKind::kRtp);
  EXPECT_EQ(ToBytes(derived.key()), FromHex("C61E7A93744F39EE10734AFE3FF7A087"));
  EXPECT_EQ(ToBytes(derived.salt()), FromHex("30CBBC08863D8C85D49DB34A9AE1"));
  EXPECT_EQ(ToBytes(derived.auth()), FromHex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
}

TEST(CipherKeys, OfEveryProfileAreThoseOfTheReference) {
  for (const SrtpProfile profile : kAllSrtpProfiles) {
    const SrtpKeys keys = MakeKeys(profile);
    for (const auto kind : {SrtpPacketKind::kRtp, SrtpPacketKind::kRtcp}) {
      const CipherKeys derived(keys, kind);
      const auto expected = DeriveSessionKeys(keys, kind == SrtpPacketKind::kRtcp);
      EXPECT_EQ(ToBytes(derived.key()), expected.cipher_key);
      EXPECT_EQ(ToBytes(std::span(derived.salt()).first(expected.salt.size())), expected.salt);
      if (expected.auth_key.empty()) continue;
      EXPECT_EQ(ToBytes(derived.auth()), expected.auth_key);
    }
  }
}

SrtpSalt SaltOf(const Bytes& bytes) {
  SrtpSalt salt{};
  std::ranges::copy(bytes, salt.begin());
  return salt;
}

TEST(GcmNonce, IsThatOfRfc7714Section16_1_1) {
  const auto nonce =
      MakeGcmNonce(SaltOf(FromHex("517569642070726f2071756f")), Ssrc(0x5501a0b2), 0xf17b);
  EXPECT_EQ(ToBytes(nonce), FromHex("51753c6580c2726f20718414"));
}

TEST(GcmNonce, IsThatOfRfc7714Section17_1ForRtcp) {
  const auto nonce =
      MakeGcmNonce(SaltOf(FromHex("517569642070726f2071756f")), Ssrc(0x4d617273), 0x5d4);
  EXPECT_EQ(ToBytes(nonce), FromHex("517524055203726f207170bb"));
}

TEST(CmCounter, PutsSsrcAndIndexAboveTheBlockNumber) {
  // RFC 3711 Appendix B.2: SSRC and index zero.
  const SrtpSalt salt = SaltOf(FromHex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
  EXPECT_EQ(ToBytes(MakeCmCounter(salt, Ssrc(0), 0)), FromHex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"));
  EXPECT_EQ(ToBytes(MakeCmCounter(SaltOf({}), Ssrc(0x01020304), 0x0A0B0C0D0E0F)),
            FromHex("00000000010203040A0B0C0D0E0F0000"));
}

TEST(HmacSha1, YieldsTheDigestsOfRfc2202) {
  const std::array<uint8_t, kSha1Size> ones = [] {
    std::array<uint8_t, kSha1Size> key;
    key.fill(0x0b);
    return key;
  }();
  const Bytes hi_there = {'H', 'i', ' ', 'T', 'h', 'e', 'r', 'e'};
  const Bytes digest = FromHex("b617318655057264e28bc0b6fb378c8ef146be00");
  EXPECT_EQ(ToBytes(HmacSha1(ones).Compute(hi_there)), digest);
  const std::span message(hi_there);
  EXPECT_EQ(ToBytes(HmacSha1(ones).Compute(message.first(3), message.subspan(3))), digest);

  std::array<uint8_t, kSha1Size> key;
  key.fill(0xaa);
  EXPECT_EQ(ToBytes(HmacSha1(key).Compute(Bytes(50, 0xdd))),
            FromHex("125d7342b9ac11cd91a39af48aa17b4f63f175d3"));
}

}  // namespace
}  // namespace stellwerk
