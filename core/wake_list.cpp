#include <reprise/core/wake_list.h>

#include <reprise/core/assert.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/observer.h>

#include <utility>

namespace reprise {

using Place = WakeList::Place;

WakeList::~WakeList() {
  detach_all(list_);
  detach_all(turns_);
}

// What they wait for can no longer come.
void WakeList::detach_all(Chain& chain) {
  while (chain.first != nullptr) {
    Place& place = *chain.first;
    unlink(place);
    place.list_ = nullptr;
    const Completion woken = place.woken_;
    if (!woken.finished()) woken.drop();
  }
}

void WakeList::join(Place& place) {
  if (place.number_ == 0) place.number_ = next_number_++;
  Place* after = list_.last;  // whoever waits again comes before it
  while (after != nullptr && after->number_ > place.number_) after = after->previous_;
  place.where_ = Place::Where::list;
  link(list_, place, after);
  ++size_;
}

void WakeList::link(Chain& chain, Place& place, Place* after) {
  place.previous_ = after;
  place.next_ = after != nullptr ? after->next_ : chain.first;
  (place.previous_ != nullptr ? place.previous_->next_ : chain.first) = &place;
  (place.next_ != nullptr ? place.next_->previous_ : chain.last) = &place;
}

void WakeList::unlink(Place& place) {
  Chain& chain = chain_of(place);
  (place.previous_ != nullptr ? place.previous_->next_ : chain.first) = place.next_;
  (place.next_ != nullptr ? place.next_->previous_ : chain.last) = place.previous_;
  place.previous_ = place.next_ = nullptr;
  if (place.where_ == Place::Where::list) --size_;
  place.where_ = Place::Where::nowhere;
  place.is_due_ = false;
}

void WakeList::wake(Place& place) {
  const Completion woken = place.woken_;  // whoever is told of it may end the place
  woken.finish(0);
}

bool WakeList::wake_one() {
  if (list_.first == nullptr) return false;
  Place& place = *list_.first;
  unlink(place);
  place.where_ = Place::Where::turns;
  link(turns_, place, turns_.last);
  wake(place);
  return true;
}

void WakeList::wake_all() {
  for (Place* place = list_.first; place != nullptr; place = place->next_) place->is_due_ = true;
  for (;;) {  // whoever is told may join or leave meanwhile
    Place* place = list_.first;
    while (place != nullptr && !place->is_due_) place = place->next_;
    if (place == nullptr) return;
    unlink(*place);
    wake(*place);
  }
}

void WakeList::cancel(const Completion& completion, std::uint64_t) {
  Place* place = list_.first;
  while (place != nullptr && place->woken_ != completion) place = place->next_;
  REPRISE_ASSERT(place != nullptr, "a pending completion of a wake list stands for a place in it");
  unlink(*place);
  place->number_ = 0;
  completion.fail(IOError::cancelled);
}

Completion Place::request() {
  const bool was_given_up = woken_ && where_ == Where::nowhere && !woken_.succeeded();
  if (was_given_up) woken_ = {};
  if (!woken_) {
    REPRISE_ASSERT(list_ != nullptr, "the wake list of this place is gone");
    woken_ = list_->pool_.make({}, list_);
    is_answered_ = false;
    list_->join(*this);
  }
  return woken_;
}

IOResult<Unit> Place::wait() {
  IOResult<Unit> woken = wait_on();
  if (woken.is_done()) number_ = 0;
  return woken;
}

IOResult<Unit> Place::wait_on() {
  const bool is_new = !woken_ || (woken_.finished() && !is_answered_);
  const Completion woken = is_new ? request() : woken_;
  if (!woken.finished()) return note_answer();  // also where the list is gone
  if (where_ == Where::turns) list_->unlink(*this);
  woken_ = {};
  if (!woken.succeeded()) return woken.get_error();
  return Unit{};
}

IOResult<Unit> Place::note_answer() {
  is_answered_ = true;
  return woken_;
}

void Place::take_note() {
  if (Observer* const watching = observer(); watching != nullptr) [[unlikely]] {
    watching->holds_now();
  }
  if (where_ == Where::turns) list_->unlink(*this);  // the turn is used
  leave();
}

void Place::leave() {
  const Where was = where_;
  if (was != Where::nowhere) list_->unlink(*this);
  number_ = 0;
  const Completion forgotten = std::exchange(woken_, {});
  if (was == Where::list) forgotten.drop();
  if (was == Where::turns) list_->wake_one();
}

}  // namespace reprise
