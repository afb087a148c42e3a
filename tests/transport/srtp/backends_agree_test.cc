// Every backend against libsrtp2, bit for bit, on packets and keys that nobody chose.
// STELLWERK_SEED=n tries other ones than usual.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <ostream>
#include <string>

#include "rtc/base/random.h"
#include "tests/transport/srtp/random_packets.h"
#include "tests/transport/srtp/srtp_packets.h"
#include "transport/srtp/protector.h"
#include "transport/srtp/srtp_index.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;
constexpr int kKeys = 5;
constexpr int kPacketsPerKey = 40;
constexpr std::size_t kMaxPayload = 1400;

uint64_t Seed() {
  const char* text = std::getenv("STELLWERK_SEED");  // NOLINT(concurrency-mt-unsafe)
  return text == nullptr ? 1 : std::stoull(text);
}

// A packet that was changed in place, or why not.
struct Outcome {
  Bytes packet;
  std::string error;
  friend bool operator==(const Outcome&, const Outcome&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
    if (!outcome.error.empty()) return out << outcome.error;
    return out << testing::PrintToString(outcome.packet);
  }
};
Outcome Take(const Expected<std::size_t, DropReason>& size, Bytes buffer) {
  if (!size) return {.packet = {}, .error = std::string(ToString(size.error()))};
  buffer.resize(*size);
  return {.packet = std::move(buffer), .error = ""};
}

// Protects and unprotects on one pair of keys.
class Pair {
 public:
  Pair(const SrtpKeys& keys, SrtpBackend backend)
      : sender_(MakeProtector(keys, SrtpDirection::kSend, backend)),
        receiver_(MakeProtector(keys, SrtpDirection::kReceive, backend)) {}

  Outcome Protect(const Bytes& plain, uint64_t index) {
    Bytes buffer = plain;
    buffer.resize(plain.size() + kMaxSrtpOverhead);
    const auto size = sender_->ProtectRtp(buffer, plain.size(), index);
    return Take(size, std::move(buffer));
  }
  Outcome Unprotect(Bytes packet, uint64_t index) {
    const auto size = receiver_->UnprotectRtp(packet, packet.size(), index);
    return Take(size, std::move(packet));
  }
  Outcome ProtectRtcp(const Bytes& plain, uint32_t index) {
    Bytes buffer = plain;
    buffer.resize(plain.size() + kMaxSrtpOverhead);
    const auto size = sender_->ProtectRtcp(buffer, plain.size(), index);
    return Take(size, std::move(buffer));
  }
  Outcome UnprotectRtcp(Bytes packet) {
    const auto size = receiver_->UnprotectRtcp(packet, packet.size());
    return Take(size, std::move(packet));
  }

 private:
  std::unique_ptr<Protector> sender_;
  std::unique_ptr<Protector> receiver_;
};

class BackendsAgree : public testing::TestWithParam<BackendAndProfile> {
 protected:
  BackendsAgree() { RecordProperty("seed", std::to_string(Seed())); }
  SrtpKeys NextKeys() { return RandomKeys(random_, std::get<SrtpProfile>(GetParam())); }
  Bytes Damaged(Bytes packet) {
    switch (random_.NextU32() % 3) {
      case 0:
        packet.resize(random_.NextU32() % packet.size());
        break;
      case 1:
        packet.push_back(0);
        break;
      default: {
        // Not the sequence number: the index is given together with it.
        const std::size_t at = 4 + random_.NextU32() % (packet.size() - 4);
        packet[at] ^= static_cast<uint8_t>(1U << (random_.NextU32() % 8));
      }
    }
    return packet;
  }

  SrtpBackend backend_ = std::get<SrtpBackend>(GetParam());
  SeededRandom random_{Seed()};
};
INSTANTIATE_TEST_SUITE_P(Backends, BackendsAgree,
                         testing::Combine(testing::ValuesIn([] {
                                            auto backends = AvailableSrtpBackends();
                                            std::erase(backends, SrtpBackend::kLibsrtp2);
                                            return backends;
                                          }()),
                                          testing::ValuesIn(kAllSrtpProfiles)),
                         NameOfBackendAndProfile);

