#include <reprise/sim/world/operation_driver.h>

#include <reprise/core/assert.h>
#include <reprise/core/completion_group.h>
#include <reprise/core/digest.h>
#include <reprise/core/internal/peek.h>
#include <reprise/sim/world/event_loop.h>
#include <reprise/sim/world/fiber.h>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace reprise {

using internal::Resume;

void OperationDriver::begin_operation(Task& task, const AwaitOptions& options, CodeLocation place) {
  REPRISE_ASSERT(!task.in_operation,
                 "a task awaits one operation at a time; an operation must neither await another "
                 "nor be left by longjmp");
  task.in_operation = true;
  ++task.operations;
  task.awaited_at = place;
  if (&task.options != &options) keep(options, task);
  task.error = IOError::none;
  task.aborted = false;
  task.spurious = false;
  task.asked_spurious = false;
  if (parts_.run.is_attended) begin_attended_operation(task);
  ++parts_.run.operations_under_way;
}

void OperationDriver::begin_attended_operation(Task& task) {
  task.uses_rest = true;
  task.ended_before = parts_.run.operations_ended;
  task.spins = 0;
  task.spun_at = 0;
  task.operation.begin(task.name);
  parts_.checks.tell<&Check::operation_begins>(task.id);
}

void OperationDriver::keep(const AwaitOptions& options, Task& task) {
  if (options.abandon || options.abort) {
    task.options = options;
    task.uses_rest = true;
  } else if (task.uses_rest) {
    task.options = {};
  }
}

namespace {

bool is_injected(const Task& task) {
  const IdentityKind by = task.operation.yield_point().kind();
  return by == DecisionKind::yield || by == DecisionKind::yield_before;
}

std::string entry_in_words(const Task& task) {
  const std::string entry = " (entry " + std::to_string(task.operation.entries()) + ')';
  if (task.operation.entries() == 1) return "begins an operation" + entry;
  const AwaitSite* const site = task.operation.outermost_site();
  const std::string enters =
      site == nullptr ? "goes on" : "enters `" + std::string(site->function) + "` again";
  return enters + (task.spurious ? ", although nothing has finished" : "") + entry;
}

}  // namespace

void OperationDriver::begin_attended_entry(Task& task) {
  parts_.run.answers_in_entry = parts_.run.ios_in_entry = 0;
  parts_.run.time_is_asked = false;
  task.operation.begin_entry();
  if (parts_.run.is_logged) log_begin(task);
  parts_.checks.tell<&Check::entry_begins>(task.id);
  if (task.operation.entries() >= Check::few_entries) {
    parts_.checks.tell<&Check::late_entry_begins>(task.id);
  }
}

void OperationDriver::end_operation(Task& task, const Step& step) {
  const Answer answer = step.answer;
  const IOError error = step.error;
  task.error = error;
  if (parts_.run.is_attended) {
    task.operation.end_entry(answer);
    if (parts_.run.options->footprints) keep_footprint(task);
    parts_.checks.tell<&Check::entry_ends>(task.id, answer, Completion());
  }
  ++parts_.run.operations_ended;
  if (parts_.run.is_attended) {
    parts_.checks.tell<&Check::operation_ends>(task.id);
    task.operation.end();
  }
  task.in_operation = false;
  if (parts_.run.ios_in_flight != 0) parts_.submissions.depend_on_timing();
  task.results = mix(task.results, mix(step.value_digest, static_cast<std::uint64_t>(error)));
  parts_.run.fold(task.results);
  if (parts_.run.is_logged) {
    parts_.outcomes.answered(task, step);
    parts_.log.note(answer == Answer::done ? std::string("its operation ends: Done")
                                           : "its operation ends: Err " + to_string(error));
  }
  if (!parts_.run.is_attended) {
    --parts_.run.operations_under_way;
    return;
  }
  const OperationEnd ending{
      answer == Answer::done ? OperationEnd::Kind::done : OperationEnd::Kind::error, error};
  operation_is_over(operation_ref_of(task), ending);
}

void OperationDriver::operation_is_over(const OperationRef& operation, const OperationEnd& ending) {
  --parts_.run.operations_under_way;
  parts_.checks.tell<&Check::operation_over>(operation, ending);
}

/// The operation ends without an answer.
void OperationDriver::drop_operation(Task& task) {
  task.operation.end();
  task.in_operation = false;
  ++parts_.run.operations_ended;
  parts_.checks.tell<&Check::operation_ends>(task.id);
}

