#pragma once

#include <cstddef>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "rtc/base/ids.h"
#include "rtc/base/prefetch.h"

namespace stellwerk {

// What is known of each SSRC. Packets of one stream come in runs, so the last one found is
// remembered.
template <typename State>
class StreamTable {
 public:
  StreamTable() = default;
  StreamTable(StreamTable&& other) noexcept
      : states_(std::move(other.states_)), last_(std::exchange(other.last_, nullptr)) {}
  StreamTable& operator=(StreamTable&& other) noexcept {
    states_ = std::move(other.states_);
    last_ = std::exchange(other.last_, nullptr);
    return *this;
  }
  ~StreamTable() = default;

  // nullptr: nothing is known. Valid until a stream is added.
  [[nodiscard]] State* Find(Ssrc ssrc) {
    if (last_ != nullptr && last_->first == ssrc) return &last_->second;
    const auto it = states_.find(ssrc);
    if (it == states_.end()) return nullptr;
    last_ = &*it;
    return &last_->second;
  }
  [[nodiscard]] const State* Find(Ssrc ssrc) const {
    const auto it = states_.find(ssrc);
    return it == states_.end() ? nullptr : &it->second;
  }
  State& FindOrAdd(Ssrc ssrc) {
    if (last_ == nullptr || last_->first != ssrc) LookUp(ssrc);
    return last_->second;
  }
  // The last one found will be looked for soon.
  void PrefetchLast() const {
    if (last_ != nullptr) Prefetch(last_, sizeof(*last_));
  }
  [[nodiscard]] std::size_t size() const { return states_.size(); }

 private:
  using Table = absl::flat_hash_map<Ssrc, State>;

  void LookUp(Ssrc ssrc) {
    last_ = &*states_.try_emplace(ssrc).first;  // the table may have moved all of them
  }

  Table states_;
  typename Table::value_type* last_ = nullptr;
};

}  // namespace stellwerk