TEST_P(BackendsAgree, OnRtpThroughRollOvers) {
  for (int i = 0; i < kKeys; ++i) {
    const SrtpKeys keys = NextKeys();
    Pair tested(keys, backend_);
    Pair reference(keys, SrtpBackend::kLibsrtp2);
    // Upwards, with gaps that let the sequence number roll over now and then.
    uint64_t index = random_.NextU32() % 70'000;
    for (int j = 0; j < kPacketsPerKey; ++j) {
      index += 1 + random_.NextU32() % 3000;
      const Bytes plain = RandomRtp(random_, static_cast<uint16_t>(index), kMaxPayload);
      const Outcome sealed = tested.Protect(plain, index);
      ASSERT_EQ(sealed.error, "");
      ASSERT_EQ(sealed, reference.Protect(plain, index)) << "seed " << Seed() << " index " << index;
      ASSERT_EQ(tested.Unprotect(sealed.packet, index).packet, plain);
      ASSERT_EQ(reference.Unprotect(sealed.packet, index).packet, plain);
    }
  }
}

TEST_P(BackendsAgree, OnRtcp) {
  for (int i = 0; i < kKeys; ++i) {
    const SrtpKeys keys = NextKeys();
    Pair tested(keys, backend_);
    Pair reference(keys, SrtpBackend::kLibsrtp2);
    for (uint32_t index = 1; index <= kPacketsPerKey; ++index) {
      const Bytes plain = RandomRtcp(random_, kMaxPayload);
      const Outcome sealed = tested.ProtectRtcp(plain, index);
      ASSERT_EQ(sealed.error, "");
      ASSERT_EQ(sealed, reference.ProtectRtcp(plain, index)) << "seed " << Seed();
      ASSERT_EQ(tested.UnprotectRtcp(sealed.packet).packet, plain);
      ASSERT_EQ(reference.UnprotectRtcp(sealed.packet).packet, plain);
    }
  }
}

TEST_P(BackendsAgree, OnWhatIsNotAuthentic) {
  const SrtpKeys keys = NextKeys();
  Pair tested(keys, backend_);
  Pair reference(keys, SrtpBackend::kLibsrtp2);
  for (uint32_t index = 1; index <= 5 * kPacketsPerKey; ++index) {
    const Bytes rtp = RandomRtp(random_, static_cast<uint16_t>(index), 100);
    const Bytes forged = Damaged(tested.Protect(rtp, index).packet);
    const Outcome outcome = tested.Unprotect(forged, index);
    EXPECT_NE(outcome.error, "");
    EXPECT_EQ(outcome, reference.Unprotect(forged, index)) << "seed " << Seed() << " " << index;

    const Bytes rtcp = RandomRtcp(random_, 100);
    const Bytes forged_rtcp = Damaged(tested.ProtectRtcp(rtcp, index).packet);
    const Outcome rtcp_outcome = tested.UnprotectRtcp(forged_rtcp);
    EXPECT_NE(rtcp_outcome.error, "");
    EXPECT_EQ(rtcp_outcome, reference.UnprotectRtcp(forged_rtcp)) << "seed " << Seed();
  }
}

TEST_P(BackendsAgree, OnWhatIsNoRtp) {
  const SrtpKeys keys = NextKeys();
  Pair tested(keys, backend_);
  Pair reference(keys, SrtpBackend::kLibsrtp2);
  for (int i = 0; i < 5 * kPacketsPerKey; ++i) {
    Bytes packet(random_.NextU32() % 80);
    random_.Fill(packet);
    const uint64_t index =
        packet.size() < 4 ? 0 : static_cast<uint64_t>(packet[2]) << 8 | packet[3];
    EXPECT_EQ(tested.Protect(packet, index), reference.Protect(packet, index));
    EXPECT_EQ(tested.Unprotect(packet, index), reference.Unprotect(packet, index));
    EXPECT_EQ(tested.ProtectRtcp(packet, 1), reference.ProtectRtcp(packet, 1));
    EXPECT_EQ(tested.UnprotectRtcp(packet), reference.UnprotectRtcp(packet));
  }
}

}  // namespace
}  // namespace stellwerk
