#include <reprise/sim/world/event_loop.h>

#include <reprise/sim/answering.h>
#include <reprise/sim/operation/operation_ref.h>
#include <reprise/sim/world/turns.h>

#include <algorithm>
#include <csignal>
#include <cstdint>

namespace reprise {

void EventLoop::enable_first_turns() {
  if (parts_.run.is_serial) {
    start_next_task();
    return;
  }
  for (TaskId id = 0; id < parts_.tasks.count(); ++id) {
    Task& task = parts_.tasks[id];
    enable_turn(task, {task.name, 1, EventKind::turn}, Rank::wake);
  }
}

void EventLoop::start_next_task() {
  RunState& run = parts_.run;
  while (run.next_serial < parts_.tasks.count()) {
    Task& task = parts_.tasks[run.next_serial++];
    if (task.state == Task::State::done) continue;  // its node has fallen
    return enable_turn(task, {task.name, 1, EventKind::turn}, Rank::wake);
  }
}

void EventLoop::task_is_done() {
  const RunState& run = parts_.run;
  if (run.is_serial && run.next_serial < parts_.tasks.count()) start_next_task();
}

void EventLoop::wake(Task& task) {
  if (task.ready) return;  // a spurious turn is enabled already: it is no longer spurious
  Names& names = parts_.names;
  const Event& happening = parts_.run.happening;
  if (parts_.run.current != nullptr || happening.none()) {
    // Finished by another task's code, or by nobody's event.
    const NameId name = names.child(task.name, "woken");
    enable_turn(task, {name, names.next_ordinal(name), EventKind::turn}, Rank::wake);
    return;
  }
  const Identity& cause = happening.identity;
  const bool of_this_task = names.parent(cause.name) == task.name;
  const NameId name = of_this_task ? cause.name : names.after(task.name, cause.name);
  enable_turn(task, {name, cause.ordinal(), EventKind::turn}, Rank::wake);
}

Event EventLoop::next_event_of_serial_run() {
  RunState& run = parts_.run;
  // Timers wait too: one that always rearms would keep the next task from ever starting. So would
  // a task that spins on explicit yields until another has done its part.
  constexpr std::uint32_t patience = 64;
  if (run.enabled == 0 || run.yields_in_a_row >= patience) {
    run.yields_in_a_row = 0;
    run.overlapped = true;
    start_next_task();
    if (run.enabled == 0) return next_event();  // none was left
  }
  return run.strategy->next({run.now, {}, {}});
}

void EventLoop::look_at_timers() {
  timers_ = {parts_.run.now, {}, {}};
  if (parts_.run.timers_armed == 0) return;
  const EarliestTimer earliest = parts_.devices.earliest_timer();
  timers_.deadline = earliest.deadline;
  timers_.earliest = earliest.event;
}

inline Event EventLoop::next_event() {
  const RunState& run = parts_.run;
  if (run.is_serial && run.next_serial < parts_.tasks.count()) return next_event_of_serial_run();
  if (run.timers_armed != 0 || !timers_.earliest.none()) look_at_timers();
  const Event event = run.strategy->next(timers_);
  constexpr std::uint64_t many = 1'000;  // fewer are in the cache anyway
  if (run.enabled >= many) fetch_upcoming();
  return event;
}

void EventLoop::fetch_upcoming() const {
  const Upcoming upcoming = parts_.run.strategy->upcoming();
  const auto is_of_device = [](const Event& event) {
    return !event.none() && event.identity.kind() != EventKind::turn;
  };
  if (is_of_device(upcoming.soon)) {
    const std::uint32_t slot = upcoming.soon.slot;
    parts_.devices.device_of(slot).fetch_record(Device::slot_in(slot));
  }
  if (is_of_device(upcoming.next)) {
    const std::uint32_t slot = upcoming.next.slot;
    const auto task = parts_.devices.device_of(slot).fetch_rest(Device::slot_in(slot));
    if (task && *task < parts_.tasks.count()) parts_.tasks.prefetch(*task);
  }
}

void EventLoop::beat() {
  const RunOptions& options = *parts_.run.options;
  constexpr std::uint64_t every = 16;
  const bool is_due = parts_.run.stats.events % every == 0 ||
                      (options.heartbeat_always != nullptr && *options.heartbeat_always);
  if (!is_due) return;
  const Answering nobody(nullptr);
  options.heartbeat(options.heartbeat_context);
}

inline void EventLoop::begin_attended_event(const Event& event) {
  RunState& run = parts_.run;
  if (run.claims_changed) {
    run.claims_changed = false;
    parts_.checks.select(run.active, run.is_recovering);
  }
  if (run.options->break_at == run.stats.events) std::raise(SIGTRAP);
  if (run.is_logged) parts_.log.event_begins(event);
}

inline void EventLoop::end_attended_event(const Event& event) {
  parts_.checks.tell<&Check::event_done>(event);
  if (event.rank == Rank::yielded) parts_.checks.tell<&Check::yielded_turn_done>(event.slot);
  if (parts_.run.is_logged) log_end(event);
}

void EventLoop::log_end(const Event& event) {
  const bool is_turn = event.identity.kind().event() == EventKind::turn;
  if (!parts_.view.declared().held.empty()) {
    parts_.holders.look(is_turn ? std::optional<TaskId>(event.slot) : std::nullopt);
  }
  parts_.log.event_ends(is_turn ? operation_ref_of(parts_.tasks[event.slot]).site.site : nullptr);
}

bool EventLoop::until_nothing_can_happen() {
  return parts_.run.is_attended ? run_to_the_end<true>() : run_to_the_end<false>();
}

template <bool is_attended>
bool EventLoop::run_to_the_end() {
  const RunState& run = parts_.run;
  // The check `endless-run` reports a run without an end; if it is off, the run still ends.
  while (!parts_.findings.has_error() && run.stats.events <= run.events_max) {
    const bool may_crash = (run.active & crash_kinds) != 0;
    if (may_crash && parts_.power.falls_at_end()) continue;
    const Event event = next_event();
    if (event.none()) return true;
    if (may_crash && parts_.power.falls_before(event)) continue;
    if constexpr (is_attended) {
      if (run.options->heartbeat != nullptr) beat();
    }
    happen<is_attended>(event);
  }
  if (!parts_.findings.has_error()) parts_.checks.tell<&Check::too_many_events>();
  return false;
}

template <bool is_attended>
[[gnu::always_inline]] inline void EventLoop::happen(Event event) {
  RunState& run = parts_.run;
  ++run.stats.events;
  run.yields_in_a_row = event.rank == Rank::yielded ? run.yields_in_a_row + 1 : 0;
  const EventKind kind = event.identity.kind().event();
  if (kind != EventKind::fire) --run.enabled;
  if (kind != EventKind::turn) ++run.deliveries;
  run.happening = event;
  run.fold(key_of(parts_.names, event.identity));
  if constexpr (is_attended) begin_attended_event(event);
  switch (kind) {
    case EventKind::turn: parts_.turns.take<is_attended>(parts_.tasks[event.slot]); break;
    case EventKind::effect:
      parts_.devices.device_of(event.slot).effect(Device::slot_in(event.slot));
      break;
    case EventKind::fire:
      run.now = std::max(run.now, parts_.devices.earliest_timer().deadline);
      run.timer_overtook = run.timer_overtook || run.enabled != 0 || run.ios_in_flight != 0;
      parts_.devices.device_of(event.slot).deliver(Device::slot_in(event.slot));
      break;
    case EventKind::delivery:
      ++run.now.ns;
      parts_.devices.device_of(event.slot).deliver(Device::slot_in(event.slot));
      break;
  }
  if constexpr (is_attended) end_attended_event(event);
}

}  // namespace reprise
