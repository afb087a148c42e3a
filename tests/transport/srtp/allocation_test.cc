// A packet on the hot path costs no allocation: neither ours nor OpenSSL's.
#include <gtest/gtest.h>

#include "tests/transport/srtp/allocation_count.h"
#include "tests/transport/srtp/srtp_packets.h"
#include "transport/srtp/srtp_receiver.h"
#include "transport/srtp/srtp_sender.h"

namespace stellwerk {
namespace {

class NoAllocation : public testing::TestWithParam<BackendAndProfile> {};
INSTANTIATE_TEST_SUITE_P(Backends, NoAllocation, EveryBackendAndProfile(), NameOfBackendAndProfile);

TEST_P(NoAllocation, PerPacketAfterTheFirst) {
  ASSERT_TRUE(AreAllocationsCounted());
  const auto [backend, profile] = GetParam();
  const SrtpKeys keys = MakeKeys(profile);
  const auto sender = MakeProtector(keys, SrtpDirection::kSend, backend);
  const auto receiver = MakeProtector(keys, SrtpDirection::kReceive, backend);
  constexpr std::size_t kBatch = 8;
  std::vector<std::vector<uint8_t>> buffers(kBatch);
  std::vector<ProtectJob> jobs(kBatch);
  std::vector<uint8_t> rtcp = MakeRtcp();
  const std::size_t rtcp_size = rtcp.size();
  std::size_t before = 0;
  for (uint16_t round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      const auto index = static_cast<uint16_t>(round * kBatch + i);
      buffers[i] = MakeRtp(index);
      const std::size_t size = buffers[i].size();
      buffers[i].resize(size + kMaxSrtpOverhead);
      jobs[i] = {.protector = sender.get(), .buffer = buffers[i], .size = size, .index = index};
    }
    rtcp = MakeRtcp();
    rtcp.resize(rtcp_size + kMaxSrtpOverhead);
    before = AllocationsSoFar();
    ProtectBatch(jobs);
    for (const ProtectJob& job : jobs) {
      ASSERT_TRUE(receiver->UnprotectRtp(job.buffer, job.result.value(), job.index));
    }
    const auto size = sender->ProtectRtcp(rtcp, rtcp_size, round + 1);
    ASSERT_TRUE(receiver->UnprotectRtcp(rtcp, size.value()));
  }
  EXPECT_EQ(AllocationsSoFar(), before);
}

TEST(NoAllocationTest, IsNeededBySenderAndReceiver) {
  const SrtpKeys keys = MakeKeys(SrtpProfile::kAeadAes128Gcm);
  SrtpSender sender(keys);
  SrtpReceiver receiver(keys);
  std::size_t before = 0;
  for (uint16_t i = 0; i < 5; ++i) {
    auto buffer = MakeRtp(i);
    const std::size_t size = buffer.size();
    buffer.resize(size + kMaxSrtpOverhead);
    before = AllocationsSoFar();
    const auto sealed = sender.ProtectRtp(buffer, size);
    ASSERT_TRUE(receiver.UnprotectRtp(std::span(buffer).first(sealed.value())));
  }
  EXPECT_EQ(AllocationsSoFar(), before);
  const auto counted = std::make_unique<int>(1);  // that the count counts
  EXPECT_GT(AllocationsSoFar(), before);
}

}  // namespace
}  // namespace stellwerk
