// ForeignCall: a call of a foreign library that has answered "again", with its arguments. Such a
// library may require the same call again, as SSL_write() requires the same bytes.
#pragma once

#include <reprise/core/digest.h>
#include <reprise/core/observer.h>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::internal {

/// A number, a pointer (compared as such, and only within its run), or text (compared by content).
class ForeignArgument {
 public:
  template <std::integral T>
  ForeignArgument(T number)  // NOLINT(google-explicit-constructor): any argument, as it is
      : value_(static_cast<std::uint64_t>(number)), text_(std::to_string(number)) {}
  ForeignArgument(const void* pointer)  // NOLINT(google-explicit-constructor)
      : value_(reinterpret_cast<std::uintptr_t>(pointer)), text_("another pointer") {}
  ForeignArgument(std::string_view text)  // NOLINT(google-explicit-constructor)
      : value_(digest_of_text(text)), text_(std::to_string(text.size()) + " bytes") {}

  bool same_as(const ForeignArgument& other) const { return value_ == other.value_; }
  const std::string& text() const { return text_; }

 private:
  std::uint64_t value_;
  std::string text_;
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
