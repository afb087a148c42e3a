#include "rtc/bwe/arrival_rate.h"

#include <algorithm>

namespace stellwerk {

void ArrivalRate::Reset() {
  bytes_.fill(0);
  first_.reset();
}

void ArrivalRate::OnOtherSlot(TimeDelta arrival, DataSize size) {
  const int64_t slot = arrival / kSlot - (arrival < TimeDelta{} ? 1 : 0);
  constexpr auto kCount = static_cast<int64_t>(kSlots);
  // A pause or a clock that jumped: what came before says nothing.
  if (!first_ || slot >= newest_ + kCount || slot <= newest_ - 4 * kCount) {
    Reset();
    first_ = slot;
    newest_ = slot;
  }
  if (slot <= newest_ - kCount) return;
  while (newest_ < slot) {
    ++newest_;
    bytes_[static_cast<std::size_t>((newest_ % kCount + kCount) % kCount)] = 0;
  }
  newest_begin_ = newest_ * kSlot;
  newest_index_ = static_cast<std::size_t>((newest_ % kCount + kCount) % kCount);
  first_ = std::min(*first_, slot);
  bytes_[static_cast<std::size_t>((slot % kCount + kCount) % kCount)] +=
      static_cast<uint32_t>(size.bytes());
}

std::optional<DataRate> ArrivalRate::Over(TimeDelta window) const {
  constexpr auto kCount = static_cast<int64_t>(kSlots);
  // The newest slot is not over yet: it is left out.
  const int64_t slots = std::min<int64_t>(window / kSlot, kCount - 1);
  if (!first_ || slots <= 0 || newest_ - slots < *first_) return std::nullopt;
  int64_t bytes = 0;
  for (int64_t slot = newest_ - slots; slot < newest_; ++slot) {
    bytes += bytes_[static_cast<std::size_t>((slot % kCount + kCount) % kCount)];
  }
  return DataSize::Bytes(bytes) / (slots * kSlot);
}

}  // namespace stellwerk
