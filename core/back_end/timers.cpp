#include <reprise/core/back_end/timers.h>

#include <reprise/core/internal/open.h>

#include <tuple>
#include <utility>

namespace reprise {

Completion Timers::add(Instant deadline, CompletionCallback callback) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(timers_.size()));
    timers_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  Completion completion = pool_.make(std::move(callback), this, slot, 0);
  timers_[slot] = {deadline, next_sequence_++, 0, completion};
  heap_.push_back(slot);
  sift_up(heap_.size() - 1, slot);
  return completion;
}

std::optional<Instant> Timers::next_deadline() const {
  if (heap_.empty()) return std::nullopt;
  return timers_[heap_.front()].deadline;
}

bool Timers::finish_due(Instant now) {
  const std::uint64_t end = next_sequence_;
  bool any = false;
  while (!heap_.empty()) {
    const std::uint32_t slot = heap_.front();
    if (timers_[slot].deadline > now || timers_[slot].sequence >= end) break;
    remove(slot).finish(0);
    any = true;
  }
  return any;
}

void Timers::cancel_all() {
  while (!heap_.empty()) remove(heap_.front()).fail(IOError::cancelled);
}

void Timers::cancel(const Completion&, std::uint64_t token) {
  remove(static_cast<std::uint32_t>(token)).fail(IOError::cancelled);
}

bool Timers::is_before(std::uint32_t a, std::uint32_t b) const {
  return std::tie(timers_[a].deadline, timers_[a].sequence) <
         std::tie(timers_[b].deadline, timers_[b].sequence);
}

void Timers::put(std::size_t place, std::uint32_t slot) {
  heap_[place] = slot;
  timers_[slot].place = place;
}

void Timers::sift_up(std::size_t place, std::uint32_t slot) {
  while (place > 0) {
    const std::size_t parent = (place - 1) / 2;
    if (!is_before(slot, heap_[parent])) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, slot);
}

void Timers::sift_down(std::size_t place, std::uint32_t slot) {
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && is_before(heap_[child + 1], heap_[child])) ++child;
    if (!is_before(heap_[child], slot)) break;
    put(place, heap_[child]);
    place = child;
  }
  put(place, slot);
}

Completion Timers::remove(std::uint32_t slot) {
  const std::size_t place = timers_[slot].place;
  const std::uint32_t last = heap_.back();
  heap_.pop_back();
  if (place < heap_.size()) {
    sift_down(place, last);
    if (heap_[place] == last) sift_up(place, last);
  }
  free_slots_.push_back(slot);
  return std::exchange(timers_[slot].completion, {});
}

}  // namespace reprise
