// CompletionGroup: several completions awaited as one.
//
//   CompletionGroup group;
//   for (Frame& frame : frames) group.add(file.pwrite(frame.offset, frame.buffer));
//   Completion all = group.build();
//
// A child may be pending, finished, failed, a yield or a group, and may stand in many groups. The
// group's callback runs once: when all children succeeded, or at the first error (of children that
// had failed before build(), the first added counts). finished(), succeeded() and get_error()
// always agree. An empty group is finished and successful, and is not an explicit yield; the same
// holds for a group of yields only. After an error the other children run on: Completion::drained()
// tells when the last one has finished.
//
// An any-group ends as soon as its first child ends, whatever that child's outcome is:
//
//   Completion first = CompletionGroup::any({read, closed}, Losers::cancelled);
//   ...
//   if (CompletionGroup::winner(first) == 1) return IOError::cancelled;   // `closed` was first
//
// An any-group's error and result are those of the child that it ended with. Among children that
// had finished before build_any(), the first added wins; an explicit yield is always finished. An
// empty any-group is finished and successful, and has no winner.
#pragma once

#include <reprise/core/completion.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

namespace reprise {

namespace internal {
enum class GroupEnd : std::uint8_t;
}  // namespace internal

/// What becomes of an any-group's other children when it ends. Either way they own their buffers
/// until they have finished: see Completion::drained() and CompletionGroup::drain().
enum class Losers : std::uint8_t {
  cancelled,  // they are asked to give up before the group's callback runs, and are ignored: see
              // Completion::ignore()
  left,       // they run on
};

class CompletionGroup {
 public:
  explicit CompletionGroup(CompletionCallback callback = {});
  CompletionGroup(const CompletionGroup&) = delete;
  CompletionGroup& operator=(const CompletionGroup&) = delete;
  ~CompletionGroup();

  void add(const Completion& child);
  /// Asks every unfinished child added so far to give up. The built completion has a cancel() too.
  void cancel();

  /// Gives the group as one completion, and leaves the builder empty and without a callback for the
  /// next.
  Completion build();
  /// The same, for a group that ends with its first child.
  Completion build_any(Losers losers);
  static Completion any(std::initializer_list<Completion> children, Losers losers,
                        CompletionCallback callback = {});
  /// The position, from 0 in the order of adding, of the child that an any-group has ended with.
  /// Nothing while the group is pending, if it is empty, and for any other completion.
  static std::optional<std::size_t> winner(const Completion& any);
  /// Whether `completion` is an any-group.
  static bool is_any(const Completion& completion);

  /// `completion`, but failed with IOError::timed_out if `timer` finishes first; whichever loses is
  /// cancelled. See with_deadline() in deadline.h.
  static Completion until(const Completion& completion, const Completion& timer,
                          CompletionCallback callback = {});
  /// Whether `completion` was made by until(), and the timer finished first.
  static bool timed_out(const Completion& completion);

  /// Gives a completion that finishes, always successfully, when `completion` is drained(): then
  /// the memory that its I/Os use can be freed.
  static Completion drain(const Completion& completion);

  /// The unfinished I/Os that `completion` waits for, with groups taken apart; `completion` itself
  /// if it is an unfinished I/O.
  static std::vector<Completion> pending(const Completion& completion);
  /// Whether both wait for the same unfinished I/Os, as when a group is rebuilt from the children
  /// of an earlier one.
  static bool same_pending(const Completion& a, const Completion& b);

 private:
  internal::CompletionState& open_state(internal::CompletionPoolState& pool);
  void add_pending(const Completion& completion);
  static void collect_pending(const Completion& completion, std::vector<Completion>& pending);
  Completion build_as(internal::GroupEnd ends, bool fails, bool cancels_losers = false);
  static void settle_if_over(internal::CompletionState& group);
  static void settle_any_if_over(internal::CompletionState& group, std::uint32_t first_stateless);

  CompletionCallback callback_;
  Completion group_;                            // made at the first child that has a pool
  std::uint32_t count_ = 0;                     // of children added
  std::uint32_t first_stateless_ = UINT32_MAX;  // position of the first that is a yield, or done
};

}  // namespace reprise
