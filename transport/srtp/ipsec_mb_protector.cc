#include "transport/srtp/ipsec_mb_protector.h"

#include <intel-ipsec-mb.h>

#include <array>
#include <cstring>

#include "rtc/base/check.h"
#include "transport/srtp/cm_protector.h"
#include "transport/srtp/gcm_protector.h"
#include "transport/srtp/protect_lanes.h"

namespace stellwerk {
namespace {

struct FreeManager {
  void operator()(IMB_MGR* manager) const { free_mb_mgr(manager); }
};
using Manager = std::unique_ptr<IMB_MGR, FreeManager>;

Manager MakeManager() {
  Manager manager(alloc_mb_mgr(0));
  if (manager != nullptr) init_mb_mgr_auto(manager.get(), nullptr);
  return manager;
}

bool IsUsable(const IMB_MGR* manager) {
  constexpr uint64_t kNeeded =
      IMB_FEATURE_AESNI | IMB_FEATURE_PCLMULQDQ | IMB_FEATURE_SELF_TEST_PASS;
  return manager != nullptr && (manager->features & kNeeded) == kNeeded;
}

// The functions for single packets, which keep no state in a manager and so serve every thread.
struct Functions {
  bool are_usable = false;
  aes_gcm_pre_t gcm128_expand = nullptr;
  aes_gcm_pre_t gcm256_expand = nullptr;
  aes_gcm_enc_dec_t gcm128_seal = nullptr;
  aes_gcm_enc_dec_t gcm256_seal = nullptr;
  aes_gcm_enc_dec_t gcm128_open = nullptr;
  aes_gcm_enc_dec_t gcm256_open = nullptr;
  keyexp_t aes128_expand = nullptr;
};

const Functions& Ipsec() {
  static const Functions functions = [] {
    const Manager manager = MakeManager();
    if (!IsUsable(manager.get())) return Functions{};
    return Functions{.are_usable = true,
                     .gcm128_expand = manager->gcm128_pre,
                     .gcm256_expand = manager->gcm256_pre,
                     .gcm128_seal = manager->gcm128_enc,
                     .gcm256_seal = manager->gcm256_enc,
                     .gcm128_open = manager->gcm128_dec,
                     .gcm256_open = manager->gcm256_dec,
                     .aes128_expand = manager->keyexp_128};
  }();
  return functions;
}

// The library's header aligns it only for who defines LINUX; its code relies on it everywhere.
struct alignas(64) GcmKey {
  gcm_key_data data;
};

class IpsecGcm {
 public:
  IpsecGcm(std::span<const uint8_t> key, SrtpDirection /*direction*/)
      : seal_(key.size() == 32 ? Ipsec().gcm256_seal : Ipsec().gcm128_seal),
        open_(key.size() == 32 ? Ipsec().gcm256_open : Ipsec().gcm128_open) {
    const auto expand = key.size() == 32 ? Ipsec().gcm256_expand : Ipsec().gcm128_expand;
    expand(key.data(), &key_->data);
  }

  void Seal(const GcmNonce& nonce, std::span<const uint8_t> associated, std::span<uint8_t> data,
            std::span<uint8_t, kGcmTagSize> tag) {
    gcm_context_data context;
    seal_(&key_->data, &context, data.data(), data.data(), data.size(), nonce.data(),
          associated.data(), associated.size(), tag.data(), tag.size());
  }

  bool Open(const GcmNonce& nonce, std::span<const uint8_t> associated, std::span<uint8_t> data,
            std::span<uint8_t, kGcmTagSize> tag) {
    gcm_context_data context;
    std::array<uint8_t, kGcmTagSize> expected;
    open_(&key_->data, &context, data.data(), data.data(), data.size(), nonce.data(),
          associated.data(), associated.size(), expected.data(), expected.size());
    return AreEqualInConstantTime(expected, tag);
  }

 private:
  Secret<GcmKey> key_;
  aes_gcm_enc_dec_t seal_;
  aes_gcm_enc_dec_t open_;
};

constexpr std::size_t kAes128Rounds = 10;
struct alignas(16) Aes128Schedule {
  std::array<uint8_t, kAesBlockSize*(kAes128Rounds + 1)> bytes;
};

// One thread's place for jobs: the library keeps what is in flight in a manager, without locks.
class CmLanes final : public ProtectLanes {
 public:
  CmLanes() : manager_(MakeManager()) {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      IMB_JOB& job = jobs_[i];
      job.key_len_in_bytes = IMB_KEY_128_BYTES;
      job.iv_len_in_bytes = kAesBlockSize;
      job.cipher_mode = IMB_CIPHER_CNTR;
      job.cipher_direction = IMB_DIR_ENCRYPT;
      job.chain_order = IMB_ORDER_CIPHER_HASH;
      job.hash_alg = IMB_AUTH_HMAC_SHA_1;
      // The library knows no SHA-1 tag of 10 bytes: it writes all 20 into our own memory.
      job.auth_tag_output = macs_[i].data();
      job.auth_tag_output_len_in_bytes = kSha1Size;
    }
  }
  static CmLanes& OfThisThread() {
    thread_local CmLanes lanes;
    return lanes;
  }

  void Cipher(const Aes128Schedule& schedule, const CmCounter& counter, std::span<uint8_t> data) {
    if (data.empty()) return;
    SetCipher(kLaneOfOne, schedule, counter, data);
    RunCiphers(kLaneOfOne, 1);
  }
  void Protect(std::span<ProtectJob* const> jobs) override;

