#include <reprise/sim/surface/parking.h>

#include <reprise/core/internal/peek.h>
#include <reprise/sim/operation/foreign_code.h>
#include <reprise/sim/operation/operation_ref.h>
#include <reprise/sim/store_watch/foreign_heap.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace reprise {

using internal::ForeignHeap;

/// Where one task waits.
struct Parking::Seat {
  std::uint64_t number = 0;
  Completion woken;
  Completion timer;  // empty: it waits for good
  bool is_woken = false;
  bool is_over = false;  // its time

  void wake() {
    is_woken = true;
    const Completion finished = woken;
    finished.finish(0);
  }
};

/// A lock or a condition variable.
struct Parking::Place final : Canceller {
  NodeId node = 0;
  const void* address = nullptr;
  const char* what = "";
  std::vector<TaskId> holders;  // one, or several that share it
  bool is_shared = false;
  std::uint32_t depth = 0;  // how often its holder has taken a recursive one
  std::vector<Seat> seats;  // in the order of their coming

  void drop_all() {
    for (const Seat& seat : seats) {
      if (seat.woken && !internal::Peek(seat.woken).finished()) seat.woken.drop();
    }
  }
  void wake_all() {
    for (Seat& seat : seats) {
      if (!seat.is_woken && !seat.is_over) seat.wake();
    }
  }
  // Whoever waits does so again.
  void cancel(const Completion& completion, std::uint64_t) override {
    completion.fail(IOError::cancelled);
  }
  Thing awaited_thing() const override {
    Thing thing{what, !holders.empty(), 0, true};
    if (!holders.empty()) thing.held_by = CompletionOrigin{holders.front(), 0}.packed();
    return thing;
  }
};

Parking::Parking(const RunView& run, DeviceHost& host) : run_(run), host_(host) {}

Parking::~Parking() = default;

void Parking::begin_run() {
  forget_all();
  seats_ = 0;
}

void Parking::forget(NodeId node) {
  for (const std::unique_ptr<Place>& place : places_) {
    if (place->node == node) place->drop_all();
  }
  std::erase_if(places_, [&](const std::unique_ptr<Place>& each) { return each->node == node; });
}

void Parking::forget_all() {
  for (const std::unique_ptr<Place>& place : places_) place->drop_all();
  places_.clear();
}

Parking::Place* Parking::find(const void* address) {
  const NodeId node = run_.current_task().node;
  const auto at = std::ranges::find_if(places_, [&](const std::unique_ptr<Place>& each) {
    return each->address == address && each->node == node;
  });
  return at == places_.end() ? nullptr : at->get();
}

Parking::Place& Parking::place_of(const void* address, const char* what) {
  if (Place* const known = find(address)) return *known;
  places_.push_back(std::make_unique<Place>());
  places_.back()->node = run_.current_task().node;
  places_.back()->address = address;
  places_.back()->what = what;
  return *places_.back();
}

Parking::Seat* Parking::find(Place& place, std::uint64_t seat) {
  const auto at = std::ranges::find(place.seats, seat, &Seat::number);
  return at == place.seats.end() ? nullptr : &*at;
}

void Parking::forget_if_unused(const Place& place) {
  if (!place.holders.empty() || !place.seats.empty()) return;
  std::erase_if(places_, [&](const std::unique_ptr<Place>& each) { return each.get() == &place; });
}

std::uint64_t Parking::take_seat(Place& place, Until until) {
  const std::uint64_t number = ++seats_;
  Seat& seat = place.seats.emplace_back();
  seat.number = number;
  seat.woken = pool_.make({}, &place);
  if (!until) return number;
  Clock& clock = host_.clock_here();
  const Duration left = std::max(*until - clock.now(), Duration(0));
  Completion timer = clock.timer(left, [this, number](const Completion& fired) {
    if (internal::Peek(fired).succeeded()) time_is_over(number);
  });
  timer.ignore();
  seat.timer = std::move(timer);
  return number;
}

void Parking::leave_seat(Place& place, std::uint64_t seat) {
  const Completion timer = find(place, seat)->timer;
  if (timer && !internal::Peek(timer).finished()) timer.cancel();
  std::erase_if(place.seats, [&](const Seat& each) { return each.number == seat; });
}