void OperationDriver::operation_threw(Task& task) {
  if (!task.in_operation) return;
  drop_operation(task);
  operation_is_over(operation_ref_of(task), {OperationEnd::Kind::threw, IOError::none});
}

void OperationDriver::lose_power(Task& task) {
  if (!task.in_operation) return;
  const OperationRef lost = operation_ref_of(task);
  drop_operation(task);
  operation_is_over(lost, {OperationEnd::Kind::power_lost, IOError::none});
}

/// Drops the operation, and lets `clean_up` run behind it, which may await, and so begin others.
template <class CleanUp>
void OperationDriver::drop_and_clean_up(Task& task, const OperationEnd& ending, CleanUp clean_up) {
  const OperationRef dropped = operation_ref_of(task);
  drop_operation(task);
  parts_.checks.tell<&Check::clean_up_begins>(dropped, ending);
  const AwaitOptions options = task.options;  // of this operation, whichever others begin
  clean_up(options);
  operation_is_over(dropped, ending);
}

void OperationDriver::abandon(Task& task) {
  task.waits_for = {};
  drop_and_clean_up(task, {OperationEnd::Kind::abandoned, IOError::none},
                    [](const AwaitOptions& options) { options.abandon(); });
}

void OperationDriver::abort(Task& task, IOError error) {
  task.results = mix(task.results, static_cast<std::uint64_t>(error));
  if (parts_.run.is_logged) {
    parts_.log.note("what it waited for has failed (" + to_string(error) +
                    "): its operation is aborted, and not entered again");
  }
  task.error = error;
  drop_and_clean_up(task, {OperationEnd::Kind::aborted, error}, [&](const AwaitOptions& options) {
    if (options.abort) options.abort(error);
  });
  task.error = error;
  task.aborted = true;
}

std::string OperationDriver::yield_in_words(const Task& task) const {
  const AwaitSite* const site = task.operation.yield_site();
  std::string words = "yields";
  if (site != nullptr) words += " at `" + std::string(site->expression) + '`';
  if (task.waits_for.is_explicit_yield()) return words + ", only to let others run";
  const Identity io = parts_.devices.identity_of(task.waits_for);
  const internal::Peek waited(task.waits_for);
  const auto thing = waited.finished() ? Canceller::Thing{} : waited.awaited_thing();
  const std::string what = io.name != 0                ? parts_.view.io_in_words(io, task.name)
                           : task.waits_for.is_group() ? "a group of completions"
                           : thing.is_phrase           ? thing.name
                                                       : "a completion";
  return words + (waited.finished() ? ", though " + what + " has finished already"
                                    : ", and waits for " + what);
}

Resume OperationDriver::park(Task& task, Completion waits_for) {
  const Resume resume = parts_.run.is_attended ? begin_wait<true>(task, std::move(waits_for))
                                               : begin_wait<false>(task, std::move(waits_for));
  if (resume != Resume::enter) return resume;
  task.fiber->suspend();
  return after_wait(task);
}

void OperationDriver::keep_footprint(const Task& task) {
  MemoryWatch& memory = parts_.view.memory();
  if (!memory.running()) return;
  const auto ranges = [](std::span<const MemoryAccess> accesses) {
    std::vector<MemoryRange> all;
    for (const MemoryAccess& access : accesses) {
      all.push_back({access.address, access.address + access.size});
    }
    return joined(std::move(all));
  };
  Footprint footprint;
  footprint.event = parts_.run.stats.events;
  footprint.task = task.id;
  footprint.stored = ranges(memory.stores());
  footprint.loaded = ranges(memory.loads());
  footprints_.push_back(std::move(footprint));
}

void OperationDriver::count_spin(Task& task) const {
  // How often it spins while one I/O takes its time is the strategy's choice.
  if (task.spun_at == parts_.run.deliveries) return;
  task.spun_at = parts_.run.deliveries;
  task.spun_in = task.operation.entries();
  ++task.spins;
}

void OperationDriver::end_attended_entry(Task& task) {
  const Completion& waits_for = task.waits_for;
  task.operation.end_entry(Answer::io);
  if (parts_.run.options->footprints) keep_footprint(task);
  if (CompletionGroup::is_any(waits_for)) parts_.submissions.depend_on_timing();
  const bool is_explicit = waits_for.is_explicit_yield() && !is_injected(task);
  if (is_explicit) {
    count_spin(task);
  } else if (!waits_for.is_explicit_yield()) {
    task.spins = 0;
  }
  parts_.checks.tell<&Check::entry_ends>(task.id, Answer::io, waits_for);
  if (task.operation.entries() >= Check::few_entries) {
    parts_.checks.tell<&Check::late_entry_yields>(task.id, waits_for);
  }
  if (is_explicit) parts_.checks.tell<&Check::yields_explicitly>(task.id);
  if (parts_.run.is_logged) log_yield(task);
}

