// ForeignCall: a call of a foreign library that has answered "again", with its arguments. Such a
// library may require the same call again, as SSL_write() requires the same bytes.
#pragma once

#include <reprise/core/digest.h>
#include <reprise/core/observer.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise::internal {

/// A number, a pointer (compared as such, and only within its run), or text (compared by content);
/// see also at_least_again() and same_prefix_again().
class ForeignArgument {
 public:
  template <std::integral T>
  ForeignArgument(T number)  // NOLINT(google-explicit-constructor): any argument, as it is
      : value_(static_cast<std::uint64_t>(number)), text_(std::to_string(number)) {}
  ForeignArgument(const void* pointer)  // NOLINT(google-explicit-constructor)
      : value_(reinterpret_cast<std::uintptr_t>(pointer)), text_("another pointer") {}
  ForeignArgument(std::string_view text)  // NOLINT(google-explicit-constructor)
      : value_(digest_of_text(text)), text_(std::to_string(text.size()) + " bytes") {}

  static ForeignArgument at_least(std::uint64_t number) {
    ForeignArgument argument(number);
    argument.may_grow_ = true;
    return argument;
  }
  static ForeignArgument prefix(std::string_view bytes) {
    ForeignArgument argument(std::to_string(bytes.size()) + " bytes that begin otherwise");
    argument.prefix_ = bytes;
    argument.may_grow_ = true;
    return argument;
  }

  /// Whether the call may be made again with `now`, where it was made with this.
  bool allows(const ForeignArgument& now) const {
    if (!may_grow_) return value_ == now.value_;
    return prefix_ ? now.prefix_ && now.prefix_->starts_with(*prefix_) : now.value_ >= value_;
  }
  const std::string& text() const { return text_; }

 private:
  explicit ForeignArgument(std::string text) : value_(0), text_(std::move(text)) {}

  std::uint64_t value_;
  std::string text_;
  std::optional<std::string> prefix_;
  bool may_grow_ = false;
};

/// One call of a foreign function, as same_arguments_again() was told of it.
struct ForeignCall {
  std::uint32_t task = 0;
  std::uint32_t operation = 0;  // of the task, by number from 1; the next may start over
  std::uint64_t event = 0;      // the number of the event in which it was made
  std::string name;
  CodeLocation place;
  std::vector<ForeignArgument> arguments;
};

}  // namespace reprise::internal

namespace reprise {

/// For Sim::same_arguments_again(): a size that may be larger when the call is made again.
inline internal::ForeignArgument at_least_again(std::uint64_t size) {
  return internal::ForeignArgument::at_least(size);
}
/// Bytes to which more may be added when the call is made again.
inline internal::ForeignArgument same_prefix_again(std::string_view bytes) {
  return internal::ForeignArgument::prefix(bytes);
}

}  // namespace reprise
