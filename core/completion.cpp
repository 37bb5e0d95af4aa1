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
  static CompletionState state = [] {
    CompletionState any;
    any.kind = CompletionKind::done;
    any.finished = true;
    any.ends = GroupEnd::with_first;
    any.winner = 0;
    return any;
  }();
  return state;
}

Canceller::Thing Peek::awaited_thing() const {
  const Canceller* const device = static_cast<const CompletionState&>(head_).canceller;
  return device != nullptr ? device->awaited_thing() : Canceller::Thing{};
}

void CompletionHead::nobody_holds() { pool->give_back(static_cast<CompletionState&>(*this)); }

void CompletionHead::asked(Question question) {
  CompletionState& self = static_cast<CompletionState&>(*this);
  Observer* const watching = observer();
  if (pool == nullptr || watching == nullptr) return;
  if (question == Question::result && !finished) {
    watching->result_asked_early(Completion(this));
  }
  self.note_question(finished ? question : Question::finished);
}

void CompletionState::note_question(Question question) {
  is_asked = true;
  if (question != Question::finished) is_outcome_asked = true;
  if (question == Question::result) is_result_asked = true;
  // A drain does not tell how its children came out.
  for (const GroupLink* link = first_child; link != nullptr; link = link->next) {
    link->child.state().note_question(fails ? question : Question::finished);
  }
}

bool CompletionState::drained() const {
  if (!finished) return false;
  for (const GroupLink* link = first_child; link != nullptr; link = link->next) {
    // A group that failed early is finished, not drained.
    if (!link->child.state().drained()) return false;
  }
  return true;
}

void CompletionState::need_no_question() {
  needs_no_question = true;
  for (const GroupLink* link = first_child; link != nullptr; link = link->next) {
    link->child.state().need_no_question();
  }
}

void CompletionState::add_waiter(Waiter& waiter) {
  waiter.waits_on_ = this;
  waiter.previous_ = last_waiter;
  waiter.next_ = nullptr;
  (last_waiter != nullptr ? last_waiter->next_ : first_waiter) = &waiter;
  last_waiter = &waiter;
}

void CompletionState::remove_waiter(Waiter& waiter) {
  (waiter.previous_ != nullptr ? waiter.previous_->next_ : first_waiter) = waiter.next_;
  (waiter.next_ != nullptr ? waiter.next_->previous_ : last_waiter) = waiter.previous_;
  waiter.waits_on_ = nullptr;
  waiter.previous_ = waiter.next_ = nullptr;
}

void CompletionState::finish(IOError with, std::uint64_t bytes) {
  Observer* const watching = observer();
  if (watching != nullptr) [[unlikely]] {
    watching->completion_event(
        finished ? CompletionEvent::finished_again : CompletionEvent::finished, Completion(this),
        with, bytes);
  }
  if (finished) return;
  const Completion self(this);  // a callback may drop the last other handle
  finished = true;
  error = with;
  result = with == IOError::none ? bytes : 0;
  canceller = nullptr;
  if (cancels_losers) [[unlikely]]
    give_up_losers();
  if (callback) {
    const CompletionCallback run = std::move(callback);
    callback = nullptr;
    if (watching != nullptr) [[unlikely]] {
      watching->completion_event(CompletionEvent::callback, self, error, result);
    }
    run(self);
  }
  while (first_waiter != nullptr) {
    Waiter& waiter = *first_waiter;
    remove_waiter(waiter);
    waiter.completion_finished(self);
  }
}

void CompletionState::drop() {
  const Completion self(this);
  const CompletionCallback forgotten = std::exchange(callback, nullptr);
  canceller = nullptr;
  while (first_waiter != nullptr) {
    Waiter& waiter = *first_waiter;
    remove_waiter(waiter);
    waiter.completion_dropped();
  }
}

void CompletionState::child_finished(const GroupLink& link) {
  const CompletionState& child = link.child.state();
  --unfinished;
  if (finished) return;
  if (child.error == IOError::none) result += child.result;
  if (!built) return;
  if (ends != GroupEnd::with_all) {
    settle_with(link);
  } else if (child.error != IOError::none && fails) {
    settle(child.error);
  } else if (unfinished == 0) {
    settle(IOError::none);
  }
}

void CompletionState::settle(IOError first_error) { finish(first_error, result); }

void CompletionState::settle_with(const GroupLink& link) {
  const CompletionState& child = link.child.state();
  winner = link.position;
  const bool is_too_late = ends == GroupEnd::with_deadline && link.position == 1;
  finish(is_too_late && child.error == IOError::none ? IOError::timed_out : child.error,
         child.result);
}

