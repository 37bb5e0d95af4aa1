// CompletionGroup: several completions awaited as one.
//
//   CompletionGroup group;
//   for (Frame& frame : frames) group.add(file.pwrite(frame.offset, frame.buffer));
//   Completion all = group.build();
//
// A child may be pending, finished, failed, a yield or a group, and may stand in many groups. The
// group's callback runs once: when all children succeeded, or at the first error (of children that
// had failed before build(), the first added counts). finished(), succeeded() and get_error()
// always agree. An empty group is finished and good, and is no explicit yield; so is one of yields
// only. On an error the siblings run on: Completion::drained() tells when the last has finished.
#pragma once

#include <reprise/core/completion.h>

#include <vector>

namespace reprise {

class CompletionGroup {
 public:
  explicit CompletionGroup(Callback callback = {});
  CompletionGroup(const CompletionGroup&) = delete;
  CompletionGroup& operator=(const CompletionGroup&) = delete;
  ~CompletionGroup();

  void add(const Completion& child);
  /// Asks every unfinished child added so far to give up. The built completion has a cancel() too.
  void cancel();

  /// The group, as one completion; leaves the builder empty, without a callback, for the next one.
  Completion build();

  /// Finishes, always well, when `completion` is drained(): for whoever must free what its I/Os
  /// use.
  static Completion drain(const Completion& completion);

  /// What must still finish for `completion`, groups taken apart; itself if it is none.
  static std::vector<Completion> pending(const Completion& completion);
  /// Whether the same I/Os must still finish for both: a group may be built anew of those that an
  /// earlier one had.
  static bool same_pending(const Completion& a, const Completion& b);

 private:
  internal::CompletionState& open_state(internal::CompletionPoolState& pool);
  void add_pending(const Completion& completion);
  static void collect_pending(const Completion& completion, std::vector<Completion>& pending);
  Completion build_as(bool fails);

  Callback callback_;
  Completion group_;  // made at the first child that has a pool
};

}  // namespace reprise