 private:
  void SetCipher(std::size_t lane, const Aes128Schedule& schedule, const CmCounter& counter,
                 std::span<uint8_t> data) {
    counters_[lane] = counter;
    IMB_JOB& job = jobs_[lane];
    job.enc_keys = schedule.bytes.data();
    job.dec_keys = schedule.bytes.data();
    job.src = data.data();
    job.dst = data.data();
    job.cipher_start_src_offset_in_bytes = 0;
    job.msg_len_to_cipher_in_bytes = data.size();
    job.iv = counters_[lane].data();
  }
  void SetHash(std::size_t lane, const HmacSha1& hmac, std::span<const uint8_t> message) {
    IMB_JOB& job = jobs_[lane];
    job.src = message.data();
    job.hash_start_src_offset_in_bytes = 0;
    job.msg_len_to_hash_in_bytes = message.size();
    job.u.HMAC._hashed_auth_key_xor_ipad = reinterpret_cast<const uint8_t*>(hmac.inner().data());
    job.u.HMAC._hashed_auth_key_xor_opad = reinterpret_cast<const uint8_t*>(hmac.outer().data());
  }
  void RunCiphers(std::size_t first, std::size_t count) {
    STELLWERK_CHECK(IMB_SUBMIT_CIPHER_BURST_NOCHECK(manager_.get(), &jobs_[first],
                                                    static_cast<uint32_t>(count), IMB_CIPHER_CNTR,
                                                    IMB_DIR_ENCRYPT, IMB_KEY_128_BYTES) == count);
  }
  void RunHashes(std::size_t count) {
    STELLWERK_CHECK(IMB_SUBMIT_HASH_BURST_NOCHECK(manager_.get(), jobs_.data(),
                                                  static_cast<uint32_t>(count),
                                                  IMB_AUTH_HMAC_SHA_1) == count);
  }

  // For a packet alone, which may come while the others are being filled.
  static constexpr std::size_t kLaneOfOne = kWidth;

  Manager manager_;
  std::array<IMB_JOB, kWidth + 1> jobs_{};
  std::array<CmCounter, kWidth + 1> counters_{};
  std::array<std::array<uint8_t, kSha1Size>, kWidth + 1> macs_{};
};

class IpsecCtr {
 public:
  explicit IpsecCtr(std::span<const uint8_t> key) {
    Secret<Aes128Schedule> decryption;  // which counter mode has no use for
    Ipsec().aes128_expand(key.data(), schedule_->bytes.data(), decryption->bytes.data());
  }
  void Apply(const CmCounter& counter, std::span<uint8_t> data) {
    CmLanes::OfThisThread().Cipher(*schedule_, counter, data);
  }
  [[nodiscard]] const Aes128Schedule& schedule() const { return *schedule_; }

 private:
  Secret<Aes128Schedule> schedule_;
};

class IpsecCmProtector final : public CmProtector<IpsecCtr> {
 public:
  using CmProtector::CmProtector;
  ProtectLanes* lanes() override { return &CmLanes::OfThisThread(); }

 private:
  friend class CmLanes;
};

// Fewer packets than this are faster one after the other.
constexpr std::size_t kFewestLanes = 4;
// The library keeps the size of a message in 16 bits.
constexpr std::size_t kMaxLaneMessage = 16'384;

void CmLanes::Protect(std::span<ProtectJob* const> jobs) {
  STELLWERK_CHECK(jobs.size() <= kWidth);
  std::array<ProtectJob*, kWidth> in_lane;
  std::size_t count = 0;
  for (ProtectJob* job : jobs) {
    auto& protector = static_cast<IpsecCmProtector&>(*job->protector);
    const auto frame = FramePlainRtp(job->buffer, job->size, job->index, kCmTagSize);
    if (jobs.size() < kFewestLanes || !frame || frame->payload.empty() ||
        job->size > kMaxLaneMessage) {
      job->result = protector.ProtectRtp(job->buffer, job->size, job->index);
      continue;
    }
    SetCipher(count, protector.rtp().ctr.schedule(),
              MakeCmCounter(*protector.rtp().salt, frame->ssrc, job->index), frame->payload);
    in_lane[count++] = job;
  }
  if (count == 0) return;
  RunCiphers(0, count);
  for (std::size_t lane = 0; lane < count; ++lane) {
    ProtectJob& job = *in_lane[lane];
    const auto roll_over = IpsecCmProtector::RollOver(job.index);
    // It is authenticated as if it followed the packet, where the tag will go.
    std::ranges::copy(roll_over, job.buffer.subspan(job.size).begin());
    SetHash(lane, static_cast<IpsecCmProtector&>(*job.protector).rtp().hmac,
            job.buffer.first(job.size + roll_over.size()));
  }
  RunHashes(count);
  for (std::size_t lane = 0; lane < count; ++lane) {
    ProtectJob& job = *in_lane[lane];
    std::copy_n(macs_[lane].begin(), kCmTagSize, job.buffer.subspan(job.size).begin());
    job.result = job.size + kCmTagSize;
  }
}

}  // namespace

bool HasIpsecMb() { return Ipsec().are_usable; }

std::unique_ptr<Protector> MakeIpsecMbProtector(const SrtpKeys& keys, SrtpDirection direction) {
  STELLWERK_CHECK(HasIpsecMb());
  if (keys.profile == SrtpProfile::kAes128CmSha1_80) {
    return std::make_unique<IpsecCmProtector>(keys, direction);
  }
  return std::make_unique<GcmProtector<IpsecGcm>>(keys, direction);
}

}  // namespace stellwerk