void CompletionState::give_up_losers() {
  for (const GroupLink* link = first_child; link != nullptr; link = link->next) {
    if (link->position == winner) continue;
    link->child.ignore();
    link->child.cancel();
  }
}

bool CompletionState::can_finish() const {
  return ends == GroupEnd::with_all ? dropped == 0 : unfinished == 0 || dropped < unfinished;
}

void GroupLink::completion_finished(const Completion&) {
  CompletionState& owner = *group;
  owner.child_finished(*this);
  owner.release();  // the reference that this link held while it waited
}

void GroupLink::completion_dropped() {
  CompletionState& owner = *group;
  ++owner.dropped;
  if (!owner.finished && !owner.can_finish()) owner.drop();
  owner.release();
}

CompletionState& CompletionPoolState::take_state(CompletionKind kind) {
  if (free_states.empty()) {
    state_slabs.push_back(std::make_unique<CompletionState[]>(slab_size));
    free_states.reserve(state_slabs.size() * slab_size);
    for (std::size_t i = slab_size; i > 0; --i) {
      free_states.push_back(&state_slabs.back()[i - 1]);
    }
  }
  CompletionState& state = *free_states.back();
  free_states.pop_back();
  state.pool = this;
  state.kind = kind;
  state.finished = false;
  state.cancel_requested = false;
  state.is_observed = observer() != nullptr;
  state.is_asked = state.is_outcome_asked = state.is_result_asked = false;
  state.needs_no_question = false;
  state.error = IOError::none;
  state.result = 0;
  state.bytes_max = UINT64_MAX;
  state.id = next_id++;
  state.token = 0;
  state.origin = 0;
  state.unfinished = 0;
  state.dropped = 0;
  state.built = false;
  state.fails = true;
  state.ends = GroupEnd::with_all;
  state.cancels_losers = false;
  state.winner = CompletionState::nobody;
  ++live;
  return state;
}

void CompletionPoolState::give_back(CompletionState& state) {
  REPRISE_ASSERT(state.first_waiter == nullptr || !state.finished,
                 "a finished completion has told everybody");
  if (!state.finished) {
    state.refs = 1;  // keeps drop() from coming back here
    state.drop();    // nobody can finish it any more: let those who wait go
    state.refs = 0;
  }
  while (state.first_child != nullptr) {
    GroupLink& link = *state.first_child;
    state.first_child = link.next;
    give_back(link);
  }
  state.last_child = nullptr;
  free_states.push_back(&state);
  if (--live == 0 && !owned) delete this;
}

GroupLink& CompletionPoolState::take_link() {
  if (free_links == nullptr) {
    link_slabs.push_back(std::make_unique<GroupLink[]>(slab_size));
    for (std::size_t i = slab_size; i > 0; --i) {
      GroupLink& link = link_slabs.back()[i - 1];
      link.next = std::exchange(free_links, &link);
    }
  }
  GroupLink& link = *free_links;
  free_links = link.next;
  link.next = nullptr;
  return link;
}

void CompletionPoolState::give_back(GroupLink& link) {
  link.stop_waiting();
  link.child = Completion();
  link.next = std::exchange(free_links, &link);
}

}  // namespace internal

using internal::CompletionKind;
using internal::CompletionState;

Waiter::~Waiter() { stop_waiting(); }

void Waiter::stop_waiting() {
  if (waits_on_ != nullptr) waits_on_->remove_waiter(*this);
}

Completion Completion::yield() {
  return Completion(&CompletionState::immortal(CompletionKind::yield));
}
Completion Completion::done() {
  return Completion(&CompletionState::immortal(CompletionKind::done));
}

CompletionState& Completion::state() const { return static_cast<CompletionState&>(head()); }

std::uint64_t Completion::id() const { return state().id; }
std::uint64_t Completion::origin() const { return state().origin; }
std::uint64_t Completion::bytes_max() const { return state().bytes_max; }

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
    const internal::GroupLink* const last = self.last_child;  // a callback may add one more
    for (internal::GroupLink* link = self.first_child; link != nullptr; link = link->next) {
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
  CompletionState& state = state_->take_state(CompletionKind::io);
  if (callback) {
    state.callback = std::move(callback);
    state.needs_no_question = true;
  }
  state.canceller = canceller;
  state.token = token;
  state.bytes_max = bytes_max;
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
    for (std::size_t i = 0; i < internal::CompletionPoolState::slab_size; ++i) {
      if (slab[i].refs != 0) ids.push_back(slab[i].id);
    }
  }
  std::ranges::sort(ids);
  return ids;
}

void CompletionPool::restart_ids() { state_->next_id = 1; }

}  // namespace reprise
