#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rtc/base/units.h"

namespace stellwerk {

// One deadline per key in a binary heap that knows where each key is, so that moving a deadline
// costs O(log n) and leaves no stale entries behind.
template <typename Key>
class DeadlineHeap {
 public:
  // Sets or moves the deadline of `key`; kNever removes it.
  void Set(Key key, Timestamp deadline) {
    const auto known = positions_.find(key);
    if (deadline == kNever) {
      if (known != positions_.end()) RemoveAt(known->second);
      return;
    }
    std::size_t at = heap_.size();
    if (known == positions_.end()) {
      heap_.push_back({deadline, key});
      positions_[key] = at;
    } else {
      at = known->second;
      if (heap_[at].first == deadline) return;
      heap_[at].first = deadline;
    }
    SiftDown(SiftUp(at));
  }
  void Remove(Key key) { Set(key, kNever); }

  // The earliest deadline; kNever if there is none.
  [[nodiscard]] Timestamp Next() const { return heap_.empty() ? kNever : heap_.front().first; }
  // Takes out a key whose deadline has come.
  std::optional<Key> PopDue(Timestamp now) {
    if (heap_.empty() || heap_.front().first > now) return std::nullopt;
    const Key key = heap_.front().second;
    RemoveAt(0);
    return key;
  }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  void RemoveAt(std::size_t at) {
    positions_.erase(heap_[at].second);
    const std::size_t last = heap_.size() - 1;
    if (at != last) {
      heap_[at] = heap_[last];
      positions_[heap_[at].second] = at;
    }
    heap_.pop_back();
    if (at < heap_.size()) SiftDown(SiftUp(at));
  }
  std::size_t SiftUp(std::size_t at) {
    while (at > 0 && heap_[at].first < heap_[(at - 1) / 2].first) {
      Swap(at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
    return at;
  }
  void SiftDown(std::size_t at) {
    while (true) {
      std::size_t least = at;
      for (std::size_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap_.size(); ++child) {
        if (heap_[child].first < heap_[least].first) least = child;
      }
      if (least == at) return;
      Swap(at, least);
      at = least;
    }
  }
  void Swap(std::size_t a, std::size_t b) {
    std::swap(heap_[a], heap_[b]);
    positions_[heap_[a].second] = a;
    positions_[heap_[b].second] = b;
  }

  std::vector<std::pair<Timestamp, Key>> heap_;
  absl::flat_hash_map<Key, std::size_t> positions_;
};

}  // namespace stellwerk
