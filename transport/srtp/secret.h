#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace stellwerk {

// Overwrites memory with zeros in a way that no optimiser drops.
void Wipe(void* memory, std::size_t size);
// Takes as long whatever the bytes are, so that a forger learns nothing from the time. Spans of
// different sizes are a bug.
bool AreEqualInConstantTime(std::span<const uint8_t> a, std::span<const uint8_t> b);

// A value made of key material: its bytes are wiped when it dies. Not copied, lest a copy survive.
template <typename T>
class Secret {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Secret() = default;
  ~Secret() { Wipe(&value_, sizeof(value_)); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  T& operator*() { return value_; }
  const T& operator*() const { return value_; }
  T* operator->() { return &value_; }
  const T* operator->() const { return &value_; }

 private:
  T value_{};
};

}  // namespace stellwerk
