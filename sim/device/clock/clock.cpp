#include <reprise/sim/device/clock/clock.h>

#include <reprise/core/assert.h>
#include <reprise/sim/device/device_host.h>

#include <algorithm>
#include <utility>

namespace reprise {

Clock::Clock(DeviceHost& of_world, NodeId node) : Device(of_world, node) {
  of_world.add_clock(*this);
}

SubmittedIO Clock::Timer::submitted() const {
  return {identity, IOKind::timer, 0, 0, task, operation};
}

Completion Clock::timer(Duration delay, CompletionCallback callback) {
  const MemoryWatch::Pause own_stores(host().memory());
  const SubmittedIO io = host().io_begins(IOKind::timer, {}, DeviceHost::no_index, 0, 0, {});
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(timers_.size()));
    timers_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  const Completion completion = host().pool().make(std::move(callback), this, world_slot(slot));
  timers_[slot] = {completion, io.identity, io.task, io.operation, false};
  armed_.push_back({deadline_of(delay), ++order_, slot});
  std::ranges::push_heap(armed_, Armed::later);
  host().timer_armed();
  host().io_submitted(io, completion);
  return completion;
}

void Clock::set(std::int32_t drift_ppm, Duration ahead) {
  rate_ = static_cast<std::uint64_t>(std::int64_t{million} + drift_ppm);
  ahead_ = ahead;
}

// Both round so that in_world(at) is the first of the world's instants at which `at` is shown.

Instant Clock::shown_at(Instant world) const {
  if (rate_ == million) return world;
  return {world.ns / million * rate_ + world.ns % million * rate_ / million};
}

Instant Clock::in_world(Instant at) const {
  if (rate_ == million) return at;
  return {at.ns / rate_ * million + (at.ns % rate_ * million + rate_ - 1) / rate_};
}

Instant Clock::deadline_of(Duration delay) const {
  if (rate_ == million) [[likely]]
    return host().now() + delay;
  return in_world(shown_at(host().now()) + delay);
}

Instant Clock::now() const { return shown_at(host().now()); }

Instant Clock::wall_now() const {
  // 2020-01-01 00:00:00 UTC: code may take 0 for "never".
  constexpr std::uint64_t wall_begin_ns = 1'577'836'800'000'000'000;
  return {wall_begin_ns + now().ns + static_cast<std::uint64_t>(ahead_.count())};
}

void Clock::pass_time(Duration time) {
  const Instant now = host().now();
  const Instant end = deadline_of(time);
  if (end > now) host().pass_time(end - now);
}

std::optional<EarliestTimer> Clock::earliest_timer() const {
  if (armed_.empty()) return std::nullopt;
  const Armed& earliest = armed_.front();
  const Identity identity = timers_[earliest.slot].identity.with(EventKind::fire);
  return EarliestTimer{earliest.deadline, {identity, Rank::timer, world_slot(earliest.slot)}};
}

Identity Clock::identity_of(const Completion& completion) const {
  const std::uint32_t slot = slot_in(completion.token());
  return slot < timers_.size() && timers_[slot].completion == completion ? timers_[slot].identity
                                                                         : Identity{};
}

void Clock::release(std::uint32_t slot) {
  if (armed_.front().slot == slot) {
    std::ranges::pop_heap(armed_, Armed::later);
    armed_.pop_back();
  } else {
    std::erase_if(armed_, [&](const Armed& timer) { return timer.slot == slot; });
    std::ranges::make_heap(armed_, Armed::later);
  }
  host().timer_released();
}

void Clock::deliver(std::uint32_t slot) {
  const Timer timer = std::exchange(timers_[slot], {});
  if (timer.cancelled) {
    host().flight_removed();
  } else {
    release(slot);
  }
  const IOError error = timer.cancelled ? IOError::cancelled : IOError::none;
  host().io_ends(*this, timer.identity, error, 0);
  // The slot is free first: a callback may submit again.
  free_slots_.push_back(slot);
  if (!timer.cancelled) {
    timer.completion.finish(0);
    return;
  }
  host().io_hit(timer.identity);
  timer.completion.fail(error);
  host().io_failed(timer.submitted(), timer.completion);
}

void Clock::cancel(const Completion& completion, std::uint64_t token) {
  const std::uint32_t slot = slot_in(token);
  Timer& timer = timers_[slot];
  REPRISE_ASSERT(timer.completion == completion, "a completion in flight is its slot's");
  if (timer.cancelled) return;
  timer.cancelled = true;
  release(slot);
  host().flight_added();
  host().cancel_asked(timer.identity, false);
  host().enable({timer.identity, Rank::device, world_slot(slot)});
}

void Clock::drop_in_flight() {
  if (free_slots_.size() == timers_.size()) return;
  for (Timer& timer : timers_) {
    if (!timer.completion) continue;
    if (timer.cancelled) {
      host().flight_removed();
    } else {
      host().timer_released();
    }
    std::exchange(timer.completion, {}).drop();
  }
  free_slots_.clear();
  for (std::size_t slot = timers_.size(); slot > 0; --slot) {
    free_slots_.push_back(static_cast<std::uint32_t>(slot - 1));
  }
  armed_.clear();
}

}  // namespace reprise
