// The implementation of Completion: its state, the links of a group, and the pool that both come
// from. For core's own sources only.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/completion_head.h>
#include <reprise/core/internal/pages.h>
#include <reprise/core/internal/waiter.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace reprise::internal {

/// When a group ends: with all of its children, or with the first.
enum class GroupEnd : std::uint8_t {
  with_all,
  with_first,
  with_deadline,  // like with_first; if the second child is first, with IOError::timed_out
};

/// What only groups have. Invariant: each link that waits holds a reference to the group, so a
/// group lives, and can answer drained(), until its last child has finished or was dropped.
struct GroupState {
  static constexpr std::uint32_t nobody = UINT32_MAX;

  GroupLink* first_child = nullptr;
  GroupLink* last_child = nullptr;
  std::uint32_t unfinished = 0;   // links that wait, and those whose child was dropped
  std::uint32_t dropped = 0;      // those whose child was dropped
  std::uint32_t winner = nobody;  // the position of the child that a group ended with
  GroupEnd ends = GroupEnd::with_all;
  bool built = false;
  bool fails = true;  // false: a drain, which ignores its children's errors
  bool cancels_losers = false;
  GroupState* next_free = nullptr;

  /// Whether it can still finish: a dropped child never does.
  bool can_finish() const;
};

/// One cache line, so that many I/Os touch little memory. A callback is its first waiter.
struct CompletionState : CompletionHead {
  std::uint64_t origin = 0;
  union {
    Canceller* canceller = nullptr;  // of an I/O
    GroupState* group;               // of any other kind; null if it has no children
    CompletionState* next_free;      // of none
  };
  Waiter* first_waiter = nullptr;

  static CompletionState& immortal(CompletionKind kind);
  /// An any-group of immortal children: the first has won.
  static CompletionState& immortal_any();

  const GroupState* group_if_any() const { return kind == CompletionKind::io ? nullptr : group; }
  const GroupLink* first_child() const {
    const GroupState* const children = group_if_any();
    return children != nullptr ? children->first_child : nullptr;
  }

  void add_waiter(Waiter& waiter);
  void remove_waiter(Waiter& waiter);
  void finish(IOError with, std::uint64_t bytes);
  void drop();

  /// Has `callback` run before all other waiters. REQUIRES: it is pending, and nobody waits yet.
  void call_back(CompletionCallback callback);

  /// Records a question about this, or about a group that contains it.
  void note_question(Question question);
  void need_no_question();
  bool drained() const;

  // These are for groups.

  void child_finished(const GroupLink& link);
  /// Finishes a built group if it is due to end.
  void settle(IOError first_error);
  /// Finishes an any-group with this child as the winner.
  void settle_with(const GroupLink& link);

 private:
  void give_up_losers();
  void note_question_about_children(Question question);
};
static_assert(sizeof(CompletionState) == 64);

/// One child of one group.
struct GroupLink final : Waiter {
  CompletionState* owner = nullptr;
  Completion child;
  std::uint32_t position = 0;  // in the order of adding, children without a state counted too
  GroupLink* next = nullptr;   // the group's next child, or the next free link

  void completion_finished(const Completion& completion) override;
  void completion_dropped() override;
};

/// The callback of one completion.
struct CallbackLink final : Waiter {
  CompletionPoolState* pool = nullptr;
  CompletionCallback run;
  CallbackLink* next_free = nullptr;

  void completion_finished(const Completion& completion) override;
  void completion_dropped() override;
};

/// Things of one type that are used again, in the order of the last one given back. They stay where
/// they are.
template <class T, T* T::*next_free>
class Slabs {
 public:
  T& take() {
    if (free_ == nullptr) grow();
    T& thing = *free_;
    free_ = thing.*next_free;
    thing.*next_free = nullptr;
    return thing;
  }
  void give_back(T& thing) { thing.*next_free = std::exchange(free_, &thing); }

 private:
  static constexpr std::size_t slab_size = 64;

  void grow() {
    slabs_.push_back(std::make_unique<T[]>(slab_size));
    for (std::size_t i = slab_size; i > 0; --i) give_back(slabs_.back()[i - 1]);
  }

  std::vector<std::unique_ptr<T[]>> slabs_;
  T* free_ = nullptr;
};

/// Lives until its CompletionPool and the last of its completions are gone.
struct CompletionPoolState {
  static constexpr std::size_t first_slab = 64;

  // Each slab is twice as large as the one before it, and none is ever resized.
  std::vector<std::vector<CompletionState, PageAllocator<CompletionState>>> state_slabs;
  CompletionState* first_free = nullptr;
  Slabs<GroupState, &GroupState::next_free> groups;
  Slabs<GroupLink, &GroupLink::next> links;
  Slabs<CallbackLink, &CallbackLink::next_free> callbacks;
  std::uint64_t live = 0;
  std::uint32_t next_id = 1;
  bool owned = true;

  CompletionState& take(CompletionKind kind, std::uint64_t token, std::uint64_t result);
  CompletionState& take_group();
  void give_back(CompletionState& state);

 private:
  void grow();
  /// Nobody holds it, though it is a group or has not finished.
  [[gnu::cold]] void end(CompletionState& state);
  void give_back_children(CompletionState& group);
};

}  // namespace reprise::internal
