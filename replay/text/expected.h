// Expected<T>: a value, such as one read from a user's file, or one sentence that says why there is
// none.
#pragma once

#include <reprise/core/assert.h>

#include <optional>
#include <string>
#include <utility>

namespace reprise {

template <class T>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : value_(std::move(value)) {}  // NOLINT: implicit, to return it
  static Expected failed(std::string error) {
    Expected parsed;
    parsed.error_ = std::move(error);
    return parsed;
  }

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  /// One sentence that says what was expected, and where. It has no full stop, is fit for a
  /// terminal, and is empty when ok().
  const std::string& error() const { return error_; }

  /// Only when ok().
  T& value() & {
    REPRISE_ASSERT(ok(), "value() of something that could not be read");
    return *value_;
  }
  const T& value() const& { return const_cast<Expected*>(this)->value(); }
  T&& value() && { return std::move(value()); }

 private:
  Expected() = default;

  std::optional<T> value_;
  std::string error_;
};

}  // namespace reprise