void OperationDriver::log_begin(const Task& task) { parts_.log.note(entry_in_words(task)); }

void OperationDriver::log_yield(const Task& task) {
  parts_.log.note(yield_in_words(task));
  parts_.outcomes.yielded(task);
}

/// A wait in which more can happen than the end of what it is for.
Resume OperationDriver::begin_eventful_wait(Task& task) {
  const Completion waits_for = task.waits_for;
  const Identity point = point_of(task, waits_for);
  if (!parts_.view.stopped() && drop_or_cancel(task, waits_for, point)) {
    task.state = Task::State::running;
    return Resume::abandoned;
  }
  wait_for_turn(task, waits_for, point);
  return Resume::enter;
}

/// What this wait's decisions are about, and its turn if nothing in flight sets it going. Unique in
/// a run; and the same whichever decisions are asked for, so that a plan meets the run it came
/// from.
Identity OperationDriver::point_of(Task& task, const Completion& waits_for) {
  const Identity io = parts_.devices.identity_of(waits_for);
  if (io.name != 0) return point_of_io(task, waits_for, io);
  const Identity point = task.operation.yield_point();
  if (point.name != 0) return point;
  const NameId name = parts_.names.child(task.name, "wait");
  return {name, parts_.names.next_ordinal(name), EventKind::turn};
}

Identity OperationDriver::point_of_io(Task& task, const Completion& waits_for, const Identity& io) {
  if ((parts_.run.active & wait_kinds) == 0) return io;
  const bool of_this_task = parts_.names.parent(io.name) == task.name;
  const NameId name = of_this_task ? io.name : parts_.names.after(task.name, io.name);
  if (parts_.devices.waits_first(waits_for, task.id)) return {name, io.ordinal(), EventKind::turn};
  const NameId again = parts_.names.child(name, "again");
  return {again, parts_.names.next_ordinal(again), EventKind::turn};
}

/// True if the operation was abandoned.
bool OperationDriver::drop_or_cancel(Task& task, const Completion& waits_for,
                                     const Identity& point) {
  const bool may_abandon = parts_.devices.may(DecisionKind::abandon) && task.options.abandon;
  const bool may_cancel =
      parts_.devices.may(DecisionKind::cancel) && !internal::Peek(waits_for).finished();
  if (may_abandon && parts_.devices.decide(point.with(DecisionKind::abandon), 2) != 0) {
    abandon(task);
    return true;
  }
  if (may_cancel) {
    const std::uint32_t arity = parts_.run.faults.retries ? 5 : parts_.run.faults.short_io ? 4 : 3;
    const std::uint32_t value = parts_.devices.decide(point.with(DecisionKind::cancel), arity);
    if (value != 0) parts_.devices.cancel_with(waits_for, value - 1);
  }
  return false;
}

void OperationDriver::wait_for_turn(Task& task, const Completion& waits_for,
                                    const Identity& point) {
  // Finished already, or an explicit yield: the scheduler decides all the same.
  if (waits_for.is_explicit_yield() || !waits_for.add_waiter(task)) {
    parts_.loop.enable_turn(task, point, Rank::yielded);
    return;
  }
  if (parts_.devices.may(DecisionKind::spurious) && !task.asked_spurious) {
    task.asked_spurious = true;
    if (parts_.devices.decide(point.with(DecisionKind::spurious), 2) != 0) {
      const NameId name = parts_.names.child(point.name, "spurious");
      parts_.loop.enable_turn(task, {name, point.ordinal(), EventKind::turn},
                              Rank::wake);  // before the I/O is there
    }
  }
}

Resume OperationDriver::look_at_outcome(Task& task) {
  const Completion waited = std::exchange(task.waits_for, {});
  const internal::Peek outcome(waited);
  outcome.ask_outcome();  // a machine whose driver always looks need not ask again
  if (outcome.succeeded()) return Resume::enter;
  abort(task, outcome.error());
  return Resume::aborted;
}

std::vector<Footprint> OperationDriver::take_footprints() { return std::exchange(footprints_, {}); }

}  // namespace reprise
