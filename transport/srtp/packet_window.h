#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace stellwerk {

// RFC 3711 §3.3.2: which of the latest indices have been used. Indices beyond the newest are always
// free; those older than kSize behind it count as used. Trivially copyable.
class PacketWindow {
 public:
  static constexpr uint64_t kSize = 1024;

  enum class Verdict : uint8_t { kNew, kUsed, kTooOld };
  [[nodiscard]] Verdict Check(uint64_t index) const {
    if (!started_ || index > newest_) return Verdict::kNew;
    if (newest_ - index >= kSize) return Verdict::kTooOld;
    return Bit(index) ? Verdict::kUsed : Verdict::kNew;
  }
  // `index` must be kNew.
  void Use(uint64_t index) {
    if (!started_ || index > newest_) Advance(index);
    words_[WordOf(index)] |= MaskOf(index);
  }
  [[nodiscard]] bool started() const { return started_; }
  // The highest index used; meaningful once started().
  [[nodiscard]] uint64_t newest() const { return newest_; }

 private:
  static constexpr std::size_t WordOf(uint64_t index) { return index % kSize / 64; }
  static constexpr uint64_t MaskOf(uint64_t index) { return uint64_t{1} << (index % 64); }
  [[nodiscard]] bool Bit(uint64_t index) const {
    return (words_[WordOf(index)] & MaskOf(index)) != 0;
  }
  void Advance(uint64_t index) {
    if (!started_ || index - newest_ >= kSize) {
      words_.fill(0);
    } else {
      for (uint64_t i = newest_ + 1; i <= index; ++i) words_[WordOf(i)] &= ~MaskOf(i);
    }
    newest_ = index;
    started_ = true;
  }

  // Next to each other: packets in order need no more than these and one word.
  uint64_t newest_ = 0;
  bool started_ = false;
  std::array<uint64_t, kSize / 64> words_{};
};

}  // namespace stellwerk
