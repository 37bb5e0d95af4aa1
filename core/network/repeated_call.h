// RepeatedCall: a call that has said "again", and what its arguments must be when it is made again,
// as libraries demand of theirs: SSL_write() wants the same bytes at the same place.
#pragma once

#include <reprise/core/observer.h>

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>

namespace reprise {

/// A number, a pointer (compared as such), or bytes (compared by content), all of which must be the
/// same when the call is made again; see also at_least_again() and same_prefix_again(). An argument
/// that may differ is left out.
class RepeatedArgument {
 public:
  enum class Kind : std::uint8_t { number, pointer, bytes, at_least, prefix };

  template <std::integral T>
  RepeatedArgument(T number)  // NOLINT(google-explicit-constructor): any argument, as it is
      : RepeatedArgument(Kind::number, static_cast<std::uint64_t>(number), {}) {}
  RepeatedArgument(const void* pointer)  // NOLINT(google-explicit-constructor)
      : RepeatedArgument(Kind::pointer, reinterpret_cast<std::uintptr_t>(pointer), {}) {}
  RepeatedArgument(std::string_view bytes)  // NOLINT(google-explicit-constructor)
      : RepeatedArgument(Kind::bytes, 0, bytes) {}
  RepeatedArgument(Kind kind, std::uint64_t value, std::string_view bytes)
      : kind_(kind), value_(value), bytes_(bytes) {}

  Kind kind() const { return kind_; }
  std::uint64_t value() const { return value_; }
  /// Must live until the call is over.
  std::string_view bytes() const { return bytes_; }

  /// Whether the call may be made again with `now`, where it was made with this.
  bool allows(const RepeatedArgument& now) const {
    switch (kind_) {
      case Kind::at_least: return now.value_ >= value_;
      case Kind::prefix: return now.bytes_.starts_with(bytes_);
      default: return now.value_ == value_ && now.bytes_ == bytes_;
    }
  }

 private:
  Kind kind_;
  std::uint64_t value_;
  std::string_view bytes_;
};

/// A size that may be larger when the call is made again.
inline RepeatedArgument at_least_again(std::uint64_t size) {
  return {RepeatedArgument::Kind::at_least, size, {}};
}
/// Bytes to which more may be added when the call is made again.
inline RepeatedArgument same_prefix_again(std::string_view bytes) {
  return {RepeatedArgument::Kind::prefix, 0, bytes};
}

namespace internal {

/// One call, as the Observer is told of it.
struct RepeatedCall {
  std::string_view name;  // empty: nothing is demanded
  std::span<const RepeatedArgument> arguments;
  CodeLocation place;
  bool is_again = false;
};

}  // namespace internal
}  // namespace reprise
