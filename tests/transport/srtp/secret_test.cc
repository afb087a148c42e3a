#include "transport/srtp/secret.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <new>

#include "tests/transport/srtp/srtp_packets.h"
#include "transport/srtp/cipher_keys.h"
#include "transport/srtp/hmac_sha1.h"

namespace stellwerk {
namespace {

// Whether an object leaves nothing but zeros where it was, having had other bytes there.
template <typename T, typename... Args>
void ExpectWiped(Args&&... args) {
  alignas(T) std::array<uint8_t, sizeof(T)> memory{};
  T* object = new (memory.data()) T(std::forward<Args>(args)...);
  ASSERT_FALSE(std::ranges::all_of(memory, [](uint8_t byte) { return byte == 0; }));
  object->~T();
  // Read as the bytes of the array, which the compiler must assume to have been written.
  const volatile uint8_t* bytes = memory.data();
  std::size_t left = 0;
  for (std::size_t i = 0; i < memory.size(); ++i) left += bytes[i] != 0 ? 1 : 0;
  // A size is not secret.
  EXPECT_LE(left, 1U);
}

struct Filled {
  std::array<uint8_t, 40> bytes{};
};
class FilledSecret : public Secret<Filled> {
 public:
  FilledSecret() { (*this)->bytes.fill(0xAB); }
};

TEST(SecretTest, IsWipedWhenItDies) { ExpectWiped<FilledSecret>(); }

TEST(SecretTest, KeysAreWipedWhenTheyDie) {
  ExpectWiped<CipherKeys>(MakeKeys(SrtpProfile::kAes128CmSha1_80), SrtpPacketKind::kRtp);
  std::array<uint8_t, kSha1Size> key;
  key.fill(1);
  ExpectWiped<HmacSha1>(std::span<const uint8_t, kSha1Size>(key));
}

TEST(AreEqualInConstantTime, ComparesEveryByte) {
  std::array<uint8_t, 10> a{};
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto b = a;
    EXPECT_TRUE(AreEqualInConstantTime(a, b));
    b[i] ^= 0x10;
    EXPECT_FALSE(AreEqualInConstantTime(a, b)) << i;
  }
}

}  // namespace
}  // namespace stellwerk
