#include <reprise/core/completion_group.h>

#include <reprise/core/assert.h>
#include <reprise/core/internal/completion_state.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/observer.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace reprise {

using internal::CompletionKind;
using internal::CompletionState;
using internal::GroupEnd;
using internal::GroupLink;
using internal::GroupState;

CompletionGroup::CompletionGroup(CompletionCallback callback) : callback_(std::move(callback)) {}
CompletionGroup::~CompletionGroup() = default;

CompletionState& CompletionGroup::open_state(internal::CompletionPoolState& pool) {
  if (!group_) group_ = Completion(&pool.take_group());
  return group_.state();
}

void CompletionGroup::add(const Completion& child) {
  CompletionState& child_state = child.state();
  const std::uint32_t position = count_++;
  if (child_state.pool == nullptr) {  // a yield, or done: there is nothing to wait for
    first_stateless_ = std::min(first_stateless_, position);
    return;
  }
  CompletionState& group = open_state(*child_state.pool);
  GroupState& children = *group.group;
  GroupLink& link = group.pool->links.take();
  link.owner = &group;
  link.child = child;
  link.position = position;
  (children.last_child != nullptr ? children.last_child->next : children.first_child) = &link;
  children.last_child = &link;
  if (child_state.finished) {
    if (child_state.error == IOError::none) group.result += child_state.result;
    return;
  }
  ++children.unfinished;
  group.retain();  // held by the link while it waits
  child_state.add_waiter(link);
}

void CompletionGroup::cancel() {
  if (group_) group_.cancel();
}

Completion CompletionGroup::build() { return build_as(GroupEnd::with_all, true); }

Completion CompletionGroup::build_any(Losers losers) {
  return build_as(GroupEnd::with_first, true, losers == Losers::cancelled);
}

Completion CompletionGroup::any(std::initializer_list<Completion> children, Losers losers,
                                CompletionCallback callback) {
  CompletionGroup group(std::move(callback));
  for (const Completion& child : children) group.add(child);
  return group.build_any(losers);
}

std::optional<std::size_t> CompletionGroup::winner(const Completion& any) {
  any.asked(internal::Question::outcome);
  const GroupState* const group = any.state().group_if_any();
  if (group == nullptr || !any.head().finished || group->winner == GroupState::nobody) {
    return std::nullopt;
  }
  return group->winner;
}

bool CompletionGroup::is_any(const Completion& completion) {
  const GroupState* const group = completion.state().group_if_any();
  return group != nullptr && group->ends != GroupEnd::with_all;
}

Completion CompletionGroup::until(const Completion& completion, const Completion& timer,
                                  CompletionCallback callback) {
  CompletionGroup group(std::move(callback));
  group.add(completion);
  group.add(timer);
  return group.build_as(GroupEnd::with_deadline, true, true);
}

bool CompletionGroup::timed_out(const Completion& completion) {
  completion.asked(internal::Question::outcome);
  const CompletionState& state = completion.state();
  const GroupState* const group = state.group_if_any();
  return group != nullptr && group->ends == GroupEnd::with_deadline && group->winner == 1 &&
         state.finished && state.error == IOError::timed_out;
}

Completion CompletionGroup::drain(const Completion& completion) {
  CompletionGroup pending;
  pending.add_pending(completion);
  return pending.build_as(GroupEnd::with_all, false);
}

std::vector<Completion> CompletionGroup::pending(const Completion& completion) {
  std::vector<Completion> all;
  collect_pending(completion, all);
  return all;
}

bool CompletionGroup::same_pending(const Completion& a, const Completion& b) {
  return std::ranges::is_permutation(pending(a), pending(b));
}

void CompletionGroup::collect_pending(const Completion& completion,
                                      std::vector<Completion>& pending) {
  if (completion.state().finished) return;
  if (!completion.is_group()) {
    pending.push_back(completion);
    return;
  }
  for (const GroupLink* link = completion.state().first_child(); link != nullptr;
       link = link->next) {
    collect_pending(link->child, pending);
  }
}

void CompletionGroup::add_pending(const Completion& completion) {
  const CompletionState& state = completion.state();
  if (!state.finished) add(completion);  // a group too: it is not drained before it has finished
  for (const GroupLink* link = state.first_child(); link != nullptr; link = link->next) {
    add_pending(link->child);
  }
}

Completion CompletionGroup::build_as(GroupEnd ends, bool fails, bool cancels_losers) {
  CompletionCallback callback = std::exchange(callback_, nullptr);
  const std::uint32_t first_stateless = std::exchange(first_stateless_, UINT32_MAX);
  count_ = 0;
  if (!group_) {
    const bool has_winner = ends != GroupEnd::with_all && first_stateless != UINT32_MAX;
    Completion nothing =
        has_winner ? Completion(&CompletionState::immortal_any()) : Completion::done();
    if (callback) callback(nothing);
    return nothing;
  }
  Completion group = std::exchange(group_, Completion());
  CompletionState& state = group.state();
  state.group->fails = fails;
  state.group->ends = ends;
  state.group->cancels_losers = cancels_losers;
  state.group->built = true;
  if (callback) state.call_back(std::move(callback));
  if (ends == GroupEnd::with_all) {
    settle_if_over(state);
  } else {
    settle_any_if_over(state, first_stateless);
  }
  return group;
}

void CompletionGroup::settle_if_over(CompletionState& group) {
  IOError first_error = IOError::none;
  const GroupLink* link = group.group->fails ? group.first_child() : nullptr;
  for (; link != nullptr && first_error == IOError::none; link = link->next) {
    const CompletionState& child = link->child.state();
    if (child.finished) first_error = child.error;
  }
  if (first_error != IOError::none || group.group->unfinished == 0) group.settle(first_error);
}

void CompletionGroup::settle_any_if_over(CompletionState& group, std::uint32_t first_stateless) {
  for (const GroupLink* link = group.first_child(); link != nullptr; link = link->next) {
    if (link->position > first_stateless) break;
    if (link->child.state().finished) return group.settle_with(*link);
  }
  if (first_stateless != UINT32_MAX) {
    group.group->winner = first_stateless;
    group.result = 0;
    group.settle(IOError::none);
  } else if (!group.group->can_finish()) {
    group.drop();
  }
}

}  // namespace reprise
