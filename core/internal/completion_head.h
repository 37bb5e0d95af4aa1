// CompletionHead: the part of a completion's state that handles read inline.
#pragma once

#include <reprise/core/internal/unwatched.h>
#include <reprise/core/io_error.h>

#include <cstdint>

namespace reprise::internal {

struct CompletionPoolState;

enum class CompletionKind : std::uint8_t { io, group, yield, done };

/// The number of handles to observed completions in this process. An observer compares two readings
/// to see whether a call has released a completion.
inline constinit std::int64_t observed_handles = 0;

/// A question that a machine asks a completion: has it finished, did it succeed, how many bytes
/// were moved.
enum class Question : std::uint8_t { finished, outcome, result };

/// The part of a completion's state that handles read inline. The rest is private to core.
struct CompletionHead {
  CompletionPoolState* pool = nullptr;  // null for immortal states, which are not counted
  std::uint32_t refs = 0;
  IOError error = IOError::none;
  std::uint64_t result = 0;  // while pending, the largest that the device may give
  std::uint64_t token = 0;
  std::uint32_t id = 0;
  CompletionKind kind = CompletionKind::io;
  bool finished = false;
  bool is_bounded = false;  // the device may not give any result
  bool cancel_requested : 1 = false;
  // Questions are recorded only for completions that were made under an observer.
  bool is_observed : 1 = false;
  bool is_asked : 1 = false;           // any question
  bool is_outcome_asked : 1 = false;   // for the outcome, once that was known
  bool is_result_asked : 1 = false;    // for the byte count, once that was known
  bool needs_no_question : 1 = false;  // it has a callback, or is ignored

  REPRISE_UNWATCHED void retain() {
    if (pool != nullptr) ++refs;
    if (is_observed) [[unlikely]]
      ++observed_handles;
  }
  REPRISE_UNWATCHED void release() {
    if (is_observed) [[unlikely]]
      --observed_handles;
    if (pool != nullptr && --refs == 0) nobody_holds();
  }
  void nobody_holds();
  void asked(Question question);
};

}  // namespace reprise::internal
