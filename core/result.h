// Result<T>: a value, or the IOError that stands in its place. For calls that never yield.
#pragma once

#include <reprise/core/assert.h>
#include <reprise/core/io_error.h>

#include <type_traits>
#include <utility>
#include <variant>

namespace reprise {

/// The value type of operations that have no value.
struct Unit {
  friend bool operator==(const Unit&, const Unit&) = default;
};

template <class T>
class [[nodiscard]] Result {
  static_assert(!std::is_same_v<T, IOError>, "an IOError is not a value");

 public:
  Result(T value)  // NOLINT: implicit, to return it
      : state_(std::in_place_index<0>, std::move(value)) {}
  Result(IOError error)  // NOLINT: implicit
      : state_(std::in_place_index<1>, error) {
    REPRISE_ASSERT(error != IOError::none, "a Result without a value needs an error");
  }

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  /// IOError::none when ok().
  IOError error() const { return ok() ? IOError::none : *std::get_if<1>(&state_); }

  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(checked()); }

 private:
  T& checked() {
    REPRISE_ASSERT(ok(), "value() of a Result that holds an error");
    return *std::get_if<0>(&state_);
  }

  std::variant<T, IOError> state_;
};

}  // namespace reprise
