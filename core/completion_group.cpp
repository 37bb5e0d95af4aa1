#include <reprise/core/check.h>
#include <reprise/core/completion_group.h>
#include <reprise/core/completion_state.h>
#include <reprise/core/observer.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace reprise {

using internal::CompletionKind;
using internal::CompletionState;
using internal::GroupLink;

CompletionGroup::CompletionGroup(Callback callback) : callback_(std::move(callback)) {}
CompletionGroup::~CompletionGroup() = default;

CompletionState& CompletionGroup::open_state(internal::CompletionPoolState& pool) {
  if (!group_) group_ = Completion(&pool.take_state(CompletionKind::group));
  return group_.state();
}

void CompletionGroup::add(const Completion& child) {
  CompletionState& child_state = child.state();
  if (child_state.pool == nullptr) return;  // a yield, or done: there is nothing to wait for
  CompletionState& group = open_state(*child_state.pool);
  GroupLink& link = group.pool->take_link();
  link.group = &group;
  link.child = child;
  (group.last_child != nullptr ? group.last_child->next : group.first_child) = &link;
  group.last_child = &link;
  if (child_state.finished) {
    if (child_state.error == IOError::none) group.result += child_state.result;
    return;
  }
  ++group.unfinished;
  group.retain();  // held by the link while it waits
  child_state.add_waiter(link);
}

void CompletionGroup::cancel() {
  if (group_) group_.cancel();
}

Completion CompletionGroup::build() { return build_as(true); }

Completion CompletionGroup::drain(const Completion& completion) {
  CompletionGroup pending;
  pending.add_pending(completion);
  return pending.build_as(false);
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
  for (const GroupLink* link = completion.state().first_child; link != nullptr; link = link->next) {
    collect_pending(link->child, pending);
  }
}

void CompletionGroup::add_pending(const Completion& completion) {
  const CompletionState& state = completion.state();
  if (!state.finished) add(completion);  // a group too: it is not drained before it has finished
  for (const GroupLink* link = state.first_child; link != nullptr; link = link->next) {
    add_pending(link->child);
  }
}

Completion CompletionGroup::build_as(bool fails) {
  Callback callback = std::exchange(callback_, nullptr);
  if (!group_) {
    Completion nothing = Completion::done();
    if (callback) callback(nothing);
    return nothing;
  }
  Completion group = std::exchange(group_, Completion());
  CompletionState& state = group.state();
  state.callback = std::move(callback);
  state.fails = fails;
  state.built = true;
  if (state.callback) state.need_no_question();
  IOError first_error = IOError::none;
  for (const GroupLink* link = state.first_child; fails && link != nullptr; link = link->next) {
    const CompletionState& child = link->child.state();
    if (child.finished && child.error != IOError::none) {
      first_error = child.error;
      break;
    }
  }
  if (first_error != IOError::none || state.unfinished == 0) state.settle(first_error);
  return group;
}

}  // namespace reprise
