// Calls that say "again": those of code over byte streams that does not block, as in TLS and other
// protocols. They give a number, are not machines, and are made again with the same arguments.
#pragma once

#include <reprise/core/assert.h>
#include <reprise/core/completion.h>
#include <reprise/core/io_result.h>
#include <reprise/core/network/repeated_call.h>
#include <reprise/core/network/stream.h>
#include <reprise/core/observer.h>

#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace reprise {

/// What a call that may say "again" has said, in the words of call_again().
class Again {
 public:
  /// The call has come to its end, whether well or not.
  static Again no() { return {}; }
  /// Nothing was done: the same call is to be made again when `completion` has finished.
  static Again when(Completion completion) {
    REPRISE_ASSERT(static_cast<bool>(completion), "who says \"again\" names what it waits for");
    return Again(std::move(completion));
  }
  static Again when_readable(Stream& stream) { return Again(stream.readable()); }
  static Again when_writable(Stream& stream) { return Again(stream.writable()); }
  static Again when_either(Stream& stream) { return Again(stream.either()); }

  /// The contract of the call: if it is made again, these arguments must be as they were now, or as
  /// at_least_again() and same_prefix_again() allow. Verified under test; without an observer it
  /// costs one branch.
  ///
  ///   return Again::when_writable(stream).same_arguments("SSL_write", {data, size});
  Again same_arguments(std::string_view call, std::initializer_list<RepeatedArgument> arguments,
                       CodeLocation place = CodeLocation::current()) && {
    if (internal::observer() != nullptr) [[unlikely]] {
      name_ = call;
      arguments_ = arguments;
      place_ = place;
    }
    return std::move(*this);
  }

  explicit operator bool() const { return static_cast<bool>(completion_); }
  const Completion& completion() const { return completion_; }
  /// For the Observer.
  internal::RepeatedCall call() const {
    return {name_, arguments_, place_, static_cast<bool>(completion_)};
  }

 private:
  Again() = default;
  explicit Again(Completion completion) : completion_(std::move(completion)) {}

  Completion completion_;
  std::string_view name_;
  std::vector<RepeatedArgument> arguments_;
  CodeLocation place_;
};

/// Makes a call of code that may say "again"; to be awaited, so that it is made again until it does
/// not. `classify(value)` gives an Again for what the call gives.
///
///   const int n = RETURN_IF_IO(call_again(
///       [&] { return SSL_read(ssl, data, size); },
///       [&](int n) {
///         switch (SSL_get_error(ssl, n)) {
///           case SSL_ERROR_WANT_READ: return Again::when_readable(stream);
///           case SSL_ERROR_WANT_WRITE: return Again::when_writable(stream);
///           default: return Again::no();
///         }
///       }));
template <class Call, class Classify>
IOResult<std::invoke_result_t<Call&>> call_again(Call&& call, Classify&& classify) {
  auto value = call();
  const Again again = classify(value);
  if (internal::Observer* const watching = internal::observer(); watching != nullptr) [[unlikely]] {
    watching->called(again.call());
  }
  if (again) return IOCompletions(again.completion());
  return value;
}

}  // namespace reprise
