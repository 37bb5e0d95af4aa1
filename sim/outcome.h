// Outcome<T>: how an operation ended: with a value, with an error, or abandoned.
#pragma once

#include <reprise/core/assert.h>
#include <reprise/core/io_error.h>

#include <optional>
#include <utility>

namespace reprise {

template <class T>
class [[nodiscard]] Outcome {
 public:
  explicit Outcome(T value) : value_(std::move(value)) {}
  static Outcome failed(IOError error) { return Outcome(error, false); }
  static Outcome abandonment() { return Outcome(IOError::none, true); }

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  /// Whether the operation was dropped at a yield; it is then not known whether it took effect.
  bool abandoned() const { return abandoned_; }
  /// IOError::none when ok() or abandoned().
  IOError error() const { return error_; }
  /// Only when ok().
  T& value() {
    REPRISE_ASSERT(ok(), "value() of an operation that has none");
    return *value_;
  }
  const T& value() const { return const_cast<Outcome*>(this)->value(); }

  /// Whether it ended with a value equal to this one.
  template <class U>
  friend bool operator==(const Outcome& outcome, const U& value) {
    return outcome.ok() && *outcome.value_ == value;
  }

 private:
  Outcome(IOError error, bool abandoned) : error_(error), abandoned_(abandoned) {}

  std::optional<T> value_;
  IOError error_ = IOError::none;
  bool abandoned_ = false;
};

}  // namespace reprise
