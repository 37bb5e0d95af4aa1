// Calls that say "again": those of code over byte streams that does not block, as in TLS and other
// protocols. They give a number, are not machines, and are made again with the same arguments.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/io_result.h>
#include <reprise/core/network/stream.h>

#include <type_traits>
#include <utility>

namespace reprise {

/// What a call that may say "again" has said, in the words of call_again().
class Again {
 public:
  /// The call has come to its end, whether well or not.
  static Again no() { return {}; }
  /// Nothing was done: the same call is to be made again when `completion` has finished.
  static Again when(Completion completion) { return Again(std::move(completion)); }
  static Again when_readable(Stream& stream) { return Again(stream.readable()); }
  static Again when_writable(Stream& stream) { return Again(stream.writable()); }
  static Again when_either(Stream& stream) { return Again(stream.either()); }

  explicit operator bool() const { return static_cast<bool>(completion_); }
  const Completion& completion() const { return completion_; }

 private:
  Again() = default;
  explicit Again(Completion completion) : completion_(std::move(completion)) {}

  Completion completion_;
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
  if (const Again again = classify(value)) return IOCompletions(again.completion());
  return value;
}

}  // namespace reprise
