#pragma once

#include <utility>
#include <variant>

#include "rtc/base/check.h"

namespace stellwerk {

template <typename E>
class Unexpected {
 public:
  constexpr explicit Unexpected(E error) : error_(std::move(error)) {}
  [[nodiscard]] constexpr E& error() { return error_; }
  [[nodiscard]] constexpr const E& error() const { return error_; }

 private:
  E error_;
};

// The part of C++23's std::expected that this project needs: a value, or the reason why there is
// none. For the packet path E is DropReason, which costs nothing to return.
template <typename T, typename E>
class [[nodiscard]] Expected {
 public:
  constexpr Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  constexpr Expected(Unexpected<E> error)
      : state_(std::in_place_index<1>, std::move(error.error())) {}
  [[nodiscard]] constexpr bool has_value() const { return state_.index() == 0; }
  constexpr explicit operator bool() const { return has_value(); }
  // Reading the value of an error, or the error of a value, is a bug and ends the process.
  constexpr T& value() & {
    STELLWERK_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  constexpr const T& value() const& {
    STELLWERK_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  constexpr T&& value() && {
    STELLWERK_CHECK(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  [[nodiscard]] constexpr const E& error() const {
    STELLWERK_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }
  constexpr T& operator*() & { return value(); }
  constexpr const T& operator*() const& { return value(); }
  constexpr T&& operator*() && { return std::move(*this).value(); }
  constexpr T* operator->() { return &value(); }
  constexpr const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> state_;
};

}  // namespace stellwerk
