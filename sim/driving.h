// How an operation of a machine is driven: AwaitOptions, what the driver does at its end; Step,
// what one entry answers; Resume, what comes after a wait.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/io_error.h>
#include <reprise/core/observer.h>

#include <cstdint>
#include <functional>
#include <string>

namespace reprise {

/// How one operation is driven.
struct AwaitOptions {
  /// Drops or resets the machine; the operation may then be abandoned at any yield.
  std::function<void()> abandon = {};
  /// Called under ErrorContract::driver when a completion has failed; must clean up completely.
  std::function<void(IOError)> abort = {};
};

namespace internal {

/// The answer of one entry of a driven machine.
struct Step {
  Answer answer = Answer::done;
  Completion waits_for;  // Answer::io
  IOError error = IOError::none;
  std::uint64_t value_digest = 0;
  std::string value = {};  // in words, in a logged run
};
/// What a task does at its next turn.
enum class Resume : std::uint8_t { enter, aborted, abandoned };

}  // namespace internal
}  // namespace reprise
