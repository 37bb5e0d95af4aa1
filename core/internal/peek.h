// Peek: queries for the drivers and observers of machines, which do not count as questions of the
// machine.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/prefetch.h>

namespace reprise::internal {

class Peek {
 public:
  explicit Peek(const Completion& completion) : head_(completion.head()) {}

  bool finished() const { return head_.finished; }
  bool succeeded() const { return head_.finished && head_.error == IOError::none; }
  IOError error() const { return head_.error; }

  /// Whether the machine has asked any question, or need not.
  bool is_asked() const { return head_.is_asked || head_.needs_no_question; }
  /// Whether the outcome was asked for, or need not be; asking a group that contains it counts too.
  bool is_outcome_asked() const { return head_.is_outcome_asked || head_.needs_no_question; }
  /// What the completion stands for, as far as its device tells.
  Canceller::Thing awaited_thing() const;
  /// The completion's state, valid as long as a handle exists.
  const CompletionHead& head() const { return head_; }
  /// Whether the byte count was asked for, or need not be.
  bool is_result_asked() const { return head_.is_result_asked || head_.needs_no_question; }

  /// Begins to load the state of `completion`, which may stand for nothing.
  static void prefetch(const Completion& completion) { internal::prefetch(completion.head_); }

  /// Records that the driver asked for the outcome on the machine's behalf.
  void ask_outcome() const { head_.asked(Question::outcome); }
  /// Forgets the questions so far, which were answered "not yet".
  void forget_asked() const { head_.is_asked = false; }

 private:
  CompletionHead& head_;
};

}  // namespace reprise::internal
