#include <gtest/gtest.h>

#include "transport/srtp/protector.h"

namespace stellwerk {
namespace {

bool CpuHasAes() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("aes") != 0 && __builtin_cpu_supports("pclmul") != 0;
#else
  return false;
#endif
}

TEST(SrtpBackendChoice, TakesIpsecMbWhereBuildAndCpuHaveIt) {
  const bool expected = STELLWERK_BUILT_WITH_IPSEC_MB != 0 && CpuHasAes();
  EXPECT_EQ(IsAvailable(SrtpBackend::kIpsecMb), expected);
  EXPECT_EQ(BestSrtpBackend(), expected ? SrtpBackend::kIpsecMb : SrtpBackend::kOpenssl);
}

TEST(SrtpBackendChoice, HasThePortableOnesEverywhere) {
  EXPECT_TRUE(IsAvailable(SrtpBackend::kOpenssl));
  EXPECT_TRUE(IsAvailable(SrtpBackend::kLibsrtp2));
}

}  // namespace
}  // namespace stellwerk
