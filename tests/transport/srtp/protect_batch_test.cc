#include <gtest/gtest.h>

#include <memory>

#include "rtc/base/random.h"
#include "tests/transport/srtp/random_packets.h"
#include "tests/transport/srtp/srtp_packets.h"
#include "transport/srtp/protector.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;
// It knows no batches, and its keys are cheap to set up.
constexpr SrtpBackend kAlone = SrtpBackend::kOpenssl;

// Packets of many keys, and what each protector makes of its packet alone.
class BatchTest : public testing::Test {
 protected:
  void Add(SrtpBackend backend, SrtpProfile profile, Bytes plain, uint64_t index,
           std::size_t room = kMaxSrtpOverhead) {
    const SrtpKeys keys = RandomKeys(random_, profile);
    protectors_.push_back(MakeProtector(keys, SrtpDirection::kSend, backend));
    Bytes alone = plain;
    alone.resize(plain.size() + room);
    const auto size =
        MakeProtector(keys, SrtpDirection::kSend, kAlone)->ProtectRtp(alone, plain.size(), index);
    if (size) alone.resize(*size);
    expected_.push_back({size, std::move(alone)});
    buffers_.push_back(std::move(plain));
    indices_.push_back(index);
    rooms_.push_back(room);
  }
  void AddAny(SrtpBackend backend, SrtpProfile profile, std::size_t max_payload = 1200) {
    const uint64_t index = random_.NextU64() >> 16;
    Add(backend, profile, RandomRtp(random_, static_cast<uint16_t>(index), max_payload), index);
  }
  void ExpectAsAlone() {
    std::vector<ProtectJob> jobs;
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
      const std::size_t size = buffers_[i].size();
      buffers_[i].resize(size + rooms_[i]);
      jobs.push_back({.protector = protectors_[i].get(),
                      .buffer = buffers_[i],
                      .size = size,
                      .index = indices_[i]});
    }
    ProtectBatch(jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const auto& [result, bytes] = expected_[i];
      ASSERT_EQ(jobs[i].result.has_value(), result.has_value()) << i;
      if (!result) {
        EXPECT_EQ(jobs[i].result.error(), result.error()) << i;
        continue;
      }
      buffers_[i].resize(*jobs[i].result);
      EXPECT_EQ(buffers_[i], bytes) << i;
    }
    buffers_.clear();
    protectors_.clear();
    indices_.clear();
    rooms_.clear();
    expected_.clear();
  }

  SeededRandom random_{7};

 private:
  struct Alone {
    Expected<std::size_t, DropReason> result;
    Bytes bytes;
  };
  std::vector<std::unique_ptr<Protector>> protectors_;
  std::vector<Bytes> buffers_;
  std::vector<uint64_t> indices_;
  std::vector<std::size_t> rooms_;
  std::vector<Alone> expected_;
};

class EachBatch : public BatchTest, public testing::WithParamInterface<BackendAndProfile> {
 protected:
  SrtpBackend backend_ = std::get<SrtpBackend>(GetParam());
  SrtpProfile profile_ = std::get<SrtpProfile>(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Backends, EachBatch, EveryBackendAndProfile(), NameOfBackendAndProfile);

TEST_F(BatchTest, MayBeEmpty) { ExpectAsAlone(); }

TEST_P(EachBatch, OfAnySizeDoesWhatItsPacketsWouldAlone) {
  for (const int count : {1, 2, 3, 4, 5, 31, 32, 33, 70}) {
    SCOPED_TRACE(count);
    for (int i = 0; i < count; ++i) AddAny(backend_, profile_);
    ExpectAsAlone();
    if (HasFailure()) break;
  }
}

TEST_P(EachBatch, LeavesOutWhatCannotBeProtected) {
  for (int i = 0; i < 10; ++i) AddAny(backend_, profile_);
  Add(backend_, profile_, MakeRtp(5), 5, SizesOf(profile_).rtp_overhead - 1);
  Add(backend_, profile_, MakeRtp(5), 5, SizesOf(profile_).rtp_overhead);
  Add(backend_, profile_, FromHex("8000"), 0);
  Add(backend_, profile_, Bytes(40, 0), 0);                           // version 0
  Add(backend_, profile_, FromHex("8F600005 00000000 00000001"), 5);  // CSRCs that are not there
  Add(backend_, profile_, MakeRtp(6, 1, 0), 6);       // no payload: only authenticated
  Add(backend_, profile_, MakeRtp(7, 1, 60'000), 7);  // far beyond any datagram's usual size
  for (int i = 0; i < 10; ++i) AddAny(backend_, profile_);
  ExpectAsAlone();
}

TEST_F(BatchTest, MayMixProfilesAndBackends) {
  const auto backends = AvailableSrtpBackends();
  for (int i = 0; i < 60; ++i) {
    AddAny(backends[random_.NextU32() % backends.size()],
           kAllSrtpProfiles[random_.NextU32() % std::size(kAllSrtpProfiles)], 300);
  }
  ExpectAsAlone();
}

TEST_P(EachBatch, MayHoldManyPacketsOfOneKey) {
  const SrtpKeys keys = RandomKeys(random_, profile_);
  const auto protector = MakeProtector(keys, SrtpDirection::kSend, backend_);
  const auto alone = MakeProtector(keys, SrtpDirection::kSend, kAlone);
  std::vector<Bytes> buffers;
  for (uint16_t i = 0; i < 20; ++i) buffers.push_back(MakeRtp(i, 1, 100 + i));
  std::vector<ProtectJob> jobs;
  for (uint16_t i = 0; i < 20; ++i) {
    const std::size_t size = buffers[i].size();
    buffers[i].resize(size + kMaxSrtpOverhead);
    jobs.push_back({.protector = protector.get(), .buffer = buffers[i], .size = size, .index = i});
  }
  ProtectBatch(jobs);
  for (uint16_t i = 0; i < 20; ++i) {
    Bytes expected = MakeRtp(i, 1, 100 + i);
    const std::size_t size = expected.size();
    expected.resize(size + kMaxSrtpOverhead);
    expected.resize(alone->ProtectRtp(expected, size, i).value());
    buffers[i].resize(jobs[i].result.value());
    EXPECT_EQ(buffers[i], expected) << i;
  }
}

}  // namespace
}  // namespace stellwerk
