// The implementation of Completion: its state, the links of a group, and the pool that both come
// from. For core's own sources only.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/completion_head.h>
#include <reprise/core/internal/waiter.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace reprise::internal {

/// When a group ends: with all of its children, or with the first.
enum class GroupEnd : std::uint8_t {
  with_all,
  with_first,
  with_deadline,  // like with_first; if the second child is first, with IOError::timed_out
};

struct CompletionState : CompletionHead {
  static constexpr std::uint32_t nobody = UINT32_MAX;

  std::uint64_t bytes_max = UINT64_MAX;
  std::uint64_t id = 0;
  std::uint64_t origin = 0;
  CompletionCallback callback;
  Canceller* canceller = nullptr;
  Waiter* first_waiter = nullptr;
  Waiter* last_waiter = nullptr;

  // Only for groups. Invariant: each link that waits holds a reference to the group, so a group
  // lives, and can answer drained(), until its last child has finished or was dropped. `unfinished`
  // counts the links that wait and those whose child was dropped.
  GroupLink* first_child = nullptr;
  GroupLink* last_child = nullptr;
  std::uint32_t unfinished = 0;
  std::uint32_t dropped = 0;  // those whose child was dropped
  bool built = false;
  bool fails = true;  // false: a drain, which ignores its children's errors
  GroupEnd ends = GroupEnd::with_all;
  bool cancels_losers = false;
  std::uint32_t winner = nobody;  // the position of the child that a group ended with

  static CompletionState& immortal(CompletionKind kind);
  /// An any-group of immortal children: the first has won.
  static CompletionState& immortal_any();

  void add_waiter(Waiter& waiter);
  void remove_waiter(Waiter& waiter);
  void finish(IOError with, std::uint64_t bytes);
  void drop();

  /// Records a question about this, or about a group that contains it.
  void note_question(Question question);
  void need_no_question();
  bool drained() const;

  void child_finished(const GroupLink& link);
  /// Finishes a built group if it is due to end.
  void settle(IOError first_error);
  /// Finishes an any-group with this child as the winner.
  void settle_with(const GroupLink& link);
  /// Whether a group can still finish: a dropped child never does.
  bool can_finish() const;

 private:
  void give_up_losers();
};

/// One child of one group.
struct GroupLink final : Waiter {
  CompletionState* group = nullptr;
  Completion child;
  std::uint32_t position = 0;  // in the order of adding, children without a state counted too
  GroupLink* next = nullptr;   // the group's next child, or the next free link

  void completion_finished(const Completion& completion) override;
  void completion_dropped() override;
};

/// Lives until its CompletionPool and the last of its completions are gone.
struct CompletionPoolState {
  static constexpr std::size_t slab_size = 64;

  std::vector<std::unique_ptr<CompletionState[]>> state_slabs;
  std::vector<std::unique_ptr<GroupLink[]>> link_slabs;
  std::vector<CompletionState*> free_states;
  GroupLink* free_links = nullptr;
  std::uint64_t live = 0;
  std::uint64_t next_id = 1;
  bool owned = true;

  CompletionState& take_state(CompletionKind kind);
  void give_back(CompletionState& state);
  GroupLink& take_link();
  void give_back(GroupLink& link);
};

}  // namespace reprise::internal
