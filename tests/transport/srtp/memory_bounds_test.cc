// Backends are written in assembly, which sanitizers do not see. So here the packets end exactly
// where the process has no memory.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "tests/transport/srtp/srtp_packets.h"
#include "transport/srtp/protector.h"

namespace stellwerk {
namespace {

// A page with inaccessible ones before and after it.
class GuardedPage {
 public:
  GuardedPage()
      : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
        memory_(static_cast<uint8_t*>(
            mmap(nullptr, 3 * size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    EXPECT_NE(memory_, MAP_FAILED);
    EXPECT_EQ(mprotect(memory_ + size_, size_, PROT_READ | PROT_WRITE), 0);
  }
  ~GuardedPage() { munmap(memory_, 3 * size_); }
  GuardedPage(const GuardedPage&) = delete;
  GuardedPage& operator=(const GuardedPage&) = delete;

  std::span<uint8_t> First(std::size_t size) { return {memory_ + size_, size}; }
  std::span<uint8_t> Last(std::size_t size) { return {memory_ + 2 * size_ - size, size}; }

 private:
  std::size_t size_;
  uint8_t* memory_;
};

class MemoryBounds : public testing::TestWithParam<BackendAndProfile> {
 protected:
  SrtpBackend backend_ = std::get<SrtpBackend>(GetParam());
  SrtpKeys keys_ = MakeKeys(std::get<SrtpProfile>(GetParam()));
  std::size_t overhead_ = SizesOf(keys_.profile).rtp_overhead;
  std::unique_ptr<Protector> sender_ = MakeProtector(keys_, SrtpDirection::kSend, backend_);
  std::unique_ptr<Protector> receiver_ = MakeProtector(keys_, SrtpDirection::kReceive, backend_);
};
INSTANTIATE_TEST_SUITE_P(Backends, MemoryBounds, EveryBackendAndProfile(), NameOfBackendAndProfile);

TEST_P(MemoryBounds, AreKeptAtEitherEndOfAPacket) {
  GuardedPage page;
  for (std::size_t payload = 0; payload < 300; ++payload) {
    const auto plain = MakeRtp(static_cast<uint16_t>(payload), 1, payload);
    for (const auto buffer :
         {page.First(plain.size() + overhead_), page.Last(plain.size() + overhead_)}) {
      std::ranges::copy(plain, buffer.begin());
      ASSERT_TRUE(sender_->ProtectRtp(buffer, plain.size(), payload));
      ASSERT_TRUE(receiver_->UnprotectRtp(buffer, buffer.size(), payload));
      ASSERT_TRUE(std::ranges::equal(plain, buffer.first(plain.size())));
    }
  }
}

TEST_P(MemoryBounds, AreKeptInBatches) {
  constexpr std::size_t kBatch = 9;
  std::vector<GuardedPage> pages(kBatch);
  for (std::size_t payload = 0; payload < 300; ++payload) {
    const auto plain = MakeRtp(static_cast<uint16_t>(payload), 1, payload);
    std::vector<ProtectJob> jobs;
    for (std::size_t i = 0; i < kBatch; ++i) {
      const auto buffer = pages[i].Last(plain.size() + overhead_);
      std::ranges::copy(plain, buffer.begin());
      jobs.push_back(
          {.protector = sender_.get(), .buffer = buffer, .size = plain.size(), .index = payload});
    }
    ProtectBatch(jobs);
    for (const ProtectJob& job : jobs) ASSERT_TRUE(job.result);
  }
}

}  // namespace
}  // namespace stellwerk
