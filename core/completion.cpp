#include <reprise/core/completion.h>

#include <reprise/core/assert.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/completion_head.h>
#include <reprise/core/internal/completion_state.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/internal/peek.h>
#include <reprise/core/internal/waiter.h>
#include <reprise/core/observer.h>

#include <algorithm>
#include <utility>

namespace reprise {
namespace internal {

CompletionState& CompletionState::immortal(CompletionKind kind) {
  // Never written after construction: finish() and retain() leave a state without a pool alone.
  static CompletionState yield_state = [] {
    CompletionState state;
    state.kind = CompletionKind::yield;
    state.finished = true;
    return state;
  }();
  static CompletionState done_state = [] {
    CompletionState state;
    state.kind = CompletionKind::done;
    state.finished = true;
    return state;
  }();
  return kind == CompletionKind::yield ? yield_state : done_state;
}

CompletionState& CompletionState::immortal_any() {
  static GroupState group = [] {
    GroupState any;
    any.ends = GroupEnd::with_first;
    any.winner = 0;
    return any;
  }();
  static CompletionState state = [] {
    CompletionState any;
    any.kind = CompletionKind::done;
    any.finished = true;
    any.group = &group;
    return any;
  }();
  return state;
}

Canceller::Thing Peek::awaited_thing() const {
  if (head_.kind != CompletionKind::io) return {};
  const Canceller* const device = static_cast<const CompletionState&>(head_).canceller;
  return device != nullptr ? device->awaited_thing() : Canceller::Thing{};
}

void CompletionHead::nobody_holds() { pool->give_back(static_cast<CompletionState&>(*this)); }

inline void CompletionState::note_question(Question question) {
  is_asked = true;
  if (question != Question::finished) is_outcome_asked = true;
  if (question == Question::result) is_result_asked = true;
  if (kind != CompletionKind::io) note_question_about_children(question);
}

void CompletionState::note_question_about_children(Question question) {
  for (const GroupLink* link = first_child(); link != nullptr; link = link->next) {
    // A drain does not tell how its children came out.
    link->child.state().note_question(group->fails ? question : Question::finished);
  }
}

void CompletionHead::asked(Question question) {
  CompletionState& self = static_cast<CompletionState&>(*this);
  Observer* const watching = observer();
  if (pool == nullptr || watching == nullptr) return;
  if (question == Question::result && !finished) {
    watching->result_asked_early(Completion(this));
  }
  self.note_question(finished ? question : Question::finished);
}

bool CompletionState::drained() const {
  if (!finished) return false;
  for (const GroupLink* link = first_child(); link != nullptr; link = link->next) {
    // A group that failed early is finished, not drained.
    if (!link->child.state().drained()) return false;
  }
  return true;
}

void CompletionState::need_no_question() {
  needs_no_question = true;
  for (const GroupLink* link = first_child(); link != nullptr; link = link->next) {
    link->child.state().need_no_question();
  }
}

void CompletionState::add_waiter(Waiter& waiter) {
  waiter.waits_on_ = this;
  waiter.next_ = nullptr;
  if (first_waiter == nullptr) [[likely]] {
    first_waiter = waiter.previous_ = &waiter;
    return;
  }
  waiter.previous_ = std::exchange(first_waiter->previous_, &waiter);
  waiter.previous_->next_ = &waiter;
}

void CompletionState::remove_waiter(Waiter& waiter) {
  Waiter* const previous = waiter.previous_;
  Waiter* const next = waiter.next_;
  waiter.waits_on_ = nullptr;
  if (first_waiter == &waiter) {
    first_waiter = next;
    if (next != nullptr) next->previous_ = previous;
  } else {
    previous->next_ = next;
    (next != nullptr ? next : first_waiter)->previous_ = previous;
  }
}

[[gnu::always_inline]] inline void CompletionState::finish(IOError with, std::uint64_t bytes) {
  const Completion self(this);  // a callback may drop the last other handle
  if (Observer* const watching = observer(); watching != nullptr) [[unlikely]] {
    watching->completion_event(
        finished ? CompletionEvent::finished_again : CompletionEvent::finished, self, with, bytes);
  }
  if (finished) return;
  finished = true;
  error = with;
  result = with == IOError::none ? bytes : 0;
  if (kind == CompletionKind::io) [[likely]] {
    canceller = nullptr;
  } else if (group->cancels_losers) {
    give_up_losers();
  }
  while (first_waiter != nullptr) {
    Waiter& waiter = *first_waiter;
    remove_waiter(waiter);
    waiter.completion_finished(self);
  }
}

void CompletionState::drop() {
  const Completion self(this);
  if (kind == CompletionKind::io) canceller = nullptr;
  while (first_waiter != nullptr) {
    Waiter& waiter = *first_waiter;
    remove_waiter(waiter);
    waiter.completion_dropped();
  }
}

void CompletionState::call_back(CompletionCallback callback) {
  CallbackLink& link = pool->callbacks.take();
  link.pool = pool;
  link.run = std::move(callback);
  add_waiter(link);
  need_no_question();
}

void CallbackLink::completion_finished(const Completion& completion) {
  const CompletionCallback callback = std::move(run);
  run = nullptr;
  pool->callbacks.give_back(*this);
  if (Observer* const watching = observer(); watching != nullptr) [[unlikely]] {
    const CompletionHead& head = Peek(completion).head();
    watching->completion_event(CompletionEvent::callback, completion, head.error, head.result);
  }
  callback(completion);
}

void CallbackLink::completion_dropped() {
  const CompletionCallback forgotten = std::move(run);
  run = nullptr;
  pool->callbacks.give_back(*this);
}

void CompletionState::child_finished(const GroupLink& link) {
  const CompletionState& child = link.child.state();
  --group->unfinished;
  if (finished) return;
  if (child.error == IOError::none) result += child.result;
  if (!group->built) return;
  if (group->ends != GroupEnd::with_all) {
    settle_with(link);
  } else if (child.error != IOError::none && group->fails) {
    settle(child.error);
  } else if (group->unfinished == 0) {
    settle(IOError::none);
  }
}

void CompletionState::settle(IOError first_error) { finish(first_error, result); }

void CompletionState::settle_with(const GroupLink& link) {
  const CompletionState& child = link.child.state();
  group->winner = link.position;
  const bool is_too_late = group->ends == GroupEnd::with_deadline && link.position == 1;
  finish(is_too_late && child.error == IOError::none ? IOError::timed_out : child.error,
         child.result);
}

void CompletionState::give_up_losers() {
  for (const GroupLink* link = first_child(); link != nullptr; link = link->next) {
    if (link->position == group->winner) continue;
    link->child.ignore();
    link->child.cancel();
  }
}

bool GroupState::can_finish() const {
  return ends == GroupEnd::with_all ? dropped == 0 : unfinished == 0 || dropped < unfinished;
}

void GroupLink::completion_finished(const Completion&) {
  CompletionState& group = *owner;
  group.child_finished(*this);
  group.release();  // the reference that this link held while it waited
}

void GroupLink::completion_dropped() {
  CompletionState& group = *owner;
  ++group.group->dropped;
  if (!group.finished && !group.group->can_finish()) group.drop();
  group.release();
}

void CompletionPoolState::grow() {
  auto& slab = state_slabs.emplace_back(first_slab << state_slabs.size());
  for (std::size_t i = slab.size(); i > 0; --i) {
    slab[i - 1].next_free = std::exchange(first_free, &slab[i - 1]);
  }
}

inline CompletionState& CompletionPoolState::take(CompletionKind kind, std::uint64_t token,
                                                  std::uint64_t result) {
  if (first_free == nullptr) [[unlikely]]
    grow();
  CompletionState& state = *first_free;
  first_free = state.next_free;
  static_cast<CompletionHead&>(state) = {.pool = this,
                                         .result = result,
                                         .token = token,
                                         .id = next_id++,
                                         .kind = kind,
                                         .is_observed = observer() != nullptr};
  state.origin = 0;
  state.canceller = nullptr;
  ++live;
  return state;
}

CompletionState& CompletionPoolState::take_group() {
  CompletionState& state = take(CompletionKind::group, 0, 0);
  state.group = &groups.take();
  return state;
}

void CompletionPoolState::give_back(CompletionState& state) {
  REPRISE_ASSERT(state.first_waiter == nullptr || !state.finished,
                 "a finished completion has told everybody");
  if (!state.finished || state.kind == CompletionKind::group) [[unlikely]]
    end(state);
  state.next_free = std::exchange(first_free, &state);
  if (--live == 0 && !owned) [[unlikely]]
    delete this;
}

void CompletionPoolState::end(CompletionState& state) {
  if (!state.finished) {
    state.refs = 1;  // keeps drop() from coming back here
    state.drop();    // nobody can finish it any more: let those who wait go
    state.refs = 0;
  }
  if (state.kind == CompletionKind::group) give_back_children(state);
}

void CompletionPoolState::give_back_children(CompletionState& group) {
  GroupState& state = *std::exchange(group.group, nullptr);
  while (state.first_child != nullptr) {
    GroupLink& link = *state.first_child;
    state.first_child = link.next;
    link.stop_waiting();
    link.child = Completion();
    links.give_back(link);
  }
  GroupState* const next_free = state.next_free;
  state = {};
  state.next_free = next_free;
  groups.give_back(state);
}

}  // namespace internal

using internal::CompletionKind;
using internal::CompletionState;

Waiter::~Waiter() { stop_waiting(); }

void Waiter::leave() { waits_on_->remove_waiter(*this); }

Completion Completion::yield() {
  return Completion(&CompletionState::immortal(CompletionKind::yield));
}
Completion Completion::done() {
  return Completion(&CompletionState::immortal(CompletionKind::done));
}

CompletionState& Completion::state() const { return static_cast<CompletionState&>(head()); }

std::uint64_t Completion::id() const { return state().id; }
std::uint64_t Completion::origin() const { return state().origin; }

bool Completion::drained() const {
  asked(internal::Question::finished);
  return state().drained();
}

void Completion::ignore() const {
  if (head().pool != nullptr) state().need_no_question();
}

void Completion::cancel() const {
  CompletionState& self = state();
  // The device may finish it at once, and the callback drop this handle.
  const Completion keep(&self);
  if (self.kind == CompletionKind::group) {
    self.cancel_requested = true;
    const internal::GroupLink* const last = self.group->last_child;  // a callback may add one more
    for (const internal::GroupLink* link = self.first_child(); link != nullptr; link = link->next) {
      link->child.cancel();
      if (link == last) break;
    }
    return;
  }
  if (self.finished || self.cancel_requested || self.pool == nullptr) return;
  self.cancel_requested = true;
  if (self.canceller != nullptr) self.canceller->cancel(keep, self.token);
}

bool Completion::add_waiter(Waiter& waiter) const {
  REPRISE_ASSERT(!waiter.waiting(), "a waiter waits on one completion at a time");
  CompletionState& self = state();
  if (self.finished) return false;
  self.add_waiter(waiter);
  return true;
}

void Completion::finish(std::uint64_t bytes) const {
  REPRISE_ASSERT(state().kind == CompletionKind::io, "only an I/O is finished by its device");
  state().finish(IOError::none, bytes);
}

void Completion::fail(IOError error) const {
  REPRISE_ASSERT(state().kind == CompletionKind::io, "only an I/O is failed by its device");
  REPRISE_ASSERT(error != IOError::none, "a failure needs an error");
  state().finish(error, 0);
}

void Completion::drop() const { state().drop(); }

CompletionPool::CompletionPool() : state_(new internal::CompletionPoolState) {}

CompletionPool::~CompletionPool() {
  state_->owned = false;
  if (state_->live == 0) delete state_;
}

Completion CompletionPool::make(CompletionCallback callback, Canceller* canceller,
                                std::uint64_t token, std::uint64_t bytes_max) {
  Completion completion = make(canceller, token, bytes_max);
  if (callback) completion.state().call_back(std::move(callback));
  return completion;
}

Completion CompletionPool::make(Canceller* canceller, std::uint64_t token,
                                std::uint64_t bytes_max) {
  CompletionState& state = state_->take(CompletionKind::io, token, bytes_max);
  state.canceller = canceller;
  state.is_bounded = bytes_max != UINT64_MAX;
  if (Observer* const watching = observer(); watching != nullptr) [[unlikely]] {
    state.origin = watching->origin_now();
  }
  return Completion(&state);
}

Completion CompletionPool::refused(IOError error, CompletionCallback callback) {
  Completion completion = make(std::move(callback));
  completion.fail(error);
  return completion;
}

std::uint64_t CompletionPool::live() const { return state_->live; }

std::vector<std::uint64_t> CompletionPool::live_ids() const {
  std::vector<std::uint64_t> ids;
  for (const auto& slab : state_->state_slabs) {
    for (const CompletionState& state : slab) {
      if (state.refs != 0) ids.push_back(state.id);
    }
  }
  std::ranges::sort(ids);
  return ids;
}

void CompletionPool::restart_ids() { state_->next_id = 1; }

}  // namespace reprise