void Parking::time_is_over(std::uint64_t seat) {
  for (const std::unique_ptr<Place>& place : places_) {
    Seat* const found = find(*place, seat);
    if (found == nullptr) continue;
    if (found->is_woken) return;
    found->is_over = true;
    const Completion woken = found->woken;
    woken.finish(0);
    return;
  }
}

bool Parking::park(const void* address, std::uint64_t seat) {
  for (;;) {
    Place& place = *find(address);
    Seat& mine = *find(place, seat);
    if (mine.is_woken || mine.is_over) return mine.is_woken;
    // It was cancelled, and waits again.
    if (internal::Peek(mine.woken).finished()) mine.woken = pool_.make({}, &place);
    Completion woken = mine.woken;
    static_cast<void>(run_.current_task().foreign->block(std::move(woken)));
  }
}

bool Parking::may_take(const Place& place, Want want, TaskId task) {
  if (place.holders.empty()) return true;
  if (want == Want::shared) return place.is_shared;
  return want == Want::recursive && place.holders.front() == task;
}

void Parking::take(Place& place, Want want) {
  const bool again = want == Want::recursive && !place.holders.empty();
  if (!again) place.holders.push_back(self());
  place.is_shared = want == Want::shared;
  ++place.depth;
}

int Parking::try_lock(const void* lock, const char* what, Want want) {
  const ForeignHeap::Outside outside;
  Place& place = place_of(lock, what);
  if (!may_take(place, want, self())) return EBUSY;
  take(place, want);
  return 0;
}

int Parking::lock(const void* lock, const char* what, Want want, Until until) {
  const ForeignHeap::Outside outside;
  const TaskId task = self();
  for (;;) {
    Place& place = place_of(lock, what);
    if (may_take(place, want, task)) {
      take(place, want);
      return 0;
    }
    const bool is_writer = want == Want::checked || want == Want::shared;
    if (is_writer && !place.is_shared && place.holders.front() == task) return EDEADLK;
    const std::uint64_t seat = take_seat(place, until);
    const bool is_woken = park(lock, seat);
    Place& after = *find(lock);
    leave_seat(after, seat);
    if (!is_woken && !may_take(after, want, task)) return ETIMEDOUT;
  }
}

bool Parking::unlock(const void* lock) {
  const ForeignHeap::Outside outside;
  Place* const place = find(lock);
  if (place == nullptr || place->holders.empty()) return false;
  give_back(*place);
  return true;
}

void Parking::give_back(Place& place) {
  --place.depth;
  if (place.is_shared) {
    const auto own = std::ranges::find(place.holders, self());
    place.holders.erase(own != place.holders.end() ? own : place.holders.begin());
  } else if (place.depth == 0) {
    place.holders.clear();
  }
  if (!place.holders.empty()) return;
  place.depth = 0;
  place.wake_all();
  forget_if_unused(place);
}

int Parking::wait(const void* condition, const void* mutex, Until until) {
  const ForeignHeap::Outside outside;
  const std::uint64_t seat = take_seat(place_of(condition, "a condition variable"), until);
  const Place* const held = find(mutex);
  if (held != nullptr && !held->holders.empty()) give_back(*find(mutex));
  const bool is_signalled = park(condition, seat);
  Place& place = *find(condition);
  leave_seat(place, seat);
  forget_if_unused(place);
  lock(mutex, "a mutex", Want::plain);
  return is_signalled ? 0 : ETIMEDOUT;
}

void Parking::signal(const void* condition) {
  const ForeignHeap::Outside outside;
  Place* const place = find(condition);
  if (place == nullptr) return;
  std::vector<std::uint64_t> waiting;
  for (const Seat& seat : place->seats) {
    if (!seat.is_woken && !seat.is_over) waiting.push_back(seat.number);
  }
  if (waiting.empty()) return;
  std::uint32_t chosen = 0;
  if (waiting.size() > 1) {
    Names& names = host_.names();
    const NameId name = names.child(run_.context_name(), "signal");
    chosen = host_.decide({name, names.next_ordinal(name), DecisionKind::workload},
                          static_cast<std::uint32_t>(waiting.size()));
  }
  find(*place, waiting[chosen])->wake();
}

void Parking::broadcast(const void* condition) {
  const ForeignHeap::Outside outside;
  if (Place* const place = find(condition)) place->wake_all();
}

}  // namespace reprise
